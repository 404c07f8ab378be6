//! Why a block was dropped.

use serde::{Deserialize, Serialize};

/// Why what was counted between two looks is no evidence. Nothing is concluded from it, for the candidate or against
/// it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Dropped {
    /// The split changed in between, or is not known at one of the two looks.
    SplitChanged,
    /// The counters of the candidate are missing.
    CandidateMissing,
    /// The counters of stable are missing.
    StableMissing,
    /// The counters of the candidate were read at another time than the look.
    CandidateLate,
    /// The counters of stable were.
    StableLate,
    /// It began before the end of what was counted.
    Counted,
    /// More events than requests.
    Inconsistent,
    /// The candidate's histogram, or stable's, has not the edges that are compared.
    OtherEdges,
    /// Stable has counted no durations, so that there are no edges to compare at.
    NoEdges,
}

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// The subset that is judged.
    Candidate,
    /// The subset that it is compared with.
    Stable,
}

impl Dropped {
    pub(super) fn missing(side: Side) -> Self {
        match side {
            Side::Candidate => Self::CandidateMissing,
            Side::Stable => Self::StableMissing,
        }
    }

    pub(super) fn late(side: Side) -> Self {
        match side {
            Side::Candidate => Self::CandidateLate,
            Side::Stable => Self::StableLate,
        }
    }
}
