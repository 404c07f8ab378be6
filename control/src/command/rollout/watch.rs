//! `serin watch`: a line for each change, until the rollout is at rest.

use document::report::Console;

use super::connection::{self, Use};
use super::look::Lines;
use super::{ObjectFormatArgs, Target};
use crate::exit::{self, Exit};
use crate::help;

const EXAMPLES: &str = "\
Examples:
  serin watch reviews -n bookinfo             until the rollout is at rest
  serin watch reviews -o json | jq -r .phase  one object a line

Each change is one line, or with -o yaml one document. With -o json it has namespace, name, phase, step, split, since \
and message (null if there is none); with -o name it is the name.";

/// The arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = help::after(EXAMPLES, &exit::CHECKS))]
pub struct Args {
    /// The Release.
    #[command(flatten)]
    pub release: Target,
    /// Continue when the rollout is at rest
    #[arg(long)]
    pub forever: bool,
    /// The output format.
    #[command(flatten)]
    pub output: ObjectFormatArgs,
}

/// Prints the lines.
///
/// # Errors
/// When the runtime cannot be started.
pub fn run(args: &Args, console: &mut Console) -> anyhow::Result<Exit> {
    let named = match args.release.read(console) {
        Ok(named) => named,
        Err(exit) => return Ok(exit),
    };
    let mut lines = Lines::new(args.output.format);
    let watched = connection::with(&named.connection, Use::Long(None), async |cluster| {
        let at_rest = |phase: &str| matches!(phase, "" | "Idle" | "RolledBack" | "Completed");
        lines
            .until(cluster, &named.name, None, console, |release, _| {
                !args.forever && at_rest(release.text("/status/phase"))
            })
            .await
    })?;
    Ok(match watched {
        Ok(_) => Exit::OK,
        Err(failure) => connection::failed(&failure, console),
    })
}
