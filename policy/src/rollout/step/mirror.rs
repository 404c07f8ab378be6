//! `mirror`: copies of requests for a subset that no user gets.

use super::{Step, Wait, progress};
use crate::policy::Mirror;
use crate::rollout::view::View;
use crate::rollout::{State, Traffic};

/// Once the subset is ready, and the stable one, which answers.
pub(super) fn step(view: &View, mirror: Mirror) -> Result<Step, Wait> {
    let traffic = Traffic::Mirrored(mirror);
    if view.state.traffic == traffic {
        return Ok(progress::done(view));
    }
    view.plan.needed(&traffic).into_iter().try_for_each(|subset| view.ready(subset))?;
    Ok(Step::Become(State { traffic, ..view.state.clone() }))
}
