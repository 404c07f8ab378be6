//! What is to be done next.

mod analyze;
mod approve;
mod candidate;
mod gate;
mod mirror;
mod open;
mod pause;
mod progress;
mod promote;
mod repair;
mod retire;
mod rollback;
mod scale;
mod shift;
mod update;
mod watch;

use std::time::Duration;

use super::view::View;
use super::{Doubt, FailedCheck, Freeze, Observation, Opening, Phase, Plan, SoFar, State, Unknown};
use crate::policy::SubsetId;

pub(super) use analyze::held;

/// What is to be done next.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// This, and then observe again. Doing it twice is as doing it once.
    Do(Action),
    /// Write this state down, and then observe again.
    Become(State),
    /// The same, by itself: all traffic goes back to stable, for this cause.
    RollBack(State, Cause),
    /// Nothing, until something else changes.
    Wait(Wait),
    /// Nothing: it has ended, or none is under way.
    Done,
}

/// Why all traffic goes back to stable without a verb.
#[derive(Clone, Debug, PartialEq)]
pub enum Cause {
    /// This subset gets traffic, or copies of it, and has no ready endpoint any more.
    NoEndpoints(SubsetId),
    /// There was no approval within this time.
    NotApproved(Duration),
    /// The candidate failed this check.
    Worse(FailedCheck),
    /// Within this time it was not shown whether the candidate is healthy, for this reason.
    Inconclusive(Duration, Doubt),
}

impl Cause {
    /// Its name, as metrics have it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::NoEndpoints(_) => "no_endpoints",
            Self::NotApproved(_) => "not_approved",
            Self::Worse(_) => "worse",
            Self::Inconclusive(..) => "inconclusive",
        }
    }
}

/// Something done to the cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Make the mesh show [`State::traffic`](super::State), one object after the other, each after the proxies have
    /// the one before.
    Route,
    /// Make the workload of this subset of the stable one's, with the image of [`State::image`](super::State).
    Create(SubsetId),
    /// Give the workload of this subset so many pods.
    Scale(SubsetId, u32),
    /// Give the workload of `to` the pod template of that of `from`, but for its labels.
    Update {
        /// Whose template.
        from: SubsetId,
        /// Who gets it.
        to: SubsetId,
    },
    /// Remove the workload of this subset.
    Remove(SubsetId),
}

/// Why nothing is to be done. Some pass by themselves, some need a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Something could not be learned: what.
    Unknown(Unknown),
    /// This subset has no workload, and no image was named to make one with.
    Missing(SubsetId),
    /// This subset was to be made with an image, and has a workload that is not the stable one's with that image.
    OtherImage(SubsetId),
    /// This subset has no ready endpoints, or its workload has not settled; and why, where that is known.
    NotReady(SubsetId, Option<String>),
    /// An autoscaler owns the number of pods.
    Autoscaled(SubsetId, String),
    /// An approval is awaited; what is left of the time for it.
    Approval(Option<Duration>),
    /// Time has to pass; none: until it is resumed.
    Pause(Option<Duration>),
    /// The candidate is judged; what is left of the time for it, and what is known.
    Analyzing(Duration, SoFar),
    /// The time for that is over, and it is not known whether the candidate is healthy: a person decides, or what comes
    /// to be known.
    Inconclusive(Doubt),
    /// It is paused.
    Paused,
    /// The plan is another than the one with which this began.
    PlanChanged,
    /// The candidate is another than the one with which this began.
    CandidateChanged(SubsetId),
    /// A subset is to lose its pods, and this one is still to get traffic: it is the same, or one beside the one that
    /// is to stay.
    StillReached(SubsetId),
    /// The workload of this subset is being removed.
    Removing(SubsetId),
    /// A window has to open; when that is, where one does within a year.
    Window(Option<Opening>),
    /// Rollouts are frozen.
    Frozen(Freeze),
}

/// What is to be done next, given the plan, what has come of it, and what the cluster is like.
#[must_use]
pub fn step(plan: &Plan, state: &State, observation: &Observation) -> Step {
    let view = View { plan, state, observation };
    let step = match state.phase {
        Phase::Idle | Phase::RolledBack | Phase::Completed => repair::at_rest(&view),
        Phase::Progressing | Phase::Paused => progress::step(&view),
        Phase::RollingBack => Ok(rollback::step(&view)),
    };
    gate::hold(&view, step.unwrap_or_else(Step::Wait))
}
