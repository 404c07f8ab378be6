//! `pause`, `resume` and `step`.

use super::{Refusal, under_way};
use crate::rollout::view::View;
use crate::rollout::{Phase, PlanStep, State};

/// Nothing more until resumed. That the plan has changed is no reason not to stop.
pub(super) fn pause(view: &View) -> Result<State, Refusal> {
    match under_way(view) {
        Ok(()) | Err(Refusal::PlanChanged) => {}
        Err(refusal) => return Err(refusal),
    }
    Ok(State { phase: Phase::Paused, single: false, ..view.state.clone() })
}

/// On to the end, and out of a `pause` of the plan: out of one with a length only where that is what is waited for.
pub(super) fn resume(view: &View) -> Result<State, Refusal> {
    under_way(view)?;
    let on = State { phase: Phase::Progressing, single: false, ..view.state.clone() };
    Ok(match view.state.plan_step(view.plan) {
        Some(PlanStep::Pause { length })
            if length.is_none() || view.state.phase == Phase::Progressing =>
        {
            on.next(view.plan)
        }
        _ => on,
    })
}

/// On for one step. A `pause` without a length is none: it asks for nothing but this word.
pub(super) fn step(view: &View) -> Result<State, Refusal> {
    under_way(view)?;
    let on = State { phase: Phase::Progressing, single: false, ..view.state.clone() };
    let on = match view.state.plan_step(view.plan) {
        Some(PlanStep::Pause { length: None }) => on.next(view.plan),
        _ => on,
    };
    let single = on.phase == Phase::Progressing;
    Ok(State { single, ..on })
}
