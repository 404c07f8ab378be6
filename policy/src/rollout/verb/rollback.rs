//! `rollback`: all users get stable, now.

use super::Refusal;
use crate::rollout::view::View;
use crate::rollout::{Phase, State, Traffic};

/// From everywhere, unless stable is known to have no pods, or to have been retired. What has ended with all traffic on stable has nothing to go
/// back from.
pub(super) fn rollback(view: &View) -> Result<State, Refusal> {
    let state = view.state;
    let stable = view.plan.stable;
    let all = state.traffic == Traffic::Stable || state.traffic.whole() == Some(stable);
    if state.phase == Phase::RollingBack || (state.phase.is_at_rest() && all) {
        return Ok(state.clone());
    }
    if view.has_lost_stable() {
        return Err(Refusal::NotReady(stable));
    }
    Ok(state.back(view.plan))
}
