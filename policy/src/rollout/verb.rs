//! What a person wants of a rollout.

mod approve;
mod pause;
mod promote;
mod release;
mod retire;
mod rollback;
mod start;

use super::view::View;
use super::{Observation, Phase, Plan, State, Unknown};
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
    /// All users get this subset; none: the candidate.
    Promote(Option<SubsetId>),
    /// All users get the stable subset.
    Rollback,
    /// This subset's workload and all that was rendered go; none: the one that no user gets.
    Retire(Option<SubsetId>),
}

impl Verb {
    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Apply => "apply",
            Self::Start { .. } => "start",
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Step => "step",
            Self::Promote(_) => "promote",
            Self::Rollback => "rollback",
            Self::Retire(_) => "retire",
        }
    }
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
    /// The time for an approval is over.
    TooLate,
    /// All users are on the way back to stable: nothing else can be done before that is over.
    RollingBack,
    /// Nothing was ever applied.
    NeverApplied,
    /// All users get this subset, and it is not the stable one of the Release.
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
    /// This subset has a workload already, and it is not the stable one's with the image that was named.
    OtherImage(SubsetId),
    /// What has to be known first could not be learned.
    Unknown(Unknown),
}

/// What comes of `verb`, given the plan, the state (none: nothing was ever written down), and what the cluster is like.
///
/// # Errors
/// When it cannot be done now: why.
pub fn apply(
    plan: &Plan,
    state: Option<&State>,
    verb: &Verb,
    observation: &Observation,
) -> Result<Transition, Refusal> {
    let fresh = State::fresh(plan);
    let view = View { plan, state: state.unwrap_or(&fresh), observation };
    if state.is_none() && !matches!(verb, Verb::Apply | Verb::Start { .. } | Verb::Rollback) {
        return Err(Refusal::NeverApplied);
    }
    let to = match verb {
        Verb::Apply => release::apply(&view),
        Verb::Start { image } => start::start(&view, image.as_deref()),
        Verb::Approve => approve::approve(&view),
        Verb::Reject => approve::reject(&view),
        Verb::Pause => pause::pause(&view),
        Verb::Resume => pause::resume(&view),
        Verb::Step => pause::step(&view),
        Verb::Promote(winner) => promote::promote(&view, *winner),
        Verb::Rollback => rollback::rollback(&view),
        Verb::Retire(loser) => retire::retire(&view, *loser),
    }?;
    Ok(if state == Some(&to) { Transition::Already } else { Transition::To(to) })
}

/// That a rollout under way is of the plan as it is now.
fn same_plan(view: &View) -> Result<(), Refusal> {
    if view.state.phase.is_at_rest() || view.state.plan == view.plan.digest {
        return Ok(());
    }
    Err(Refusal::PlanChanged)
}

/// That a rollout is under way, of the plan as it is now.
fn under_way(view: &View) -> Result<(), Refusal> {
    match view.state.phase {
        Phase::Progressing | Phase::Paused => same_plan(view),
        Phase::RollingBack => Err(Refusal::RollingBack),
        Phase::Idle | Phase::RolledBack | Phase::Completed => Err(Refusal::NotUnderWay),
    }
}

/// That all users can get `subset`, as far as is known.
fn serving(view: &View, subset: SubsetId) -> Result<(), Refusal> {
    if view.subset(subset)?.ready == 0 {
        return Err(Refusal::NotReady(subset));
    }
    Ok(())
}

impl From<Unknown> for Refusal {
    fn from(unknown: Unknown) -> Self {
        Self::Unknown(unknown)
    }
}
