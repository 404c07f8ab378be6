//! All users go back to stable.

use super::{Action, Cause, Step, Wait};
use crate::rollout::view::View;
use crate::rollout::{Mesh, Phase, State, Traffic, Unknown};

/// What is to be done while all traffic goes back to stable. A mesh that cannot be seen is told all the same: this is
/// the way that is only closed where stable is known to have no pods.
pub(super) fn step(view: &View) -> Step {
    let state = view.state;
    if state.traffic != Traffic::Stable {
        return Step::Become(state.back(view.plan));
    }
    match view.observation.mesh {
        Some(Mesh::Current) => Step::Become(State { phase: Phase::RolledBack, ..state.clone() }),
        Some(Mesh::Behind) | None if view.has_lost_stable() => {
            let stable = view.plan.stable;
            let failing = view.observation.subset(stable).and_then(|lost| lost.failing.clone());
            Step::Wait(Wait::NotReady(stable, failing))
        }
        Some(Mesh::Behind) | None => Step::Do(Action::Route),
    }
}

/// The way back for a candidate that gets traffic, or copies of it, and is known to have no ready endpoint, while stable is known to
/// have some, and is not just about to lose them.
///
/// # Errors
/// When the candidate gets any and there is none for it, and no way back is known either.
pub(super) fn of_itself(view: &View) -> Result<Option<Step>, Wait> {
    let plan = view.plan;
    // What is left of the routes then is no more of ours.
    if matches!(view.state.traffic, Traffic::Bare(_)) {
        return Ok(None);
    }
    let Some(candidate) = plan.candidate.filter(|id| *id != plan.stable && view.needs(*id)) else {
        return Ok(None);
    };
    let Err(dead) = view.serving(candidate) else { return Ok(None) };
    view.subset(candidate)?;
    if !stable_can(view)? {
        return Err(dead);
    }
    let cause = Cause::NoEndpoints(candidate);
    Ok(Some(Step::RollBack(view.state.back(plan), cause)))
}

/// The way back for `cause`, once stable is known to be able to take all users. Where it has them all there is nothing
/// to take.
///
/// # Errors
/// When that is not known, or stable cannot.
pub(super) fn once_stable_can(view: &View, cause: Cause) -> Result<Step, Wait> {
    let stable = view.plan.stable;
    if view.reached() != [stable] && !stable_can(view)? {
        let failing = view.subset(stable)?.failing.clone();
        return Err(Wait::NotReady(stable, failing));
    }
    Ok(Step::RollBack(view.state.back(view.plan), cause))
}

/// Whether stable has ready endpoints, and is not about to lose them.
fn stable_can(view: &View) -> Result<bool, Unknown> {
    let stable = view.subset(view.plan.stable)?;
    Ok(stable.ready > 0 && (stable.stays() || !view.plan.has_workload(view.plan.stable)))
}
