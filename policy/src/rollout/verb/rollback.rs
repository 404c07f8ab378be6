//! `rollback`: everybody gets stable, now.

use super::Refusal;
use crate::rollout::view::View;
use crate::rollout::{Phase, State, Traffic};

/// From everywhere, unless stable is known to serve nobody.
pub(super) fn rollback(view: &View) -> Result<State, Refusal> {
    let state = view.state;
    let back = match state.phase {
        Phase::RollingBack => true,
        Phase::Idle | Phase::RolledBack => state.traffic == Traffic::Stable,
        Phase::Progressing | Phase::Paused | Phase::Completed => false,
    };
    if back {
        return Ok(state.clone());
    }
    if view.observation.is_dead(view.plan.stable) {
        return Err(Refusal::NotReady(view.plan.stable));
    }
    Ok(state.back(view.plan))
}
