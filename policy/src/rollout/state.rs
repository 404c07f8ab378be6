//! What has come of a rollout so far. It is all that is remembered: the edge keeps it in the object's status.

use serde::{Deserialize, Serialize};

use super::{Plan, PlanStep};
use crate::policy::{Mirror, Split, SubsetId};

/// How far a rollout is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// What it is about.
    pub phase: Phase,
    /// The step at work.
    pub at: At,
    /// Who is to get which subset: what the mesh shows, or is about to show.
    pub traffic: Traffic,
    /// The candidate's pod template when the rollout began, as a digest; none before it is known.
    pub revision: Option<String>,
    /// The image with which the candidate's workload is made of the stable one's; none: it is there already.
    pub image: Option<String>,
    /// The [`Plan::digest`](super::Plan) with which it began.
    pub plan: String,
    /// Whether to pause after the step at work.
    pub single: bool,
}

/// What a rollout is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Phase {
    /// None is under way.
    Idle,
    /// The step at work is being done, or waited for.
    Progressing,
    /// It is paused.
    Paused,
    /// All traffic goes back to stable.
    RollingBack,
    /// It did.
    RolledBack,
    /// The last step was done.
    Completed,
}

/// The step at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// The step of the plan at this position; behind the last: none.
    Plan(usize),
    /// This subset is to be promoted, whatever the plan says.
    Promote(SubsetId),
    /// This subset is to be retired.
    Retire(SubsetId),
}

/// Who gets which subset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Traffic {
    /// As the Release is written.
    Spec,
    /// All users the stable subset, whatever the rules say.
    Stable,
    /// The same, and another subset gets copies of their requests.
    Mirrored(Mirror),
    /// By the Release's rules, and by this split where none decides.
    Shifted(Split),
    /// All users this subset, whatever the rules say.
    Only(SubsetId),
    /// The same without a filter: routes alone send all users there, callers that are not attached too.
    Pinned(SubsetId),
    /// Nothing of ours is in the mesh; this subset is the only one left.
    Bare(SubsetId),
}

impl Phase {
    /// Whether nothing is being done: what the mesh shows is to stay.
    #[must_use]
    pub fn is_at_rest(self) -> bool {
        matches!(self, Self::Idle | Self::RolledBack | Self::Completed)
    }

    /// Whether all traffic is on the way back to stable, or there again.
    #[must_use]
    pub fn is_back(self) -> bool {
        matches!(self, Self::RollingBack | Self::RolledBack)
    }
}

impl State {
    /// The state in which nothing was ever done: all to stable.
    #[must_use]
    pub fn fresh(plan: &Plan) -> Self {
        Self {
            phase: Phase::Idle,
            at: At::Plan(0),
            traffic: Traffic::Stable,
            revision: None,
            image: None,
            plan: plan.digest.clone(),
            single: false,
        }
    }

    /// The state after the step at work.
    pub(super) fn next(&self, plan: &Plan) -> Self {
        let ended = |phase, at| Self { phase, at, single: false, ..self.clone() };
        let next = match self.at {
            At::Plan(position) => position.saturating_add(1),
            At::Promote(_) | At::Retire(_) => plan.steps.len(),
        };
        if next < plan.steps.len() {
            let phase = if self.single { Phase::Paused } else { self.phase };
            return ended(phase, At::Plan(next));
        }
        match self.at {
            At::Plan(_) if plan.is_open() => ended(Phase::Idle, At::Plan(0)),
            _ => ended(Phase::Completed, At::Plan(plan.steps.len())),
        }
    }

    /// The state in which all users go back to stable.
    pub(super) fn back(&self, plan: &Plan) -> Self {
        Self {
            phase: Phase::RollingBack,
            traffic: Traffic::Stable,
            plan: plan.digest.clone(),
            single: false,
            ..self.clone()
        }
    }

    /// The step of the plan at work; none behind the last, and where something else was asked for.
    #[must_use]
    pub fn plan_step<'p>(&self, plan: &'p Plan) -> Option<&'p PlanStep> {
        match self.at {
            At::Plan(position) => plan.steps.get(position),
            At::Promote(_) | At::Retire(_) => None,
        }
    }

    /// Whether a rollout goes on, or would if it were not paused.
    #[must_use]
    pub fn is_under_way(&self) -> bool {
        matches!(self.phase, Phase::Progressing | Phase::Paused)
    }
}
