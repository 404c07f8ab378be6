//! `serin delete`: deletes a Release and everything created for it.

use document::report::Console;
use rollout::drive::cluster::ApplyOptions;
use rollout::drive::event::Deleted;
use rollout::drive::{Analyzer, Compiler, Event, Note, ProxyStats, Rollout, SystemClock};

use super::connection::Use;
use super::events::Printer;
use super::{AbsentArgs, DryRunArgs, ObjectFormatArgs, Target, connection};
use crate::exit::Exit;
use crate::help;

const EXAMPLES: &str = "\
Examples:
  serin delete reviews -n bookinfo --dry-run   what would be removed
  serin delete reviews -n bookinfo
  serin delete reviews -n bookinfo --ignore-not-found

The filter is removed first, so that routes lead all users to stable or to the subset that was promoted. Then the \
Deployments created by `serin start --image` are removed, except the one that serves all users. Routes and subsets go \
last, each step after the proxies have the previous one. What remains is plain routing: a request reaches any pod of the \
service. Run it also after `kubectl delete release`, or again after an interruption: it removes what is left. A name \
for which there is neither a Release nor anything else is an error. If a controller is running, it does all that. With \
--dry-run, client or server, the API server checks each deletion, and nothing is changed.";

/// The arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = help::of_verb(EXAMPLES))]
pub struct Args {
    /// The Release.
    #[command(flatten)]
    pub release: Target,
    /// Delete even if a rollout is in progress, your routes need one of its subsets, another version would get requests of
    /// all users, or it cannot be read
    #[arg(long)]
    pub force: bool,
    /// Whether it may be absent.
    #[command(flatten)]
    pub absent: AbsentArgs,
    /// How to try it.
    #[command(flatten)]
    pub dry_run: DryRunArgs,
    /// The output format.
    #[command(flatten)]
    pub output: ObjectFormatArgs,
}

/// Deletes.
///
/// # Errors
/// When no threads can be started.
pub fn run(args: &Args, console: &mut Console) -> anyhow::Result<Exit> {
    args.release.all(|target| delete(args, target, console))
}

fn delete(args: &Args, target: &Target, console: &mut Console) -> anyhow::Result<Exit> {
    let named = match target.read(console) {
        Ok(named) => named,
        Err(exit) => return Ok(exit),
    };
    let mut printer = Printer::new(args.output.format, &named.name);
    let purpose = Use::change(args.dry_run.is_on(), None);
    let mut namespace = None;
    let deleted = connection::with(&named.connection, purpose, async |cluster| {
        let rollout = Rollout {
            cluster,
            clock: &SystemClock,
            compiler: &Compiler::default(),
            namespace: cluster.namespace(),
            name: &named.name,
            system: named.connection.system(),
            analyzer: &Analyzer::new(Box::new(ProxyStats::new(cluster))),
        };
        namespace = Some(cluster.namespace().to_owned());
        let how = ApplyOptions { force: args.force, dry_run: args.dry_run.is_on() };
        let mut report = |event| printer.print(&event, console);
        let controller = &named.connection.controller_namespace;
        if rollout.delete_by_controller(controller, how, &mut report).await? {
            return Ok(true);
        }
        rollout.delete(how, &mut report).await
    })?;
    let was_there = match deleted {
        Ok(was_there) => was_there,
        Err(failure) => return Ok(connection::failed(&failure, console)),
    };
    if !was_there {
        let (namespace, name) = (namespace.unwrap_or_default(), &named.name);
        let what = format!(
            "there is no Release {namespace}/{name}, and nothing that serin created for it"
        );
        if let Err(exit) = args.absent.check(what, console) {
            return Ok(exit);
        }
    }
    let note = match (was_there, args.dry_run.is_on()) {
        (false, _) => Note::Deleted(Deleted::Nothing),
        (true, true) => Note::Unchanged,
        (true, false) => Note::Deleted(Deleted::All),
    };
    printer.print(&Event::Note(note), console);
    if was_there {
        printer.done(console);
    }
    Ok(Exit::OK)
}
