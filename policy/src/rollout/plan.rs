//! What the author of a Release wrote under `rollout`, validated.

mod amount;
mod analyze;
mod digest;
mod read;
mod step;
mod time;
mod validate;
mod window;
mod workload;

use std::time::Duration;

use crate::policy::{Mirror, Split, SubsetId};

pub use analyze::{Analyze, Bound, Check, Query};
pub use window::Window;

/// The steps from the stable subset to the candidate.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The stable subset.
    pub stable: SubsetId,
    /// The subset that is to be brought out; none where no other subset is declared, or several and no `rollout`
    /// that says which.
    pub candidate: Option<SubsetId>,
    /// The steps; [`PlanStep::Open`] alone where the Release has no `rollout`.
    pub steps: Vec<PlanStep>,
    /// The Deployment of each subset, by position; none where none is written.
    pub workloads: Vec<Option<String>>,
    /// The subsets that the Release's rules give anything to, each once.
    pub ruled: Vec<SubsetId>,
    /// The subsets that the Release's own split gives anything to, each once.
    pub split: Vec<SubsetId>,
    /// The subset that the Release itself gives copies of requests; none where a `rollout` has steps.
    pub mirror: Option<SubsetId>,
    /// When it may go forward; empty: at any time.
    pub windows: Vec<Window>,
    /// What is asked of the candidate at every step at which users get it; empty: nothing.
    pub watch: Vec<Check>,
    /// What tells this plan from another: the same for the same candidate, stable subset, steps and watch. Windows may
    /// change while it is under way.
    pub digest: String,
}

/// A step.
#[derive(Clone, Debug, PartialEq)]
pub enum PlanStep {
    /// The Release as it is written: what a Release without a `rollout` does.
    Open,
    /// So many pods for these subsets.
    Scale(Vec<(SubsetId, Amount)>),
    /// All users get the stable subset, whatever the rules say, and another one gets copies of their requests.
    Mirror(Mirror),
    /// This split instead of the Release's own; its rules hold beside it.
    Shift(Split),
    /// The pod template of one subset's workload, but for its labels, becomes that of another's.
    Update {
        /// Whose template.
        from: SubsetId,
        /// Who gets it.
        to: SubsetId,
    },
    /// Wait for an approval.
    Approve {
        /// No word for so long is a no; none: it waits for ever.
        timeout: Option<Duration>,
    },
    /// Time passes.
    Pause {
        /// How long; none: until it is resumed.
        length: Option<Duration>,
    },
    /// Wait until the candidate is shown to be healthy, or to be worse.
    Analyze(Analyze),
    /// Every split of every rule resolves to this subset.
    Promote(SubsetId),
    /// This subset's workload is removed, and with it all that was rendered.
    Retire(SubsetId),
}

/// How many pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// So many hundredths of a percent of the stable subset's, rounded up.
    Percent(u32),
    /// So many.
    Pods(u32),
}

#[cfg(test)]
mod tests;
