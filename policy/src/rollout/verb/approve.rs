//! `approve` and `reject`: the answers to a step `approve`, and to an analysis that could not tell.

use super::{Refusal, rollback, same_plan};
use crate::rollout::step::held;
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
        Some(PlanStep::Analyze(analyze)) if held(view, analyze)?.is_some() => {
            Ok(state.next(view.plan))
        }
        _ if follows_an_approval(view) => Ok(state.clone()),
        _ => Err(Refusal::NothingToApprove),
    }
}

fn follows_an_approval(view: &View) -> bool {
    let At::Plan(position) = view.state.at else { return false };
    let before = position.checked_sub(1).and_then(|before| view.plan.steps.get(before));
    matches!(before, Some(PlanStep::Approve { .. } | PlanStep::Analyze(_)))
}

/// All to stable.
pub(super) fn reject(view: &View) -> Result<State, Refusal> {
    let state = view.state;
    match (state.phase, state.plan_step(view.plan)) {
        (Phase::RollingBack | Phase::RolledBack, _) => Ok(state.clone()),
        (Phase::Progressing | Phase::Paused, Some(PlanStep::Approve { .. })) => {
            rollback::rollback(view)
        }
        (Phase::Progressing, Some(PlanStep::Analyze(analyze)))
            if held(view, analyze)?.is_some() =>
        {
            rollback::rollback(view)
        }
        _ => Err(Refusal::NothingToApprove),
    }
}
