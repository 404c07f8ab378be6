//! Windows and freezes: what goes forward waits for them, and nothing else does.

use super::{Action, Step, Wait};
use crate::rollout::view::View;
use crate::rollout::{At, Gate, Phase, Unknown};

/// The same step, or the wait for the gate where it goes forward and the gate is not open. What was decided is done, and
/// repaired, all the same; nothing is decided but to go back.
pub(super) fn hold(view: &View, step: Step) -> Step {
    if !goes_forward(view, &step) || is_way_out(view) {
        return step;
    }
    match &view.observation.gate {
        Some(Gate::Open) => step,
        Some(Gate::Outside(opening)) => Step::Wait(Wait::Window(*opening)),
        Some(Gate::Frozen(freeze)) => Step::Wait(Wait::Frozen(freeze.clone())),
        None => Step::Wait(Wait::Unknown(Unknown::Gate)),
    }
}

/// Whether users or pods are to be where they were not yet. That a step is over, and the next one is at work, is only
/// written down: an approval can be given, and a pause can pass, while the gate is closed.
fn goes_forward(view: &View, step: &Step) -> bool {
    match step {
        Step::Do(action) => *action != Action::Route,
        Step::Become(next) => {
            next.phase != Phase::RollingBack && next.traffic != view.state.traffic
        }
        Step::RollBack(..) | Step::Wait(_) | Step::Done => false,
    }
}

/// Whether this is the only way left: a person promotes a subset since stable has no pods any more.
fn is_way_out(view: &View) -> bool {
    matches!(view.state.at, At::Promote(_)) && view.has_lost_stable()
}
