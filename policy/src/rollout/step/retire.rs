//! `retire`: a subset's workload goes, and with the last one beside the winner all that was rendered.

use super::{Action, Step, Wait, progress};
use crate::policy::SubsetId;
use crate::rollout::view::View;
use crate::rollout::{Presence, State, Traffic};

/// Routes pin all users to the winner, then the workload of `loser` goes, then what is ours in the mesh.
pub(super) fn step(view: &View, loser: SubsetId) -> Result<Step, Wait> {
    let winner = view.winner(loser).map_err(Wait::StillReached)?;
    if !matches!(view.state.traffic, Traffic::Pinned(_) | Traffic::Bare(_)) {
        view.ready(winner)?;
        return Ok(become_traffic(view, Traffic::Pinned(winner)));
    }
    let workload = view.subset(loser)?;
    if view.plan.has_workload(loser) {
        if workload.stays() {
            view.serving(winner)?;
            return Ok(Step::Do(Action::Remove(loser)));
        }
        if workload.presence != Presence::Absent || workload.ready > 0 {
            return Err(Wait::Removing(loser));
        }
    }
    if view.state.traffic == Traffic::Pinned(winner) && is_alone(view, winner)? {
        view.serving(winner)?;
        return Ok(become_traffic(view, Traffic::Bare(winner)));
    }
    Ok(progress::done(view))
}

/// Whether nothing else of the service is there, or about to be: without routes of ours users get every pod.
fn is_alone(view: &View, winner: SubsetId) -> Result<bool, Wait> {
    for subset in (0..view.plan.workloads.len()).map(SubsetId).filter(|subset| *subset != winner) {
        let workload = view.subset(subset)?;
        if workload.ready > 0 || (workload.presence != Presence::Absent && workload.wanted > 0) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn become_traffic(view: &View, traffic: Traffic) -> Step {
    Step::Become(State { traffic, ..view.state.clone() })
}
