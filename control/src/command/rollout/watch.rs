//! `serin watch`: a line for each change, until the rollout is at rest.

use std::time::Duration;

use document::report::{Console, Format};
use rollout::drive::cluster::Object;
use serde::Serialize;
use tokio::time::sleep;

use super::connection::{self, Use};
use super::{ObjectFormat, ObjectFormatArgs, Target, format, status};
use crate::exit::{self, Exit};
use crate::help;

/// How often it is looked at.
const POLL: Duration = Duration::from_secs(1);

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
    let watched = connection::with(&named.connection, Use::Long(None), async |cluster| {
        let mut last = None;
        loop {
            let release = cluster.release(cluster.namespace(), &named.name).await?;
            let seen = Seen::of(&release);
            if last.as_ref() != Some(&seen) {
                let text = match args.output.format {
                    ObjectFormat::Name => format::names(std::slice::from_ref(&release)),
                    ObjectFormat::Whole(Format::Text) => line(&release, last.is_none()),
                    ObjectFormat::Whole(Format::Data(data)) => {
                        data.one_of_many(&seen).unwrap_or_default()
                    }
                };
                if console.print(&text).is_err() || !console.is_read() {
                    return Ok(());
                }
                last = Some(seen);
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

/// The line about a Release, behind the heads of the columns where it `is_first`.
fn line(release: &Object, is_first: bool) -> String {
    let table = status::table(std::slice::from_ref(release), false);
    let lines = table.lines().skip(usize::from(!is_first));
    lines.map(|line| line.to_owned() + "\n").collect()
}

/// What is said again when it changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Seen {
    namespace: String,
    name: String,
    phase: Option<String>,
    step: Option<String>,
    split: Option<String>,
    since: Option<String>,
    message: Option<String>,
}

impl Seen {
    fn of(release: &Object) -> Self {
        let text = |field: &str| {
            let text = release.text(&format!("/status/{field}"));
            (!text.is_empty()).then(|| text.to_owned())
        };
        Self {
            namespace: release.namespace().to_owned(),
            name: release.name().to_owned(),
            phase: text("phase"),
            step: text("step"),
            split: text("split"),
            since: text("since"),
            message: text("message"),
        }
    }
}
