//! `serin delete`: takes a Release, and all that was made for it, out of the cluster.

use super::events::Printer;
use super::{Named, connection};
use crate::drive::cluster::proxies::Proxies;
use crate::drive::cluster::{Cluster, Deployment, Error, How, MADE_FOR};
use crate::drive::event::{Deleted, ObjectRef};
use crate::drive::live::Live;
use crate::drive::mesh::check_removal;
use crate::drive::perform::{remove_all, removed};
use crate::drive::subject::Subject;
use crate::drive::{Compiler, Direction, Event, Failure, Note, Options, Report, SystemClock};
use crate::exit::{self, Exit};
use crate::report::{Console, Format};

const EXAMPLES: &str = "\
The filter goes first, then the routes, then the subsets, each after the proxies have the one before. A Deployment \
that `serin start --image` made goes too, unless everybody gets its subset. What is left is plain routing: a \
request reaches any pod of the service.";

/// What the command is asked.
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{}", exit::HELP))]
pub struct Args {
    /// Which Release.
    #[command(flatten)]
    pub release: Named,
    /// Even while a rollout is under way, routes of yours need a subset of it, or it cannot be read
    #[arg(long)]
    pub force: bool,
    /// Says what would be removed, and removes nothing
    #[arg(long)]
    pub dry_run: bool,
    /// The form of what is printed
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Deletes.
///
/// # Errors
/// When no threads can be started.
pub fn run(args: &Args, console: &mut Console) -> anyhow::Result<Exit> {
    let mut printer = Printer::new(args.format);
    let deleted = connection::with(&args.release.connection, async |cluster| {
        delete(cluster, args, &mut |event| printer.print(&event, console)).await
    })?;
    match deleted {
        Ok(was_there) => {
            let deleted = match (args.dry_run, was_there) {
                (true, _) => Deleted::Trial,
                (false, true) => Deleted::All,
                (false, false) => Deleted::Nothing,
            };
            printer.print(&Event::Note(Note::Deleted(deleted)), console);
            Ok(Exit::OK)
        }
        Err(failure) => Ok(connection::failed(&failure, console)),
    }
}

/// Removes everything; whether there was anything.
async fn delete(cluster: &dyn Cluster, args: &Args, report: Report<'_>) -> Result<bool, Failure> {
    let (namespace, name) = (cluster.namespace(), args.release.name.as_str());
    let release = format!("{namespace}/{name}");
    let object = match cluster.release(namespace, name).await {
        Ok(object) => Some(object),
        // Somebody may have deleted the object alone.
        Err(Error::NotFound { .. } | Error::CrdMissing) => None,
        Err(error) => return Err(error.into()),
    };
    let live =
        match object.clone().map(|object| Live::read(&Compiler::default(), object)).transpose() {
            Ok(live) => live,
            Err(_) if args.force => None,
            Err(failure) => return Err(failure),
        };
    let is_under_way = live.as_ref().and_then(|live| live.state.as_ref());
    if is_under_way.is_some_and(policy::rollout::State::is_under_way) && !args.force {
        let help = format!("`serin rollback {name}` first, or `--force`");
        return Err(Failure::hindrance(format!("a rollout of `{release}` is under way"), help));
    }
    let made = cluster.made_for(&release).await?;
    let how = How { force: args.force, dry_run: args.dry_run };
    // One that was never applied has nothing in the mesh that proxies could have.
    let options = live
        .as_ref()
        .and_then(|live| Options::read(live.status.mesh.as_ref(), Direction::Back).ok());
    let subject = live.as_ref().zip(options.as_ref());
    let subject = subject.map(|(live, options)| live.subject(cluster, options));
    let concerned = subject.as_ref().map(Subject::concerned).unwrap_or_default();
    if let Some(subject) = subject.as_ref().filter(|_| !args.force) {
        check_removal(subject).await?;
    }
    let mut proxies = Proxies::new(cluster, &SystemClock, concerned);
    remove_all(cluster, &release, how, &mut proxies, report).await?;
    if let Some((live, subject)) = live.as_ref().zip(subject) {
        for workload in losers(&subject, live).await? {
            cluster.delete_deployment(&workload, how).await?;
            report(removed(ObjectRef::from(workload.object()), how));
        }
    }
    if let Some(object) = &object {
        cluster.delete_release(object, how).await?;
        report(removed(ObjectRef::from(object), how));
    }
    Ok(object.is_some() || !made.is_empty())
}

/// The Deployments that serin made for the Release and that not everybody depends on.
async fn losers(subject: &Subject<'_>, live: &Live) -> Result<Vec<Deployment>, Failure> {
    let release = subject.policy().full_name();
    let winner = live.state.as_ref().and_then(|state| state.traffic.whole());
    let mut losers = Vec::new();
    for (position, name) in live.release.plan.workloads.iter().enumerate() {
        let Some(name) = name.as_ref().filter(|_| winner.map(|id| id.0) != Some(position)) else {
            continue;
        };
        let found = subject.cluster.deployment(subject.namespace(), name).await?;
        losers.extend(
            found.filter(|found| found.object().annotation(MADE_FOR) == Some(release.as_str())),
        );
    }
    Ok(losers)
}
