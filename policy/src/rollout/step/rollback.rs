//! Everybody goes back to stable.

use super::{Action, Cause, Step};
use crate::rollout::view::View;
use crate::rollout::{Mesh, Phase, State, Traffic};

/// What is to be done while all traffic goes back to stable. A mesh that cannot be seen is told all the same: this is
/// the way that is never closed.
pub(super) fn step(view: &View) -> Step {
    let state = view.state;
    if state.traffic != Traffic::Stable {
        return Step::Become(state.back(view.plan));
    }
    match view.observation.mesh {
        Some(Mesh::Current) => Step::Become(State { phase: Phase::RolledBack, ..state.clone() }),
        Some(Mesh::Behind) | None => Step::Do(Action::Route),
    }
}

/// The way back for a candidate that gets traffic and is known to have no ready endpoint, while stable is known to
/// have some, and is not just about to lose them.
pub(super) fn of_itself(view: &View) -> Option<Step> {
    let candidate = view.plan.candidate?;
    let stable = view.observation.subset(view.plan.stable)?;
    let stays = stable.exists || !view.plan.has_workload(view.plan.stable);
    let ours = !matches!(view.state.traffic, Traffic::Bare(_));
    let lost = ours && view.reaches(candidate) && view.observation.is_dead(candidate);
    if !lost || !stays || stable.ready == 0 || candidate == view.plan.stable {
        return None;
    }
    Some(Step::RollBack(view.state.back(view.plan), Cause::NoEndpoints(candidate)))
}
