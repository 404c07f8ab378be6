//! `serin history`: who changed a Release, when and why.

use anyhow::Context;
use document::report::{Console, Format, text};
use serde_json::Value;

use super::columns;
use super::connection::{self, Use};
use super::{ObjectFormat, ObjectFormatArgs, Target, format};
use crate::exit::{self, Exit};
use crate::help;

const EXAMPLES: &str = "\
Examples:
  serin history reviews -n bookinfo
  serin history reviews -o json | jq -r '.[].by'

Each entry has the time, the user as the API server reports it, the command, what it did, and the reason (--why). The \
newest entry is the last. With -o json the output is one list; each entry has time, by, verb, what, and why if a reason \
was given.";

/// The arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = help::after(EXAMPLES, &exit::CHECKS))]
pub struct Args {
    /// The Release.
    #[command(flatten)]
    pub release: Target,
    /// The output format.
    #[command(flatten)]
    pub output: ObjectFormatArgs,
}

/// Prints it, the newest last.
///
/// # Errors
/// When standard output cannot be written.
pub fn run(args: &Args, console: &mut Console) -> anyhow::Result<Exit> {
    args.release.each(|target| show(args, target, console))
}

fn show(args: &Args, target: &Target, console: &mut Console) -> anyhow::Result<Exit> {
    let named = match target.read(console) {
        Ok(named) => named,
        Err(exit) => return Ok(exit),
    };
    let asked = connection::with(&named.connection, Use::Read, async |cluster| {
        Ok(cluster.release(cluster.namespace(), &named.name).await?)
    })?;
    let release = match asked {
        Ok(release) => release,
        Err(failure) => return Ok(connection::failed(&failure, console)),
    };
    let history = release.list("/status/history");
    let text = match args.output.format {
        ObjectFormat::Name => format::names(std::slice::from_ref(&release)),
        ObjectFormat::Whole(Format::Data(data)) => data.document(&history)?,
        ObjectFormat::Whole(Format::Text) if history.is_empty() => {
            console.note("no history yet\n");
            return Ok(Exit::OK);
        }
        ObjectFormat::Whole(Format::Text) => columns::render(
            &["time", "by", "verb", "what", "why"],
            history.iter().map(|entry| FIELDS.map(|key| field(entry, key)).to_vec()).collect(),
        ),
    };
    console.print(&text).context("cannot write to standard output")?;
    Ok(Exit::OK)
}

const FIELDS: [&str; 5] = ["time", "by", "verb", "what", "why"];

/// An entry, as one line.
pub(super) fn line(entry: &Value) -> String {
    let [time, by, verb, what, why] = FIELDS.map(|key| field(entry, key));
    let why = if why.is_empty() { why } else { format!(" ({why})") };
    format!("{verb} by {by} at {time}: {what}{why}")
}

fn field(entry: &Value, key: &str) -> String {
    text::printable(entry.get(key).and_then(Value::as_str).unwrap_or_default())
}
