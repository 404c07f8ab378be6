//! What has come of a rollout so far. It is all that is remembered: the edge keeps it in the object's status.

use crate::policy::{Split, SubsetId};

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// None is under way.
    Idle,
    /// The step at work is being done, or waited for.
    Progressing,
    /// Somebody paused it.
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
    /// Somebody asked for this subset to be promoted, whatever the plan says.
    Promote(SubsetId),
    /// Somebody asked for this subset to be retired.
    Retire(SubsetId),
}

/// Who gets which subset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Traffic {
    /// As the Release is written.
    Spec,
    /// Everybody the stable subset, whatever the rules say.
    Stable,
    /// By the Release's rules, and by this split where none decides.
    Shifted(Split),
    /// Everybody this subset, whatever the rules say.
    Only(SubsetId),
    /// The same without a filter: routes alone send everybody there, callers that are not attached too.
    Pinned(SubsetId),
    /// Nothing of ours is in the mesh; this subset is the only one left.
    Bare(SubsetId),
}
