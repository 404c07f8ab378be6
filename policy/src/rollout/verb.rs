//! What a person wants of a rollout.

use super::{Observation, Plan, State};
use crate::policy::SubsetId;

/// What a person wants of a rollout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verb {
    /// The Release as it is written now is to hold, as far as a rollout under way allows.
    Apply,
    /// Begin with the first step; with this image for the candidate, where one is named.
    Start {
        /// The image.
        image: Option<String>,
    },
    /// Yes to the approval that is waited for.
    Approve,
    /// No to it: all to stable.
    Reject,
    /// Do nothing more until resumed.
    Pause,
    /// Go on.
    Resume,
    /// Go on for one step.
    Step,
    /// Everybody gets this subset; none: the candidate.
    Promote(Option<SubsetId>),
    /// Everybody gets the stable subset.
    Rollback,
    /// This subset's workload and all that was rendered go; none: the one that nobody gets.
    Retire(Option<SubsetId>),
}

/// What comes of a verb.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transition {
    /// This state.
    To(State),
    /// It is as it was wanted already.
    Already,
}

/// Why a verb is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No rollout is under way.
    NotUnderWay,
    /// A rollout is under way.
    UnderWay,
    /// Nothing waits for an approval.
    NothingToApprove,
    /// It is not paused.
    NotPaused,
    /// Rolling back cannot be paused, resumed or stepped.
    RollingBack,
    /// Everybody gets this subset, and it is not the stable one of the Release.
    NotStable(SubsetId),
    /// The plan of the rollout under way would be another.
    PlanChanged,
    /// Which subset is meant is not clear.
    Which,
    /// This subset has no ready endpoints.
    NotReady(SubsetId),
    /// This subset still gets traffic.
    StillReached(SubsetId),
    /// This subset has no `workload`.
    NoWorkload(SubsetId),
    /// What has to be known first could not be learned.
    Unknown(&'static str),
}

/// What comes of `verb`, given the plan, the state (none: nothing was ever written down), and what the cluster is like.
///
/// # Errors
/// When it cannot be done now: why.
pub fn apply(
    _plan: &Plan,
    _state: Option<&State>,
    _verb: &Verb,
    _observation: &Observation,
) -> Result<Transition, Refusal> {
    Err(Refusal::NotUnderWay)
}
