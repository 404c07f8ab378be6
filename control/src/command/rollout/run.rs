//! `serin rollout run`: drives one Release in the foreground.

use clap::Subcommand;
use document::report::{Console, Format};
use rollout::drive::cluster::ApplyOptions;
use rollout::drive::run::Drive;
use rollout::drive::{Compiler, Event, Rollout, SystemClock};

use super::events::Printer;
use super::{Named, act, connection, ending};
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
    /// The form of what is printed
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Drives.
///
/// # Errors
/// When no threads can be started.
pub fn run(args: &Args, console: &mut Console) -> anyhow::Result<Exit> {
    let Command::Run(args) = &args.command;
    let mut printer = Printer::new(args.format);
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
