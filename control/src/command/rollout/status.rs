//! `serin status`: the status of Releases.

use std::fmt::Write as _;

use anyhow::Context;
use document::report::table::{Column, Table};
use document::report::{Console, Format, text};
use jiff::Timestamp;
use rollout::drive::cluster::Object;
use rollout::{Analysis, DisplayPhase};
use serde::Deserialize;
use serde_json::Value;

use super::age;
use super::columns;
use super::connection::{self, Connection, Use};
use super::{Named, ObjectFormat, ObjectFormatArgs, Target, format};
use crate::command::found;
use crate::exit::{self, Exit};
use crate::help;

const EXAMPLES: &str = "\
Examples:
  serin status                                 every Release of the namespace
  serin status reviews -n bookinfo             one of them, with its conditions
  serin status reviews -o json | jq -r .status.phase
  kubectl wait release/reviews --for=condition=Ready --timeout=10m

With -o json the output is the Release as the API server has it, or without a name one list of Releases: `kubectl explain \
release.status` describes the fields. With -o name it is the names.";

/// The arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = help::after(EXAMPLES, &exit::CHECKS))]
pub struct Args {
    /// The name of a Release [default: all of the namespace]
    #[arg(value_name = "NAME", value_parser = format::parse_name)]
    pub name: Option<String>,
    /// The file with the Release, instead of its name; can be repeated
    #[arg(long, short = 'f', value_name = "FILE", conflicts_with = "name")]
    pub filename: Vec<String>,
    /// The Release to show, if the file has several
    #[arg(id = "of_file", long = "name", value_name = "[NAMESPACE/]NAME")]
    #[arg(requires = "filename", conflicts_with = "name")]
    pub of_file: Option<String>,
    /// List Releases in all namespaces
    #[arg(long, short = 'A', conflicts_with_all = ["name", "filename"])]
    pub all_namespaces: bool,
    /// The output format.
    #[command(flatten)]
    pub output: ObjectFormatArgs,
    /// The cluster.
    #[command(flatten)]
    pub connection: Connection,
}

/// Prints the status.
///
/// # Errors
/// When standard output cannot be written.
pub fn run(args: &Args, console: &mut Console) -> anyhow::Result<Exit> {
    if args.name.is_none() && args.filename.is_empty() {
        return show(args, None, console);
    }
    let Args { name, filename, of_file, connection, .. } = args;
    let target = Target {
        name: name.clone(),
        filename: filename.clone(),
        of_file: of_file.clone(),
        connection: connection.clone(),
    };
    target.each(|target| match target.read(console) {
        Ok(named) => show(args, Some(&named), console),
        Err(exit) => Ok(exit),
    })
}

/// Prints the status of one Release; none: of all of them.
fn show(args: &Args, named: Option<&Named>, console: &mut Console) -> anyhow::Result<Exit> {
    let connection = named.map_or(&args.connection, |named| &named.connection);
    let asked = connection::with(connection, Use::Read, async |cluster| {
        let namespace = cluster.namespace().to_owned();
        if let Some(Named { name, .. }) = named {
            return Ok(vec![cluster.release(&namespace, name).await?]);
        }
        let namespace = Some(namespace.as_str()).filter(|_| !args.all_namespaces);
        Ok(cluster.releases(namespace).await?)
    })?;
    let releases = match asked {
        Ok(releases) => releases,
        Err(failure) => return Ok(connection::failed(&failure, console)),
    };
    let text = match (args.output.format, named, releases.as_slice()) {
        (ObjectFormat::Name, ..) => format::names(&releases),
        (ObjectFormat::Whole(Format::Data(data)), Some(_), [release]) => {
            data.document(release.value())?
        }
        (ObjectFormat::Whole(Format::Data(data)), ..) => {
            data.document(&releases.iter().map(Object::value).collect::<Vec<&Value>>())?
        }
        (ObjectFormat::Whole(Format::Text), Some(_), [release]) => one(release),
        (ObjectFormat::Whole(Format::Text), ..) => table(&releases, args.all_namespaces),
    };
    if releases.is_empty() && args.output.format == ObjectFormat::default() {
        console.note("no Releases found; `serin apply -f FILE` creates one\n");
        return Ok(Exit::OK);
    }
    console.print(&text).context("cannot write to standard output")?;
    Ok(Exit::OK)
}

