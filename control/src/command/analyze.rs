//! `serin analyze`: whether a candidate was worse than stable, judged by metrics of the past.

#[cfg(feature = "cluster")]
mod data;
#[cfg(feature = "cluster")]
mod judge;
#[cfg(not(feature = "cluster"))]
mod none;
mod options;
#[cfg(feature = "cluster")]
mod report;
#[cfg(feature = "cluster")]
mod subject;
#[cfg(feature = "cluster")]
mod text;
mod when;

use document::report::{Console, Length};

use super::metrics::MetricsArgs;
use super::options::FormatArgs;
use super::rollout::{Connection, format};
use crate::exit::Exit;
use crate::help;
use options::{CheckArg, error_rate};
use when::When;

const EXAMPLES: &str = "\
Examples:
  serin analyze reviews -n bookinfo --from 30m \\
    --prometheus http://localhost:9090
  serin analyze -f release.yaml --from 2026-11-30T10:00:00Z \\
    --to 2026-11-30T10:30:00Z --prometheus https://prometheus.example.com
  serin analyze -f release.yaml --from 1h --check errors-at-most=1% \\
    --prometheus https://prometheus.example.com --prometheus-token-file token

Judges the candidate as a rollout does while it goes on, look by look, and ends at the first look that shows it to be \
worse. Nothing is changed. A healthy candidate is taken for worse at most once in a hundred ranges and checks \
(--alpha), however many looks there are. Too little traffic, or data that is missing, is inconclusive and never healthy.

Checks: errors (worse than stable), duration (slower than stable at any of five edges of the histogram) and \
errors-at-most=RATE. Without --check: errors and duration.

The requests are those that the proxies of callers report to Prometheus, in Istio's series or with --series envoy in \
Envoy's own. Blocks in which the history of the Release has an entry are dropped: the split may have changed. Of a file \
the history is not known.

With -o json or yaml the output is one object:
  release, candidate, stable
  outcome   worse, healthy or inconclusive; reason (null unless inconclusive):
            no-blocks, missing, no-candidate-traffic, no-stable-traffic,
            not-enough
  message   the same in words
  from, to, since, until   what was asked for, and what was judged
  healthyAt when it was shown to be healthy first (null: never)
  everySeconds, blocks, blocksBefore (of stable, before from)
  dropped   blocks that were not judged [{reason, count}]; reason:
            split-changed, candidate-missing, stable-missing, candidate-late,
            stable-late, counted, inconsistent, other-edges, no-edges
  checks    each has check (errors-worse-than-stable, errors-at-most,
            duration-worse-than-stable), atMost, outcome, reason,
            worse and healthy {evidence, limit}: shown from the limit on,
            candidate and stable {requests, events, percent}: events are
            errors, or requests slower than
            edgeMilliseconds,
            dispersion: how much stable's events come together, by which the
            evidence is divided if it is over 1,
            interval {lowerPercent, upperPercent}: the rates that are not
            excluded, of a bound; what is not known is left out
  notes     what is to be known beside the counts, in words
Problems go to standard error.";

/// The arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = help::of_analyze(EXAMPLES))]
pub struct Args {
    /// The name of a Release in the cluster
    #[arg(value_name = "NAME", value_parser = format::parse_name)]
    #[arg(required_unless_present = "filename")]
    pub release: Option<String>,
    /// The file with the Release, or `-` for standard input; no cluster is asked then
    #[arg(long, short = 'f', value_name = "FILE", conflicts_with = "release")]
    pub filename: Option<String>,
    /// The Release to use, if the file has several
    #[arg(long, value_name = "[NAMESPACE/]NAME", requires = "filename")]
    pub name: Option<String>,
    /// The subset to judge [default: the candidate of the rollout]
    #[arg(long, value_name = "SUBSET")]
    pub candidate: Option<String>,
    /// The beginning: a time such as `2026-11-30T10:00:00Z`, or how long ago, such as `30m`
    #[arg(long, value_name = "TIME", help_heading = "What to judge")]
    pub from: When,
    /// The end, written as the beginning [default: now]
    #[arg(long, value_name = "TIME", help_heading = "What to judge")]
    pub to: Option<When>,
    /// The time between two looks; not less than between two scrapes
    #[arg(long, value_name = "LENGTH", default_value = "15s", help_heading = "What to judge")]
    pub every: Length,
    /// How long to look at stable before, which shows how much its requests fail together
    #[arg(long, value_name = "LENGTH", default_value = "10m", help_heading = "What to judge")]
    pub before: Length,
    /// What to ask of the candidate: errors, duration or errors-at-most=RATE; can be repeated
    #[arg(long, value_name = "CHECK", help_heading = "What to judge")]
    pub check: Vec<CheckArg>,
    /// How often a healthy candidate may be taken for worse, for each check
    #[arg(long, value_name = "RATE", default_value = "1%", value_parser = error_rate)]
    #[arg(help_heading = "What to judge")]
    pub alpha: f64,
    /// Where the counts come from.
    #[command(flatten)]
    pub metrics: MetricsArgs,
    /// The output format.
    #[command(flatten)]
    pub output: FormatArgs,
    /// The cluster.
    #[command(flatten)]
    pub connection: Connection,
}

/// Judges the range.
///
/// # Errors
/// When the result cannot be printed, or no threads can be started.
pub fn run(args: &Args, console: &mut Console) -> anyhow::Result<Exit> {
    #[cfg(feature = "cluster")]
    return judge::run(args, console);
    #[cfg(not(feature = "cluster"))]
    return none::run(args, console);
}
