//! `serin diff`: what a change of a Release means for its users.

use anyhow::Context;
use document::load::source::STDIN;
use document::report::{Console, Format, text};
use inspect::diff::{Diff, json, text as for_people};

use super::render::source;
use crate::exit::{self, Exit};
use crate::help;

const EXAMPLES: &str = "\
Examples:
  serin diff release.yaml release-20-percent.yaml
  git show HEAD:release.yaml | serin diff - release.yaml
  serin diff --format json old.yaml new.yaml |
    jq -r '.groups[] | [.newRule, .movedPercent] | @tsv'

Users are counted by the rules that take their requests, before and after. Shares are exact, for the draw is \
known. Which rules take which requests is exact as long as no condition changed; otherwise it is found with \
requests that are made of the conditions of both Releases, and shown as what curl would be given.

With --format json one object is printed:
  old, new   the Releases, as namespace/name
  moves      whether any user moves, or any request is decided otherwise
             (exit code 4)
  coverage   proven: these are all groups; tried: those that were found;
             cut: trying was ended
  groups     each has oldRule, newRule (null: no rule takes it),
             witness {curl, caller}: one of its requests (null: none was found),
             users: all, known, another-identity, identity-gained,
             identity-lost, anonymous,
             unit: users, requests,
             movedPercent, leastPercent (what the shares alone ask for),
             shares [{subset, oldPercent, newPercent}],
             transitions [{from, to, percent, percentOfFrom}] (none between
             random draws),
             reasons: shares, rule, stable, identity, anonymous, random, churn,
             reshuffle-cohort, reshuffle-identity, reshuffle-sticky,
             reshuffle-key
  changes    each has change, name (of a subset or rule), message, witness,
             moves (it decides requests otherwise that no group counts);
             change: release, host, port, stable, subset-added, subset-removed,
             labels, key, attach, cohort, identity, anonymous, counters,
             fallback, rule-added, rule-removed, rule-renamed, rule-changed,
             rule-moved
What is wrong with a Release goes to standard error; nothing is printed then.";

/// What the command is asked.
#[derive(Debug, clap::Args)]
#[command(after_help = help::after(EXAMPLES, &exit::ALL))]
pub struct Args {
    /// The file with the Release as it is, or `-` for standard input
    #[arg(value_name = "OLD")]
    pub old: String,
    /// The file with the Release as it will be, or `-` for standard input
    #[arg(value_name = "NEW")]
    pub new: String,
    /// The form of what is printed: text, or json (one object on standard output)
    #[arg(long, value_enum, default_value_t, hide_possible_values = true)]
    pub format: Format,
}

/// Compares the Releases.
///
/// # Errors
/// When the result cannot be printed.
pub fn run(args: &Args, console: &mut Console) -> anyhow::Result<Exit> {
    if args.old == STDIN && args.new == STDIN {
        let help = "one of the two may be `-`";
        console.note(&text::failure("standard input cannot be both Releases", Some(help)));
        return Ok(Exit::USAGE);
    }
    // What is wrong with both is said in one pass.
    let old = source::read(&args.old, console);
    let new = source::read(&args.new, console);
    let (old, new) = match (old, new) {
        (Ok(old), Ok(new)) => (old, new),
        (Err(exit), Ok(_)) | (Ok(_), Err(exit)) => return Ok(exit),
        (Err(old), Err(new)) => return Ok(old.max(new)),
    };
    let diff = Diff::new(&old, &new);
    let printed = match args.format {
        Format::Text => for_people::render(&diff),
        Format::Json => json::render(&diff)?,
    };
    console.print(&printed).context("cannot write to standard output")?;
    Ok(if diff.moves() { Exit::MOVES } else { Exit::OK })
}
