//! `apply`: the Release as it is written now.

use super::{Refusal, same_plan, start};
use crate::rollout::view::View;
use crate::rollout::{Phase, State, Traffic};

/// A Release with a `rollout` waits for its start with all traffic on stable; one without starts with this. What is
/// under way goes on, with the rules as they are now; what has ended with this plan stays as it has ended, unless
/// all users got stable for good.
pub(super) fn apply(view: &View) -> Result<State, Refusal> {
    let state = view.state;
    if !state.phase.is_at_rest() {
        same_plan(view)?;
        return Ok(state.clone());
    }
    start::from_stable(view)?;
    if view.plan.is_open() {
        return start::open(view);
    }
    let holds = match state.phase {
        Phase::Idle => state.traffic == Traffic::Stable,
        _ => state.traffic.whole().is_none(),
    };
    if holds && state.plan == view.plan.digest {
        return Ok(state.clone());
    }
    start::stable_can(view)?;
    Ok(State::fresh(view.plan))
}
