//! All users go back to stable.

use super::{Action, Cause, Step, Wait};
use crate::rollout::view::View;
use crate::rollout::{Mesh, Phase, State, Traffic};

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
    let stable = view.subset(plan.stable)?;
    let stays = stable.stays() || !plan.has_workload(plan.stable);
    if stable.ready == 0 || !stays {
        return Err(dead);
    }
    let cause = Cause::NoEndpoints(candidate);
    Ok(Some(Step::RollBack(view.state.back(plan), cause)))
}