/// A line for each.
pub(super) fn table(releases: &[Object], has_namespaces: bool) -> String {
    let mut heads = vec!["name", "phase", "step", "split", "for", "message"];
    if has_namespaces {
        heads.insert(0, "namespace");
    }
    let row = |release: &Object| {
        let mut row = vec![
            release.name().to_owned(),
            or_dash(release.text("/status/phase")),
            or_dash(release.text("/status/step")),
            or_dash(release.text("/status/split")),
            age::since(release.text("/status/since"), Timestamp::now()),
            release.text("/status/message").to_owned(),
        ];
        if has_namespaces {
            row.insert(0, release.namespace().to_owned());
        }
        row.iter().map(|cell| text::printable(cell)).collect()
    };
    columns::render(&heads, releases.iter().map(row).collect())
}

/// All that is to be known of one.
fn one(release: &Object) -> String {
    let now = Timestamp::now();
    let mut lines =
        vec![("release".to_owned(), format!("{}/{}", release.namespace(), release.name()))];
    let mut add = |name: &str, value: String| {
        if !value.is_empty() {
            lines.push((name.to_owned(), value));
        }
    };
    add("phase", or_dash(release.text("/status/phase")));
    add("step", release.text("/status/step").to_owned());
    add("split", release.text("/status/split").to_owned());
    add("candidate", release.text("/status/candidate").to_owned());
    add("revision", release.text("/status/revision").to_owned());
    add("for", age::since(release.text("/status/since"), now));
    add("message", release.text("/status/message").to_owned());
    if let Some(command) = approval(release) {
        add("approve", command);
    }
    for condition in release.list("/status/conditions") {
        let of = |key: &str| condition.get(key).and_then(Value::as_str).unwrap_or_default();
        add(&of("type").to_lowercase(), format!("{} ({})", of("status"), of("reason")));
    }
    if let Some(last) = release.list("/status/history").last() {
        add("last", super::history::line(last));
    }
    let mut table = Table::new([Column::left("").at_least(10), Column::left("")]);
    for (name, value) in lines {
        table.row([name, text::printable(&value)]);
    }
    format!("{}{}", table.render(), analysis(release))
}

/// What checks found of the candidate; empty where nothing was asked.
fn analysis(release: &Object) -> String {
    let found = release.status().get("analysis").map(Analysis::deserialize);
    let Some(Ok(found)) = found else { return String::new() };
    let candidate = release.text("/status/candidate");
    let stable = release.text("/spec/stable");
    let mut said = String::new();
    for (name, kept) in [("analyze", &found.analyze), ("watch", &found.watch)] {
        let Some(kept) = kept else { continue };
        let dropped: u64 = kept.dropped.values().sum();
        let blocks = kept.blocks;
        let at = &found.time;
        let _ = writeln!(said, "\n{name}: {blocks} blocks, {dropped} dropped, read at {at}");
        said.push_str(&found::table(candidate, stable, &kept.checks));
    }
    for note in found.failure.iter().chain(&found.notes) {
        let _ = writeln!(said, "note: {}", text::printable(note));
    }
    said
}

/// The command that approves the step that it waits for; none where it waits for no approval.
pub(super) fn approval(release: &Object) -> Option<String> {
    let step = release.text("/status/step").split('/').next().unwrap_or_default();
    let is_awaited = release.text("/status/phase") == DisplayPhase::AwaitingApproval.to_string();
    let (name, namespace) = (release.name(), release.namespace());
    (is_awaited && !step.is_empty())
        .then(|| format!("serin approve {name} -n {namespace} --step {step}"))
}

fn or_dash(text: &str) -> String {
    if text.is_empty() { "-".to_owned() } else { text.to_owned() }
}
