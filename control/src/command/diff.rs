//! `serin diff`: what a change of a Release means for its users.

use std::sync::Arc;

use anyhow::Context;
use document::load::source::STDIN;
use document::report::{Console, Format, text};
use inspect::diff::{Diff, json, text as for_people};
use policy::Checked;
use rollout::drive::Compiled;

use super::files;
use super::options::FormatArgs;
use super::render::source;
use super::rollout::{Connection, in_cluster};
use crate::exit::Exit;
use crate::help;

const EXAMPLES: &str = "\
Examples:
  serin diff release.yaml release-20-percent.yaml
  git show HEAD:release.yaml | serin diff - release.yaml
  serin diff -f release.yaml             compare with the cluster
  serin diff --format json old.yaml new.yaml |
    jq -r '.groups[] | [.newRule, .movedPercent] | @tsv'

Users are grouped by the rules that take their requests before and after the change. Shares are exact, because \
the draw is deterministic. Groups are exact if no condition changed. Otherwise they are found with requests \
built from the conditions of both Releases, and each is shown as a curl command line.

With --format json or yaml the output is one object:
  old, new   the Releases, as namespace/name
  moves      whether any user moves, or any request is decided differently
             (exit code 4)
  coverage   proven: these are all groups; tried: those that were found;
             cut: the search was cut short
  groups     each has oldRule, newRule (null: no rule matches),
             witness {curl, caller}: one of its requests (null: none found),
             users: all, known, another-identity, identity-gained,
             identity-lost, anonymous,
             unit: users, requests,
             movedPercent, leastPercent (what the shares alone require),
             shares [{subset, oldPercent, newPercent}],
             transitions [{from, to, percent, percentOfFrom}] (none between
             random draws),
             reasons: shares, rule, stable, identity, anonymous, random, churn,
             reshuffle-cohort, reshuffle-identity, reshuffle-sticky,
             reshuffle-key
  changes    each has change, name (of a subset or rule), message, witness,
             moves (it changes decisions that no group counts);
             change: release, host, port, stable, subset-added, subset-removed,
             labels, key, attach, cohort, identity, anonymous, counters,
             fallback, mirror, rule-added, rule-removed, rule-renamed,
             rule-changed, rule-moved
Problems of a Release go to standard error; nothing else is printed then.";

/// The arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = help::of_diff(EXAMPLES))]
pub struct Args {
    /// The file with the old Release, or `-` for standard input
    #[arg(value_name = "OLD", required_unless_present = "filename")]
    pub old: Option<String>,
    /// The file with the new Release, or `-` for standard input
    #[arg(value_name = "NEW", required_unless_present = "filename")]
    pub new: Option<String>,
    /// The file with the new Release; the old one is that of the cluster
    #[arg(long, short = 'f', value_name = "FILE", conflicts_with_all = ["old", "new"])]
    pub filename: Option<String>,
    /// The Release to compare, if a file has several
    #[arg(long, value_name = "[NAMESPACE/]NAME")]
    pub name: Option<String>,
    /// The output format.
    #[command(flatten)]
    pub output: FormatArgs,
    /// The cluster.
    #[command(flatten)]
    pub connection: Connection,
}

/// Compares the Releases.
///
/// # Errors
/// When the result cannot be printed.
pub fn run(args: &Args, console: &mut Console) -> anyhow::Result<Exit> {
    let (old, new) = match read(args, console) {
        Ok(releases) => releases,
        Err(exit) => return Ok(exit),
    };
    let diff = Diff::new(&old, &new);
    let printed = match args.output.format {
        Format::Text => for_people::render(&diff),
        Format::Data(data) => data.document(&json::document(&diff))?,
    };
    console.print(&printed).context("cannot write to standard output")?;
    Ok(if diff.moves() { Exit::MOVES } else { Exit::OK })
}

/// Both Releases; the exit code where one cannot be read, after saying why.
fn read(args: &Args, console: &mut Console) -> Result<(Arc<Compiled>, Checked), Exit> {
    let chosen = args.name.as_deref();
    let (Some(old), Some(new)) = (&args.old, &args.new) else {
        let new = source::read(files::one(None, args.filename.as_ref()), chosen, console)?;
        let old = in_cluster(&args.connection, &new, console)?;
        return Ok((old, new));
    };
    if old == STDIN && new == STDIN {
        let help = "only one of them can be `-`";
        console.note(&text::failure("both Releases are `-`, standard input", Some(help)));
        return Err(Exit::USAGE);
    }
    // What is wrong with both is said in one pass.
    match (source::read(old, chosen, console), source::read(new, chosen, console)) {
        (Ok(old), Ok(new)) => Ok((Arc::new(old.into()), new)),
        (Err(exit), Ok(_)) | (Ok(_), Err(exit)) => Err(exit),
        (Err(old), Err(new)) => Err(old.max(new)),
    }
}
