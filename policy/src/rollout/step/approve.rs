//! `approve`: an approval is given, or the time for it runs out.

use std::time::Duration;

use super::{Cause, Step, Wait};
use crate::rollout::view::View;
use crate::rollout::{PlanStep, Unknown};

/// The way back where there was no approval in time, once stable is known to be able to take all users.
///
/// # Errors
/// When it is not known whether the time is over, or stable cannot.
pub(super) fn overdue(view: &View) -> Result<Option<Step>, Wait> {
    let Some(PlanStep::Approve { timeout: Some(timeout) }) = view.state.plan_step(view.plan) else {
        return Ok(None);
    };
    if view.observation.elapsed.ok_or(Unknown::Elapsed)? < *timeout {
        return Ok(None);
    }
    let stable = view.plan.stable;
    if view.reached() != [stable] {
        view.serving(stable)?;
    }
    let cause = Cause::NotApproved(*timeout);
    Ok(Some(Step::RollBack(view.state.back(view.plan), cause)))
}

/// A word is waited for; [`overdue`] has been asked before.
pub(super) fn step(view: &View, timeout: Option<Duration>) -> Result<Step, Wait> {
    let Some(timeout) = timeout else { return Err(Wait::Approval(None)) };
    let elapsed = view.observation.elapsed.ok_or(Unknown::Elapsed)?;
    Err(Wait::Approval(Some(timeout.saturating_sub(elapsed))))
}
