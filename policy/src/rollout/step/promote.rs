//! `promote`: all users get one subset.

use super::{Step, Wait, progress};
use crate::policy::SubsetId;
use crate::rollout::view::View;
use crate::rollout::{State, Traffic};

/// Once `winner` is ready. Where it is the only one left already there is nothing to do.
pub(super) fn step(view: &View, winner: SubsetId) -> Result<Step, Wait> {
    if view.state.traffic.whole() == Some(winner) {
        return Ok(progress::done(view));
    }
    view.ready(winner)?;
    Ok(Step::Become(State { traffic: Traffic::Only(winner), ..view.state.clone() }))
}
