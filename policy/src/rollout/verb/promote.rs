//! `promote`: all users get one subset, whatever the plan says.

use super::{Refusal, same_plan, serving};
use crate::policy::SubsetId;
use crate::rollout::view::View;
use crate::rollout::{At, Phase, State};

/// The candidate where no other is named. What is left of the plan is not done any more.
pub(super) fn promote(view: &View, winner: Option<SubsetId>) -> Result<State, Refusal> {
    let state = view.state;
    // Where the way back has come to nothing the way forward is the only one.
    if state.phase == Phase::RollingBack && !view.has_lost_stable() {
        return Err(Refusal::RollingBack);
    }
    same_plan(view)?;
    let winner = winner.or(view.plan.candidate).ok_or(Refusal::Which)?;
    let asked = state.at == At::Promote(winner) && state.is_under_way();
    if asked || state.traffic.whole() == Some(winner) {
        return Ok(state.clone());
    }
    serving(view, winner)?;
    Ok(by_hand(view, At::Promote(winner)))
}

/// What was asked for instead of the plan.
pub(super) fn by_hand(view: &View, at: At) -> State {
    State {
        phase: Phase::Progressing,
        at,
        plan: view.plan.digest.clone(),
        single: false,
        ..view.state.clone()
    }
}
