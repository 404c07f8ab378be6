//! `approve` and `reject`.

use super::{Refusal, rollback, same_plan};
use crate::rollout::view::View;
use crate::rollout::{At, Phase, PlanStep, State, Unknown};

/// On to the next step; of what is paused it stays so. Approved just before is approved already.
pub(super) fn approve(view: &View) -> Result<State, Refusal> {
    let state = view.state;
    if !state.is_under_way() {
        return Err(Refusal::NothingToApprove);
    }
    same_plan(view)?;
    match state.plan_step(view.plan) {
        Some(PlanStep::Approve { timeout }) => {
            if let Some(timeout) = timeout.filter(|_| state.phase == Phase::Progressing) {
                let elapsed = view.observation.elapsed.ok_or(Unknown::Elapsed)?;
                if elapsed >= timeout {
                    return Err(Refusal::TooLate);
                }
            }
            Ok(state.next(view.plan))
        }
        _ if follows_an_approval(view) => Ok(state.clone()),
        _ => Err(Refusal::NothingToApprove),
    }
}

fn follows_an_approval(view: &View) -> bool {
    let At::Plan(position) = view.state.at else { return false };
    let before = position.checked_sub(1).and_then(|before| view.plan.steps.get(before));
    matches!(before, Some(PlanStep::Approve { .. }))
}

/// All to stable.
pub(super) fn reject(view: &View) -> Result<State, Refusal> {
    let waits = matches!(view.state.plan_step(view.plan), Some(PlanStep::Approve { .. }));
    match view.state.phase {
        Phase::RollingBack | Phase::RolledBack => Ok(view.state.clone()),
        Phase::Progressing | Phase::Paused if waits => rollback::rollback(view),
        _ => Err(Refusal::NothingToApprove),
    }
}
