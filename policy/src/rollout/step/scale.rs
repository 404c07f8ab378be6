//! `scale`: so many pods.

use super::{Action, Step, Wait, progress};
use crate::policy::SubsetId;
use crate::rollout::view::View;
use crate::rollout::{Amount, Traffic};

/// What a percent is counted in.
const WHOLE: u64 = 10_000;

/// Every subset is told its number before any is waited for.
pub(super) fn step(view: &View, amounts: &[(SubsetId, Amount)]) -> Result<Step, Wait> {
    for (subset, amount) in amounts {
        let workload = view.workload(*subset)?;
        if let Some(autoscaler) = &workload.autoscaler {
            return Err(Wait::Autoscaled(*subset, autoscaler.clone()));
        }
        let target = target(view, *subset, *amount)?;
        if target == 0 && is_needed(view, *subset) {
            return Err(Wait::StillReached(*subset));
        }
        if workload.wanted != target {
            return Ok(Step::Do(Action::Scale(*subset, target)));
        }
    }
    amounts.iter().try_for_each(|(subset, _)| view.settled(*subset))?;
    Ok(progress::done(view))
}

/// Whether any user gets `subset`, or it copies of requests: the callers that no rule reaches are on stable as long as their routes say so.
fn is_needed(view: &View, subset: SubsetId) -> bool {
    let pinned = matches!(view.state.traffic, Traffic::Pinned(_) | Traffic::Bare(_));
    view.needs(subset) || (subset == view.plan.stable && !pinned)
}

/// The pods that `subset` is to have: of some percent at least one.
fn target(view: &View, subset: SubsetId, amount: Amount) -> Result<u32, Wait> {
    let hundredths = match amount {
        Amount::Pods(pods) => return Ok(pods),
        Amount::Percent(0) => return Ok(0),
        Amount::Percent(hundredths) => hundredths,
    };
    let stable = view.workload(view.plan.stable)?;
    // A part of its own number would be a smaller one each time it is asked for.
    if subset == view.plan.stable {
        return Ok(stable.wanted);
    }
    let pods = u64::from(stable.wanted).saturating_mul(u64::from(hundredths)).div_ceil(WHOLE);
    Ok(u32::try_from(pods).unwrap_or(u32::MAX).max(1))
}
