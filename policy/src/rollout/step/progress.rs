//! A rollout that is under way, or paused.

use super::{
    Step, Wait, approve, candidate, open, pause, promote, repair, retire, rollback, scale,
};
use super::{shift, update};
use crate::rollout::view::View;
use crate::rollout::{At, Phase, PlanStep};

/// What is to be done next. Whatever the step at work: a candidate that serves nobody any more comes first, then that
/// the mesh shows what is written down, then that the candidate is the one with which this began.
pub(super) fn step(view: &View) -> Result<Step, Wait> {
    if view.state.plan != view.plan.digest {
        return Err(Wait::PlanChanged);
    }
    if let Some(back) = rollback::of_itself(view) {
        return Ok(back);
    }
    if view.state.phase == Phase::Paused {
        return paused(view);
    }
    if let Some(back) = approve::overdue(view)? {
        return Ok(back);
    }
    if let Some(repair) = repair::repair(view)? {
        return Ok(repair);
    }
    match view.state.at {
        At::Plan(position) => match candidate::prepare(view, position)? {
            Some(step) => Ok(step),
            None => at_work(view, view.plan.steps.get(position)),
        },
        At::Promote(winner) => promote::step(view, winner),
        At::Retire(loser) => retire::step(view, loser),
    }
}

fn paused(view: &View) -> Result<Step, Wait> {
    if view.observation.mesh.is_none() {
        return Err(Wait::Paused);
    }
    repair::repair(view)?.ok_or(Wait::Paused)
}

fn at_work(view: &View, step: Option<&PlanStep>) -> Result<Step, Wait> {
    match step {
        None => Ok(done(view)),
        Some(PlanStep::Open) => open::step(view),
        Some(PlanStep::Scale(amounts)) => scale::step(view, amounts),
        Some(PlanStep::Shift(split)) => shift::step(view, split),
        Some(PlanStep::Update { from, to }) => update::step(view, *from, *to),
        Some(PlanStep::Approve { timeout }) => approve::step(view, *timeout),
        Some(PlanStep::Pause { length }) => pause::step(view, *length),
        Some(PlanStep::Promote(winner)) => promote::step(view, *winner),
        Some(PlanStep::Retire(loser)) => retire::step(view, *loser),
    }
}

/// The step at work is done.
pub(super) fn done(view: &View) -> Step {
    Step::Become(view.state.next(view.plan))
}
