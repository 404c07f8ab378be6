//! `start`: begin with the first step.

use super::{Refusal, same_plan};
use crate::rollout::view::View;
use crate::rollout::{At, Phase, State, Traffic};

/// All to stable, and then step by step; with `image` the candidate is made of the stable subset.
pub(super) fn start(view: &View, image: Option<&str>) -> Result<State, Refusal> {
    let state = view.state;
    match state.phase {
        Phase::RollingBack => return Err(Refusal::RollingBack),
        Phase::Progressing | Phase::Paused => return again(view, image),
        Phase::Idle | Phase::RolledBack | Phase::Completed => from_stable(view)?,
    }
    if image.is_some() {
        can_be_made(view)?;
    } else if view.plan.is_open() {
        return open(view);
    }
    begin(view, image)
}

/// A Release without a `rollout`: it holds already, or is about to.
pub(super) fn open(view: &View) -> Result<State, Refusal> {
    if view.state.phase == Phase::Idle && view.state.traffic == Traffic::Spec {
        return Ok(State { plan: view.plan.digest.clone(), ..view.state.clone() });
    }
    begin(view, None)
}

/// What was started the same way is started already. One that has yet to see its candidate can be told the image.
fn again(view: &View, image: Option<&str>) -> Result<State, Refusal> {
    let state = view.state;
    same_plan(view)?;
    if state.phase == Phase::Paused || !matches!(state.at, At::Plan(_)) {
        return Err(Refusal::UnderWay);
    }
    if image.is_none() || image == state.image.as_deref() {
        return Ok(state.clone());
    }
    if state.at == At::Plan(0) && state.image.is_none() && state.revision.is_none() {
        can_be_made(view)?;
        return begin(view, image);
    }
    Err(Refusal::UnderWay)
}

fn begin(view: &View, image: Option<&str>) -> Result<State, Refusal> {
    stable_can(view)?;
    Ok(State {
        phase: Phase::Progressing,
        image: image.map(str::to_owned),
        ..State::fresh(view.plan)
    })
}

/// That no other than the stable subset has won before.
pub(super) fn from_stable(view: &View) -> Result<(), Refusal> {
    match view.state.traffic.whole().filter(|winner| *winner != view.plan.stable) {
        Some(winner) => Err(Refusal::NotStable(winner)),
        None => Ok(()),
    }
}

/// That stable is not known to have no pods where it is to get what others have. With another plan it may be another
/// subset.
pub(super) fn stable_can(view: &View) -> Result<(), Refusal> {
    let stable = view.plan.stable;
    let same = view.reached() == [stable] && view.state.plan == view.plan.digest;
    if !same && view.observation.is_dead(stable) {
        return Err(Refusal::NotReady(stable));
    }
    Ok(())
}

/// That the candidate can be made of the stable subset.
fn can_be_made(view: &View) -> Result<(), Refusal> {
    let plan = view.plan;
    let candidate = plan.candidate.ok_or(Refusal::Which)?;
    if let Some(bare) = [candidate, plan.stable].into_iter().find(|id| !plan.has_workload(*id)) {
        return Err(Refusal::NoWorkload(bare));
    }
    match view.observation.subset(candidate) {
        Some(workload) if workload.stays() && !workload.has_image => {
            Err(Refusal::OtherImage(candidate))
        }
        _ => Ok(()),
    }
}
