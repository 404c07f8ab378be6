//! `serin rollout`: runs a rollout in the foreground, and has the verbs of `kubectl rollout`.

use clap::Subcommand;
use document::report::Console;
use policy::rollout::Verb;
use rollout::drive::cluster::ApplyOptions;
use rollout::drive::run::Drive;
use rollout::drive::{Compiler, Event, Rollout, SystemClock};

use super::connection::Use;
use super::events::Printer;
use super::verb::examples;
use super::{ObjectFormat, Target, act, connection, ending, history, progress, verb};
use crate::command::metrics::{MetricsArgs, Source};
use crate::command::options::FormatArgs;
use crate::exit::Exit;
use crate::help;

const ALL_EXAMPLES: &str = "\
Examples:
  serin rollout run reviews -n bookinfo
  serin rollout status reviews -n bookinfo --timeout 1h";

/// The arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = help::of_group(ALL_EXAMPLES))]
pub struct Args {
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// The arguments.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a rollout in the foreground until it is over or needs a decision
    Run(Run),
    /// Wait until a rollout is over
    Status(progress::Args),
    /// Same as `serin history`
    History(history::Args),
    /// Same as `serin pause`
    #[command(after_help = help::of_verb(examples::PAUSE))]
    Pause(verb::Args),
    /// Same as `serin resume`
    #[command(after_help = help::of_verb(examples::RESUME))]
    Resume(verb::Args),
    /// Same as `serin rollback`
    #[command(after_help = help::of_verb(examples::ROLLBACK))]
    Undo(verb::Args),
}

const EXAMPLES: &str = "\
Examples:
  serin rollout run reviews -n bookinfo        Ctrl-C ends it; run again later
  serin rollout run reviews --forever          also wait for approval
  serin approve reviews -n bookinfo --no-wait  elsewhere: record the approval

Continues a rollout from where it is. The progress is stored in the Release's status: you can stop this command and \
run it again at any time, on any machine.";

/// The arguments of `run`.
#[derive(Debug, clap::Args)]
#[command(after_help = help::of_run(EXAMPLES))]
pub struct Run {
    /// The Release.
    #[command(flatten)]
    pub release: Target,
    /// Also wait for approval, resume and repair
    #[arg(long)]
    pub forever: bool,
    /// Where the counts of requests come from.
    #[command(flatten)]
    pub metrics: MetricsArgs,
    /// The output format.
    #[command(flatten)]
    pub output: FormatArgs,
}

/// Drives.
///
/// # Errors
/// When no threads can be started.
pub fn run(args: &Args, console: &mut Console) -> anyhow::Result<Exit> {
    match &args.command {
        Command::Run(args) => drive(args, console),
        Command::Status(args) => progress::run(args, console),
        Command::History(args) => history::run(args, console),
        Command::Pause(args) => verb::run(Verb::Pause, args, console),
        Command::Resume(args) => verb::run(Verb::Resume, args, console),
        Command::Undo(args) => verb::run(Verb::Rollback, args, console),
    }
}

fn drive(args: &Run, console: &mut Console) -> anyhow::Result<Exit> {
    let named = match args.release.read(console) {
        Ok(named) => named,
        Err(exit) => return Ok(exit),
    };
    let source = match Source::read(&args.metrics) {
        Ok(source) => source,
        Err(complaint) => {
            console.fail(&complaint);
            return Ok(Exit::USAGE);
        }
    };
    let mut printer = Printer::new(ObjectFormat::Whole(args.output.format), &named.name);
    let driven = connection::with(&named.connection, Use::Long(None), async |cluster| {
        act::ready(cluster, &mut printer, console).await?;
        let drive = Drive {
            rollout: Rollout {
                cluster,
                clock: &SystemClock,
                compiler: &Compiler::default(),
                namespace: cluster.namespace(),
                name: &named.name,
                system: named.connection.system(),
                analyzer: &source.analyzer(cluster)?,
            },
            patience: None,
            for_people: args.forever,
            how: ApplyOptions::default(),
            controller: Some(&named.connection.controller_namespace),
        };
        let end = drive.run(&mut |event| printer.print(&event, console)).await?;
        let exit = ending::end(&end, console);
        printer.print(&Event::End { end }, console);
        Ok(exit)
    })?;
    Ok(match driven {
        Ok(exit) => exit,
        Err(failure) => connection::failed(&failure, console),
    })
}
