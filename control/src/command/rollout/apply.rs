//! `serin apply`: applies a Release to the cluster and the mesh, as far as a rollout in progress allows.

mod document;

use clap::builder::PossibleValuesParser;
use istio::render::mode::Mode;
use rollout::drive::apply::ApplyRequest;
use rollout::drive::cluster::ApplyOptions;
use rollout::drive::{Compiler, Event, Failure, Note, Recorded, Rollout, SystemClock};

use super::connection::Use;
use super::events::Printer;
use super::moves::{self, AllowedMoves};
use super::{Connection, RolloutArgs, act, connection, preview};
use crate::command::mesh_options::{self, MeshArgs};
use crate::command::metrics::Source;
use crate::exit::Exit;
use crate::help;
use ::document::report::Console;

const EXAMPLES: &str = "\
Examples:
  serin apply -f release.yaml --module-url https://… --module-sha256 …
  serin apply -f release.yaml                  again, with the same options
  serin apply -f release.yaml --dry-run --diff   what would change in the mesh

With --dry-run, client or server, the API server validates the Release, and nothing is changed.

The options of the mesh are stored in the object's status and reused if none is given. A Release without \
`rollout` is in force when this command ends. A Release with `rollout` keeps all users on stable until `serin \
start`. VirtualServices and DestinationRules that serin did not create are never changed.";

/// The arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = help::of_verb(EXAMPLES))]
pub struct Args {
    /// The file with the Release, or `-` for standard input
    #[arg(value_name = "FILE", required_unless_present = "filename")]
    pub file: Option<String>,
    /// Same as FILE; can be repeated
    #[arg(long, short = 'f', value_name = "FILE", conflicts_with = "file")]
    pub filename: Vec<String>,
    /// The Release to apply, if the file has several
    #[arg(long, value_name = "[NAMESPACE/]NAME")]
    pub name: Option<String>,
    /// The route mode: matcher (default), virtual-service or cluster-header
    #[arg(long, value_name = "ROUTE", hide_possible_values = true)]
    #[arg(value_parser = PossibleValuesParser::new(Mode::ALL.map(Mode::name)))]
    pub route: Option<String>,
    /// The options of the mesh.
    #[command(flatten)]
    pub mesh: MeshArgs,
    /// Take over fields that others manage
    #[arg(long)]
    pub force: bool,
    /// Allow up to this part of users to move to another subset, in percent [default: ask on a terminal, refuse elsewhere]
    #[arg(long, value_name = "PERCENT", value_parser = AllowedMoves::parse)]
    pub allow_moves: Option<AllowedMoves>,
    /// The cluster.
    #[command(flatten)]
    pub connection: Connection,
    /// How to carry it out.
    #[command(flatten)]
    pub options: RolloutArgs,
}

/// Applies.
///
/// # Errors
/// When no threads can be started.
pub fn run(args: &Args, console: &mut Console) -> anyhow::Result<Exit> {
    for file in args.file.iter().chain(&args.filename) {
        let exit = apply(args, file, console)?;
        if exit != Exit::OK {
            return Ok(exit);
        }
    }
    Ok(Exit::OK)
}

/// Applies the Release of a file.
fn apply(args: &Args, file: &str, console: &mut Console) -> anyhow::Result<Exit> {
    let read =
        document::read(file, args.name.as_deref(), args.connection.namespace.as_deref(), console);
    let read = read.map(|object| match &args.mesh.cluster_domain {
        Some(domain) => document::completed(object, domain),
        None => object,
    });
    let mut complaints = Vec::new();
    let given = mesh_options::stored(args.route.as_deref(), &args.mesh, &mut complaints);
    for complaint in &complaints {
        console.fail(complaint);
    }
    let object = match read {
        Ok(_) if !complaints.is_empty() => return Ok(Exit::USAGE),
        Ok(object) => object,
        Err(exit) => return Ok(exit),
    };
    let source = match Source::read(&args.options.metrics) {
        Ok(source) => source,
        Err(complaint) => {
            console.fail(&complaint);
            return Ok(Exit::USAGE);
        }
    };
    let mut printer = Printer::new(args.options.output.format, object.name());
    let purpose = Use::change(args.options.dry_run.is_on(), Some(args.options.timeout));
    let applied = connection::with(&args.connection, purpose, async |cluster| {
        act::ready(cluster, &mut printer, console).await?;
        let rollout = Rollout {
            cluster,
            clock: &SystemClock,
            compiler: &Compiler::default(),
            namespace: object.namespace(),
            name: object.name(),
            system: args.connection.system(),
            analyzer: &source.analyzer(cluster)?,
        };
        let request = ApplyRequest { object: &object, options: given.as_ref(), force: args.force };
        if !record(&rollout, &request, args, &mut printer, console).await? {
            return Ok(Exit::OK);
        }
        let how = ApplyOptions { force: args.force, dry_run: false };
        let controller = &args.connection.controller_namespace;
        act::drive(rollout, controller, &args.options, how, &mut printer, console).await
    })?;
    Ok(match applied {
        Ok(exit) => {
            if exit == Exit::OK {
                printer.done(console);
            }
            exit
        }
        Err(failure) => connection::failed(&failure, console),
    })
}

/// Makes the object what the file says, and writes down what follows; whether there is something to be driven.
async fn record(
    rollout: &Rollout<'_>,
    request: &ApplyRequest<'_>,
    args: &Args,
    printer: &mut Printer,
    console: &mut Console,
) -> Result<bool, Failure> {
    let options = &args.options;
    let by = rollout.cluster.whoami().await?;
    loop {
        let application = rollout.propose_application(request).await?;
        for name in &application.dropped {
            printer.print(&Event::Note(Note::Dropped(name.clone())), console);
        }
        let Some(state) = &application.state else { return Ok(false) };
        moves::check(&application, args.allow_moves, options, console)?;
        let live = &application.live;
        if options.dry_run.is_on() || options.diff {
            rollout.try_application(request).await?;
            let shown = &application.options;
            let format = options.output.format;
            preview::print(rollout.cluster, live, state, shown, options.diff, format, console)
                .await?;
        }
        if options.dry_run.is_on() {
            printer.print(&Event::Note(Note::Trial(live.summary(state))), console);
            return Ok(false);
        }
        let event = live.event(state);
        let why = options.why.as_deref();
        match rollout.record_application(request, application, &by, why).await? {
            Recorded::Written => printer.print(&event, console),
            Recorded::Already => {}
            Recorded::Again => continue,
        }
        return Ok(!options.no_wait);
    }
}
