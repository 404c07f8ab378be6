//! A rollout that is under way, or paused.

use super::{Step, Wait};
use super::{analyze, approve, candidate, mirror, open, pause, promote, repair, retire, rollback};
use super::{scale, shift, update, watch};
use crate::rollout::view::View;
use crate::rollout::{At, Phase, PlanStep};

/// What is to be done next. Whatever the step at work: a candidate that has no pods any more, or is worse, comes first,
/// then that the mesh shows what is written down, then that the candidate is the one with which this began.
pub(super) fn step(view: &View) -> Result<Step, Wait> {
    if view.state.plan != view.plan.digest {
        return Err(Wait::PlanChanged);
    }
    let paused = view.state.phase == Phase::Paused;
    match back(view) {
        Ok(Some(back)) => return Ok(back),
        Err(wait) if !paused => return Err(wait),
        Ok(None) | Err(_) => {}
    }
    if paused {
        return repair::paused(view);
    }
    if let Some(back) = approve::overdue(view)? {
        return Ok(back);
    }
    if let Some(back) = analyze::overdue(view)? {
        return Ok(back);
    }
    if let Some(repair) = repair::repair(view)? {
        return Ok(repair);
    }
    match view.state.at {
        At::Plan(position) => match view.plan.steps.get(position) {
            None => Ok(done(view)),
            Some(step) => match candidate::prepare(view, position)? {
                Some(first) => Ok(first),
                None => at_work(view, step),
            },
        },
        At::Promote(winner) => promote::step(view, winner),
        At::Retire(loser) => retire::step(view, loser),
    }
}

/// The way back, from whatever step it is, paused or not.
fn back(view: &View) -> Result<Option<Step>, Wait> {
    for back in [rollback::of_itself, analyze::worse, watch::worse] {
        if let Some(back) = back(view)? {
            return Ok(Some(back));
        }
    }
    Ok(None)
}

fn at_work(view: &View, step: &PlanStep) -> Result<Step, Wait> {
    match step {
        PlanStep::Open => open::step(view),
        PlanStep::Scale(amounts) => scale::step(view, amounts),
        PlanStep::Mirror(mirror) => mirror::step(view, *mirror),
        PlanStep::Shift(split) => shift::step(view, split),
        PlanStep::Update { from, to } => update::step(view, *from, *to),
        PlanStep::Approve { timeout } => approve::step(view, *timeout),
        PlanStep::Pause { length } => pause::step(view, *length),
        PlanStep::Analyze(analyze) => analyze::step(view, analyze),
        PlanStep::Promote(winner) => promote::step(view, *winner),
        PlanStep::Retire(loser) => retire::step(view, *loser),
    }
}

/// The step at work is done.
pub(super) fn done(view: &View) -> Step {
    Step::Become(view.state.next(view.plan))
}
