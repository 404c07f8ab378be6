//! `shift`: another split.

use super::{Step, Wait, progress};
use crate::policy::Split;
use crate::rollout::view::View;
use crate::rollout::{State, Traffic};

/// Once every subset that the rules or the split give anything to is ready.
pub(super) fn step(view: &View, split: &Split) -> Result<Step, Wait> {
    let traffic = Traffic::of(split);
    if view.state.traffic == traffic {
        return Ok(progress::done(view));
    }
    view.plan.reached(&traffic).into_iter().try_for_each(|subset| view.ready(subset))?;
    Ok(Step::Become(State { traffic, ..view.state.clone() }))
}
