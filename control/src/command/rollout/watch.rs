//! `serin watch`: a line each time something changes, until the rollout is at rest.

use std::time::Duration;

use document::report::Console;
use rollout::drive::cluster::Object;
use tokio::time::sleep;

use super::connection;
use super::{Named, status};
use crate::exit::{self, Exit};
use crate::help;

/// How often it is looked at.
const POLL: Duration = Duration::from_secs(1);

/// What the command is asked.
#[derive(Debug, clap::Args)]
#[command(after_help = help::after("", &exit::CHECKS))]
pub struct Args {
    /// Which Release.
    #[command(flatten)]
    pub release: Named,
    /// Goes on when the rollout is at rest
    #[arg(long, short)]
    pub forever: bool,
}

/// Prints the lines.
///
/// # Errors
/// When the runtime cannot be started.
pub fn run(args: &Args, console: &mut Console) -> anyhow::Result<Exit> {
    let watched = connection::with(&args.release.connection, async |cluster| {
        let mut last = String::new();
        loop {
            let release = cluster.release(cluster.namespace(), &args.release.name).await?;
            let seen = seen(&release);
            if seen != last {
                let table = status::table(std::slice::from_ref(&release), false);
                let lines = table.lines().skip(usize::from(!last.is_empty()));
                let lines: Vec<&str> = lines.collect();
                if console.print(&(lines.join("\n") + "\n")).is_err() {
                    return Ok(());
                }
                last = seen;
            }
            let phase = release.text("/status/phase");
            if !args.forever && matches!(phase, "" | "Idle" | "RolledBack" | "Completed") {
                return Ok(());
            }
            sleep(POLL).await;
        }
    })?;
    Ok(match watched {
        Ok(()) => Exit::OK,
        Err(failure) => connection::failed(&failure, console),
    })
}

/// What makes a new line when it changes.
fn seen(release: &Object) -> String {
    ["phase", "step", "split", "message"]
        .map(|field| release.text(&format!("/status/{field}")).to_owned())
        .join("\n")
}
