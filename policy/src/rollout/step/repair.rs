//! The mesh shows the traffic that is written down; where it does not, it is made to.

use super::{Action, Step, Wait};
use crate::rollout::view::View;
use crate::rollout::{Mesh, Traffic};

/// What is to be done where no rollout is under way.
pub(super) fn at_rest(view: &View) -> Result<Step, Wait> {
    Ok(repair(view)?.unwrap_or(Step::Done))
}

/// What is to be done where it is paused.
pub(super) fn paused(view: &View) -> Result<Step, Wait> {
    if view.observation.mesh.is_none() {
        return Err(Wait::Paused);
    }
    repair(view)?.ok_or(Wait::Paused)
}

/// What makes the mesh show the traffic; none where it does.
pub(super) fn repair(view: &View) -> Result<Option<Step>, Wait> {
    if view.mesh()? == Mesh::Current {
        return Ok(None);
    }
    gate(view)?;
    Ok(Some(Step::Do(Action::Route)))
}

/// That those who are to get traffic can. What was written down may have been true long ago: since then a subset may
/// have gone, and the rules may have been edited.
fn gate(view: &View) -> Result<(), Wait> {
    let state = view.state;
    match &state.traffic {
        // With another plan the stable subset may be another.
        Traffic::Stable if state.plan == view.plan.digest => Ok(()),
        Traffic::Only(subset) | Traffic::Pinned(subset) | Traffic::Bare(subset)
            if !state.is_under_way() || *subset == view.plan.stable =>
        {
            Ok(())
        }
        traffic => view.all_serving(traffic),
    }
}
