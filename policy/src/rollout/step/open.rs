//! The step of a Release without `rollout`: it holds as it is written.

use super::{Step, Wait, progress};
use crate::rollout::view::View;
use crate::rollout::{State, Traffic};

/// Once every subset that is to get traffic can.
pub(super) fn step(view: &View) -> Result<Step, Wait> {
    if view.state.traffic == Traffic::Spec {
        return Ok(progress::done(view));
    }
    view.all_serving(&Traffic::Spec)?;
    Ok(Step::Become(State { traffic: Traffic::Spec, ..view.state.clone() }))
}
