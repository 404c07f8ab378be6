//! What is asked of the candidate.

mod read;

use std::time::Duration;

use crate::rollout::analysis;
use crate::spec::Inconclusive;

pub(super) use read::{only_watched, read, watch};

/// A step that waits until the candidate is shown to be healthy, or to be worse.
#[derive(Clone, Debug, PartialEq)]
pub struct Analyze {
    /// How long at most.
    pub length: Duration,
    /// How often it is looked at.
    pub every: Duration,
    /// What is asked.
    pub checks: Vec<Check>,
    /// What is done at the end of the time where neither is shown.
    pub inconclusive: Inconclusive,
    /// Whether it is only said what would be done.
    pub dry_run: bool,
}

/// One question about the candidate.
#[derive(Clone, Debug, PartialEq)]
pub enum Check {
    /// What requests are counted for.
    Counted(analysis::Check),
    /// What a query returns.
    Query(Query),
}

/// A query of Prometheus, and what it may return.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// The query; it returns one number.
    pub promql: String,
    /// What the number may be.
    pub bound: Bound,
}

/// What a number may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    /// This, or less.
    AtMost(f64),
    /// This, or more.
    AtLeast(f64),
}

impl Check {
    /// What requests are counted for; none of a query.
    #[must_use]
    pub fn counted(&self) -> Option<&analysis::Check> {
        match self {
            Self::Counted(check) => Some(check),
            Self::Query(_) => None,
        }
    }

    /// The query; none of what requests are counted for.
    #[must_use]
    pub fn query(&self) -> Option<&Query> {
        match self {
            Self::Counted(_) => None,
            Self::Query(query) => Some(query),
        }
    }

    /// Whether requests are counted for it.
    pub(super) fn counts(&self) -> bool {
        self.counted().is_some()
    }

    /// Whether the candidate is compared with stable.
    pub(super) fn compares(&self) -> bool {
        matches!(
            self.counted(),
            Some(
                analysis::Check::ErrorsWorseThanStable(_)
                    | analysis::Check::DurationWorseThanStable(_)
            )
        )
    }
}

impl Bound {
    /// Whether `number` is within it.
    #[must_use]
    pub fn allows(self, number: f64) -> bool {
        match self {
            Self::AtMost(most) => number <= most,
            Self::AtLeast(least) => number >= least,
        }
    }
}

#[cfg(test)]
mod tests;
