//! What tells one plan from another: the same on every machine, in every run and wherever the subsets are declared.

use xxhash_rust::xxh3::xxh3_64;

use super::{Amount, Analyze, Bound, Check, PlanStep, Query};
use crate::policy::{Subset, SubsetId};
use crate::rollout::analysis;
use crate::spec::Inconclusive;

/// The digest of a plan, as 16 digits.
pub(super) fn compute(
    subsets: &[Subset],
    stable: SubsetId,
    candidate: Option<SubsetId>,
    steps: &[PlanStep],
    watch: &[Check],
) -> String {
    let name = |id: SubsetId| subsets.get(id.0).map_or("", |subset| subset.name.as_str());
    // Names have no spaces and no line breaks, and of queries the length is told: no two plans read the same.
    let mut lines = vec![format!("{} to {}", name(stable), candidate.map_or("", name))];
    lines.extend(steps.iter().map(|step| match step {
        PlanStep::Open => "open".to_owned(),
        PlanStep::Scale(amounts) => listed("scale", amounts, |(id, amount)| match amount {
            Amount::Percent(hundredths) => format!("{} {hundredths}%", name(*id)),
            Amount::Pods(pods) => format!("{} {pods}", name(*id)),
        }),
        PlanStep::Mirror(mirror) => {
            format!("mirror {} {}", name(mirror.to), mirror.share.hundredths())
        }
        PlanStep::Shift(split) => {
            let shares: Vec<_> = split.shares().collect();
            listed("shift", &shares, |(id, share)| format!("{} {}", name(*id), share.hundredths()))
        }
        PlanStep::Update { from, to } => format!("update {} {}", name(*from), name(*to)),
        PlanStep::Approve { timeout: None } => "approve".to_owned(),
        PlanStep::Approve { timeout: Some(time) } => format!("approve {}", time.as_nanos()),
        PlanStep::Pause { length: None } => "pause".to_owned(),
        PlanStep::Pause { length: Some(time) } => format!("pause {}", time.as_nanos()),
        PlanStep::Analyze(step) => analyze(step),
        PlanStep::Promote(winner) => format!("promote {}", name(*winner)),
        PlanStep::Retire(loser) => format!("retire {}", name(*loser)),
    }));
    // A plan without is as it was before there was a watch.
    lines.extend((!watch.is_empty()).then(|| listed("watch", watch, check)));
    format!("{:016x}", xxh3_64(lines.join("\n").as_bytes()))
}

/// A step that is about several subsets, which may be written in any order.
fn listed<T>(step: &str, items: &[T], describe: impl Fn(&T) -> String) -> String {
    let mut described: Vec<_> = items.iter().map(describe).collect();
    described.sort_unstable();
    format!("{step} {}", described.join(" "))
}

fn analyze(analyze: &Analyze) -> String {
    let Analyze { length, every, checks, inconclusive, dry_run } = analyze;
    let end = match inconclusive {
        Inconclusive::Hold => "hold",
        Inconclusive::Proceed => "proceed",
        Inconclusive::Rollback => "rollback",
    };
    let dry = if *dry_run { " dry" } else { "" };
    let step = format!("analyze {} {} {end}{dry}", length.as_nanos(), every.as_nanos());
    listed(&step, checks, check)
}

fn check(check: &Check) -> String {
    match check {
        Check::Counted(analysis::Check::ErrorsWorseThanStable(it)) => {
            format!("errors worse {}", it.alpha)
        }
        Check::Counted(analysis::Check::ErrorsAtMost(it)) => format!("errors over {}", it.rate),
        Check::Counted(analysis::Check::DurationWorseThanStable(it)) => {
            format!("duration worse {}", it.alpha)
        }
        Check::Query(Query { promql, bound }) => {
            let (word, number) = match bound {
                Bound::AtMost(number) => ("over", number),
                Bound::AtLeast(number) => ("under", number),
            };
            format!("query {word} {number} {} {promql}", promql.len())
        }
    }
}
