//! The phase of a rollout, for people.

use std::fmt;

use policy::rollout::{At, Phase, Plan, PlanStep, State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a rollout is about, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Shown {
    /// None is under way.
    Idle,
    /// A step is being done.
    Progressing,
    /// Somebody has to approve.
    AwaitingApproval,
    /// The plan has a pause here.
    Waiting,
    /// Somebody paused it.
    Paused,
    /// All traffic goes back to stable.
    RollingBack,
    /// It did.
    RolledBack,
    /// The last step was done.
    Completed,
}

impl Shown {
    /// The phase of `state`.
    #[must_use]
    pub fn of(plan: &Plan, state: &State) -> Self {
        match state.phase {
            Phase::Idle => Self::Idle,
            Phase::Progressing => match at_work(plan, state) {
                Some(PlanStep::Approve { .. }) => Self::AwaitingApproval,
                Some(PlanStep::Pause { .. }) => Self::Waiting,
                _ => Self::Progressing,
            },
            Phase::Paused => Self::Paused,
            Phase::RollingBack => Self::RollingBack,
            Phase::RolledBack => Self::RolledBack,
            Phase::Completed => Self::Completed,
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// The step of the plan at work.
#[must_use]
pub fn at_work<'p>(plan: &'p Plan, state: &State) -> Option<&'p PlanStep> {
    state.plan_step(plan).filter(|_| state.is_under_way())
}

/// `2/7`: which step of the plan is at work; none where none is, or the Release has no `rollout`.
#[must_use]
pub fn step(plan: &Plan, state: &State) -> Option<String> {
    let At::Plan(position) = state.at else { return None };
    let shown = !plan.is_open() && at_work(plan, state).is_some();
    shown.then(|| format!("{}/{}", position.saturating_add(1), plan.steps.len()))
}
