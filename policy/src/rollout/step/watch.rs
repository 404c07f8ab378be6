//! `watch`: at every step at which users get the candidate, what is worse leads back. Nothing else follows from it.

use super::{Cause, Step, Wait, rollback};
use crate::rollout::view::View;
use crate::rollout::{At, Judgement, PlanStep};

/// The way back where the candidate is worse.
///
/// # Errors
/// When it is, and stable is not known to be able to take all users: nothing goes forward then, but for what leaves
/// stable for good.
pub(super) fn worse(view: &View) -> Result<Option<Step>, Wait> {
    let Some(Judgement::Worse(failed)) = &view.observation.watch else { return Ok(None) };
    if view.plan.watched(view.state).is_empty() {
        return Ok(None);
    }
    match rollback::once_stable_can(view, Cause::Worse(failed.clone())) {
        Ok(back) => Ok(Some(back)),
        Err(wait @ Wait::Unknown(_)) => Err(wait),
        Err(_) if leaves_stable(view) => Ok(None),
        Err(wait) => Err(wait),
    }
}

/// Whether stable is being retired, or a person promotes a subset: where stable cannot take users back, there is no
/// other way.
fn leaves_stable(view: &View) -> bool {
    let stable = view.plan.stable;
    matches!(view.state.at, At::Promote(_))
        || view.state.at == At::Retire(stable)
        || view.state.plan_step(view.plan) == Some(&PlanStep::Retire(stable))
}
