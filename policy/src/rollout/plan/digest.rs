//! What tells one plan from another: the same on every machine, in every run and wherever the subsets are declared.

use xxhash_rust::xxh3::xxh3_64;

use super::{Amount, PlanStep};
use crate::policy::{Subset, SubsetId};

/// The digest of a plan, as 16 digits.
pub(super) fn compute(
    subsets: &[Subset],
    stable: SubsetId,
    candidate: Option<SubsetId>,
    steps: &[PlanStep],
) -> String {
    let name = |id: SubsetId| subsets.get(id.0).map_or("", |subset| subset.name.as_str());
    // Names have no spaces and no line breaks: no two plans read the same.
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
        PlanStep::Promote(winner) => format!("promote {}", name(*winner)),
        PlanStep::Retire(loser) => format!("retire {}", name(*loser)),
    }));
    format!("{:016x}", xxh3_64(lines.join("\n").as_bytes()))
}

/// A step that is about several subsets, which may be written in any order.
fn listed<T>(step: &str, items: &[T], describe: impl Fn(&T) -> String) -> String {
    let mut described: Vec<_> = items.iter().map(describe).collect();
    described.sort_unstable();
    format!("{step} {}", described.join(" "))
}
