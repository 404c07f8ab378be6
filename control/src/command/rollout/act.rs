//! A verb: what is wanted is written down, unless somebody else was faster, and then done.

use document::report::Console;
use rollout::crd::SCHEMA_REVISION;
use rollout::drive::cluster::{ApplyOptions, Cluster, Error, title};
use rollout::drive::run::Drive;
use rollout::drive::{
    Compiler, Direction, Event, Failure, Note, Recorded, Rollout, SystemClock, VerbRequest,
};

use super::connection::Use;
use super::events::Printer;
use super::preview;
use super::{RolloutArgs, Target, connection, ending};
use crate::command::metrics::Source;
use crate::exit::Exit;

/// How often it is tried again when somebody else changes the Release at the same moment.
const ATTEMPTS: usize = 10;
/// The user in the history, where the API server does not say who it is.
const UNKNOWN: &str = "unknown";

/// Does what is asked of a Release.
///
/// # Errors
/// When no threads can be started.
pub(super) fn act(
    target: &Target,
    request: &VerbRequest,
    options: &RolloutArgs,
    console: &mut Console,
) -> anyhow::Result<Exit> {
    if let Err(exit) = options.dry_run.refuse_server(console) {
        return Ok(exit);
    }
    let named = match target.read(console) {
        Ok(named) => named,
        Err(exit) => return Ok(exit),
    };
    let source = match Source::read(&options.metrics) {
        Ok(source) => source,
        Err(complaint) => {
            console.fail(&complaint);
            return Ok(Exit::USAGE);
        }
    };
    let mut printer = Printer::new(options.output.format, &named.name);
    let purpose = Use::change(options.dry_run.is_on(), Some(options.timeout));
    let acted = connection::with(&named.connection, purpose, async |cluster| {
        if let Err(failure) = ready(cluster, &mut printer, console).await {
            hindered(request, failure, &mut printer, console)?;
        }
        let rollout = Rollout {
            cluster,
            clock: &SystemClock,
            compiler: &Compiler::default(),
            namespace: cluster.namespace(),
            name: &named.name,
            system: named.connection.system(),
            analyzer: &source.analyzer(cluster)?,
        };
        if !record(&rollout, request, options, &mut printer, console).await? {
            return Ok(Exit::OK);
        }
        let controller = &named.connection.controller_namespace;
        drive(rollout, controller, options, ApplyOptions::default(), &mut printer, console).await
    })?;
    Ok(match acted {
        Ok(exit) => {
            if exit == Exit::OK {
                printer.done(console);
            }
            exit
        }
        Err(failure) => connection::failed(&failure, console),
    })
}

/// Whether the cluster knows Releases as this program does.
pub(super) async fn ready(
    cluster: &dyn Cluster,
    printer: &mut Printer,
    console: &mut Console,
) -> Result<(), Failure> {
    if let Some(text) = cluster.check_crd(SCHEMA_REVISION).await? {
        printer.print(&Event::Note(Note::Definition(text)), console);
    }
    Ok(())
}

/// Writes down what is asked; whether there is something to be driven.
async fn record(
    rollout: &Rollout<'_>,
    request: &VerbRequest,
    options: &RolloutArgs,
    printer: &mut Printer,
    console: &mut Console,
) -> Result<bool, Failure> {
    let by = match rollout.cluster.whoami().await {
        Ok(by) => by,
        Err(error) => {
            hindered(request, error.into(), printer, console)?;
            UNKNOWN.to_owned()
        }
    };
    let mut before = None;
    for _ in 0..ATTEMPTS {
        let proposal = rollout.propose(request, before.as_ref()).await?;
        let Some(state) = &proposal.state else {
            printer.print(&Event::Note(Note::Already), console);
            return Ok(!options.dry_run.is_on() && !options.no_wait);
        };
        let live = &proposal.live;
        if options.dry_run.is_on() || options.diff {
            let shown = &proposal.options;
            let format = options.output.format;
            preview::print(rollout.cluster, live, state, shown, options.diff, format, console)
                .await?;
        }
        if options.dry_run.is_on() {
            printer.print(&Event::Note(Note::Trial(live.summary(state))), console);
            return Ok(false);
        }
        let recorded = rollout.record(&proposal, &by, options.why.as_deref()).await;
        let recorded = match recorded {
            Err(failure) if Direction::of_verb(&request.verb) == Direction::Back => {
                let mut report = |event| printer.print(&event, console);
                rollout.back_unrecorded(&proposal, failure, &mut report).await?;
                return Ok(false);
            }
            recorded => recorded?,
        };
        if recorded == Recorded::Written {
            if let Some(approved) = &proposal.approved {
                printer.print(&Event::Note(Note::Approved(approved.clone())), console);
            }
            printer.print(&live.event(state), console);
            // Who waits is told by the drive.
            if let Some(held) = proposal.held.as_ref().filter(|_| options.no_wait) {
                printer.print(&Event::Waits(held.clone()), console);
            }
            return Ok(!options.no_wait);
        }
        before = Some(proposal);
    }
    let object = title("Release", Some(rollout.namespace), Some(rollout.name));
    Err(Error::Conflict { object }.into())
}

/// Says what stands in the way of the way back, which goes on all the same; ends what goes forward.
fn hindered(
    request: &VerbRequest,
    failure: Failure,
    printer: &mut Printer,
    console: &mut Console,
) -> Result<(), Failure> {
    if Direction::of_verb(&request.verb) != Direction::Back {
        return Err(failure);
    }
    printer.print(&Event::Note(Note::Blocked(failure.to_string())), console);
    Ok(())
}

/// Does what is to be done, or shows how a controller does it.
pub(super) async fn drive(
    rollout: Rollout<'_>,
    controller: &str,
    options: &RolloutArgs,
    how: ApplyOptions,
    printer: &mut Printer,
    console: &mut Console,
) -> Result<Exit, Failure> {
    let patience = Some(options.timeout.0);
    let controller = Some(controller);
    let drive = Drive { rollout, patience, for_people: false, how, controller };
    let end = drive.run(&mut |event| printer.print(&event, console)).await?;
    let exit = ending::end(&end, console);
    printer.print(&Event::End { end }, console);
    Ok(exit)
}
