//! Who or what ends a wait.

use policy::rollout::Wait;

/// What ends a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Awaited {
    /// It passes by itself.
    Time,
    /// Somebody's word: `approve`, `resume`.
    Word,
    /// Somebody has to change something first.
    Change,
}

impl Awaited {
    /// What ends `wait`.
    #[must_use]
    pub fn of(wait: &Wait) -> Self {
        match wait {
            Wait::Unknown(_) | Wait::NotReady(..) | Wait::Pause(Some(_)) | Wait::Removing(_) => {
                Self::Time
            }
            Wait::Approval(_) | Wait::Pause(None) | Wait::Paused => Self::Word,
            Wait::Missing(_)
            | Wait::OtherImage(_)
            | Wait::Autoscaled(..)
            | Wait::PlanChanged
            | Wait::CandidateChanged(_)
            | Wait::StillReached(_) => Self::Change,
        }
    }
}
