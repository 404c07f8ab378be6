//! `serin rollout run`: drives one Release in the foreground. Beside it stand the verbs that `kubectl rollout` has.

use clap::Subcommand;
use document::report::{Console, Format};
use policy::rollout::Verb;
use rollout::drive::cluster::ApplyOptions;
use rollout::drive::run::Drive;
use rollout::drive::{Compiler, Event, Rollout, SystemClock};

use super::events::Printer;
use super::{Named, ObjectFormat, act, connection, ending, history, status, verb};
use crate::exit::{self, Exit};
use crate::help;

/// What can be done with a rollout as a whole.
#[derive(Debug, clap::Args)]
#[command(after_help = help::after("", &exit::CHECKS))]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What can be done with a rollout as a whole.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Drives it in the foreground until it is over, or somebody has to decide
    Run(Run),
    /// As `serin status`
    Status(status::Args),
    /// As `serin history`
    History(history::Args),
    /// As `serin pause`
    Pause(verb::Args),
    /// As `serin resume`
    Resume(verb::Args),
    /// As `serin rollback`
    Undo(verb::Args),
}

const EXAMPLES: &str = "\
Examples:
  serin rollout run reviews -n bookinfo        Ctrl-C ends it; the same goes on
  serin rollout run reviews --forever          wait for approvals, too
  serin approve reviews -n bookinfo --no-wait  elsewhere: only record it";

/// What `run` is asked.
#[derive(Debug, clap::Args)]
#[command(after_help = help::after(EXAMPLES, &exit::CHECKS))]
pub struct Run {
    /// Which Release.
    #[command(flatten)]
    pub release: Named,
    /// Waits for those who approve, resume or mend as well
    #[arg(long, short)]
    pub forever: bool,
    /// The form of what is printed: text, json or yaml
    #[arg(
        long,
        short = 'o',
        visible_alias = "output",
        value_enum,
        default_value_t,
        hide_possible_values = true
    )]
    pub format: Format,
}

/// Drives.
///
/// # Errors
/// When no threads can be started.
pub fn run(args: &Args, console: &mut Console) -> anyhow::Result<Exit> {
    match &args.command {
        Command::Run(args) => drive(args, console),
        Command::Status(args) => status::run(args, console),
        Command::History(args) => history::run(args, console),
        Command::Pause(args) => verb::run(Verb::Pause, args, console),
        Command::Resume(args) => verb::run(Verb::Resume, args, console),
        Command::Undo(args) => verb::run(Verb::Rollback, args, console),
    }
}

fn drive(args: &Run, console: &mut Console) -> anyhow::Result<Exit> {
    let mut printer = Printer::new(ObjectFormat::Whole(args.format), &args.release.name);
    let driven = connection::with(&args.release.connection, async |cluster| {
        act::ready(cluster, &mut printer, console).await?;
        let drive = Drive {
            rollout: Rollout {
                cluster,
                clock: &SystemClock,
                compiler: &Compiler::default(),
                namespace: cluster.namespace(),
                name: &args.release.name,
            },
            patience: None,
            for_people: args.forever,
            how: ApplyOptions::default(),
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
