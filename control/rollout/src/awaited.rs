//! Who or what ends a wait.

use policy::rollout::Wait;

/// What ends a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Awaited {
    /// It passes by itself.
    Time,
    /// A person: `approve`, `resume`, the end of a freeze.
    Approval,
    /// A change: something has to be mended first.
    Change,
}

impl Awaited {
    /// What ends `wait`.
    #[must_use]
    pub fn of(wait: &Wait) -> Self {
        match wait {
            Wait::Unknown(_)
            | Wait::NotReady(..)
            | Wait::Pause(Some(_))
            | Wait::Analyzing(..)
            | Wait::Removing(_)
            | Wait::Window(Some(_)) => Self::Time,
            Wait::Approval(_)
            | Wait::Pause(None)
            | Wait::Inconclusive(_)
            | Wait::Paused
            | Wait::Frozen(_) => Self::Approval,
            Wait::Missing(_)
            | Wait::OtherImage(_)
            | Wait::Autoscaled(..)
            | Wait::PlanChanged
            | Wait::CandidateChanged(_)
            | Wait::StillReached(_)
            | Wait::Window(None) => Self::Change,
        }
    }
}

/// The reason of the conditions while this is waited for: one word.
#[must_use]
pub fn reason(wait: &Wait) -> &'static str {
    match wait {
        Wait::Unknown(_) => "Unknown",
        Wait::Missing(_) => "Missing",
        Wait::OtherImage(_) => "OtherImage",
        Wait::NotReady(..) => "NotReady",
        Wait::Autoscaled(..) => "Autoscaled",
        Wait::Approval(_) => "AwaitingApproval",
        Wait::Pause(_) => "Waiting",
        Wait::Analyzing(..) => "Analyzing",
        Wait::Inconclusive(_) => "Inconclusive",
        Wait::Paused => "Paused",
        Wait::PlanChanged => "PlanChanged",
        Wait::CandidateChanged(_) => "CandidateChanged",
        Wait::StillReached(_) => "StillReached",
        Wait::Removing(_) => "Removing",
        Wait::Window(_) => "OutsideWindow",
        Wait::Frozen(_) => "Frozen",
    }
}

/// What is left of the time of a wait that has one.
#[must_use]
pub const fn left(wait: &Wait) -> Option<std::time::Duration> {
    match wait {
        Wait::Approval(left) | Wait::Pause(left) => *left,
        Wait::Analyzing(left, _) => Some(*left),
        Wait::Window(Some(opening)) => Some(opening.left),
        _ => None,
    }
}
