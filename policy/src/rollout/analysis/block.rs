//! What was counted between two looks, for one question.

use serde::{Deserialize, Serialize};

/// Requests, and how many of them were events: errors, say. Never more events than requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "[u64; 2]", into = "[u64; 2]")]
pub struct Counts {
    requests: u64,
    events: u64,
}

impl Counts {
    /// So many events of so many requests; none where that would be more events than requests.
    #[must_use]
    pub fn new(events: u64, requests: u64) -> Option<Self> {
        (events <= requests).then_some(Self { requests, events })
    }

    /// The requests.
    #[must_use]
    pub fn requests(self) -> u64 {
        self.requests
    }

    /// Those of them that were events.
    #[must_use]
    pub fn events(self) -> u64 {
        self.events
    }

    /// Events per request; none where there are no requests.
    #[must_use]
    pub fn rate(self) -> Option<f64> {
        (self.requests > 0).then(|| real(self.events) / real(self.requests))
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        // Where requests saturate, events are at most as many.
        Self {
            requests: self.requests.saturating_add(other.requests),
            events: self.events.saturating_add(other.events),
        }
    }
}

impl From<Counts> for [u64; 2] {
    fn from(counts: Counts) -> Self {
        [counts.events, counts.requests]
    }
}

impl TryFrom<[u64; 2]> for Counts {
    type Error = String;

    fn try_from([events, requests]: [u64; 2]) -> Result<Self, String> {
        Self::new(events, requests).ok_or_else(|| format!("{events} events of {requests} requests"))
    }
}

/// What both subsets counted at the same time, under one split.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// Of the candidate.
    pub candidate: Counts,
    /// Of stable.
    pub stable: Counts,
}

/// A count as a number to calculate with.
#[expect(clippy::cast_precision_loss, reason = "exact up to 2^53, and off by 1e-16 of it above")]
pub(super) fn real(count: u64) -> f64 {
    count as f64
}
