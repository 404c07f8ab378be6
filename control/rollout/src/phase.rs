//! The phase of a rollout, for people.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use policy::rollout::{Analyze, At, Phase, Plan, PlanStep, State, Step, Traffic, Wait};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};

use crate::now::Now;

/// The phase of a rollout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum DisplayPhase {
    /// No rollout is in progress.
    Idle,
    /// A step is being carried out.
    Progressing,
    /// An approval is pending.
    AwaitingApproval,
    /// The plan pauses here.
    Waiting,
    /// The candidate is being judged.
    Analyzing,
    /// A user paused it.
    Paused,
    /// All traffic is being moved back to stable.
    RollingBack,
    /// All traffic is back on stable.
    RolledBack,
    /// The last step is complete.
    Completed,
}

impl DisplayPhase {
    /// The phase of `state`.
    #[must_use]
    pub fn of(plan: &Plan, state: &State) -> Self {
        match state.phase {
            Phase::Idle => Self::Idle,
            Phase::Progressing => match at_work(plan, state) {
                Some(PlanStep::Approve { .. }) => Self::AwaitingApproval,
                Some(PlanStep::Pause { .. }) => Self::Waiting,
                Some(PlanStep::Analyze(_)) => Self::Analyzing,
                _ => Self::Progressing,
            },
            Phase::Paused => Self::Paused,
            Phase::RollingBack => Self::RollingBack,
            Phase::RolledBack => Self::RolledBack,
            Phase::Completed => Self::Completed,
        }
    }

    /// The same, as what is done next shows: an analysis that cannot tell waits for a person.
    #[must_use]
    pub fn now(now: &Now) -> Self {
        match now.step {
            Some(Step::Wait(Wait::Inconclusive(_))) => Self::AwaitingApproval,
            _ => Self::of(now.plan, now.state),
        }
    }
}

impl fmt::Display for DisplayPhase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// The step of the plan at work.
#[must_use]
pub fn at_work<'p>(plan: &'p Plan, state: &State) -> Option<&'p PlanStep> {
    state.plan_step(plan).filter(|_| state.is_under_way())
}

/// Which step of the plan is at work, as `2/7`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepNumber {
    /// From 1.
    pub number: usize,
    /// The steps of the plan.
    pub of: usize,
}

impl fmt::Display for StepNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl Serialize for StepNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Which step of the plan is at work; none where none is, or the Release has no `rollout`.
#[must_use]
pub fn step(plan: &Plan, state: &State) -> Option<StepNumber> {
    let At::Plan(position) = state.at else { return None };
    let shown = !plan.is_open() && at_work(plan, state).is_some();
    shown.then(|| StepNumber { number: position.saturating_add(1), of: plan.steps.len() })
}

/// Who gets which subset when the step at work is done.
#[must_use]
pub fn traffic_after(plan: &Plan, state: &State) -> Traffic {
    match (state.at, at_work(plan, state)) {
        (At::Promote(winner), _) => Traffic::Only(winner),
        (_, Some(PlanStep::Promote(winner))) => Traffic::Only(*winner),
        (_, Some(PlanStep::Mirror(mirror))) => Traffic::Mirrored(*mirror),
        (_, Some(PlanStep::Shift(split))) => Traffic::Shifted(split.clone()),
        (_, Some(PlanStep::Open)) => Traffic::Spec,
        _ => state.traffic.clone(),
    }
}

/// When the time of the step at work is over, given since when it is (RFC 3339): to the second, so that it is the same
/// whenever it is asked.
#[must_use]
pub fn deadline(plan: &Plan, state: &State, since: &str) -> Option<Timestamp> {
    let (PlanStep::Approve { timeout: Some(length) }
    | PlanStep::Pause { length: Some(length) }
    | PlanStep::Analyze(Analyze { length, .. })) = at_work(plan, state)?
    else {
        return None;
    };
    let since: Timestamp = since.parse().ok()?;
    let end = since.checked_add(SignedDuration::try_from(*length).ok()?).ok()?;
    Timestamp::from_second(end.as_second()).ok()
}
