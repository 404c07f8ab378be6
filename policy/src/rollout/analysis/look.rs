//! Looks, and what of two of them is evidence.

use std::time::Duration;

use super::counters::{Increments, Scrape, increments};
use super::dropped::{Dropped, Side};

/// What the counters of both subsets were at one time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// When they were asked for, in milliseconds since 1970.
    pub at: u64,
    /// What tells the split that all proxies had at that time from others; none while it changes, or where it is not
    /// known.
    pub split: Option<String>,
    /// The candidate's counters; none where they could not be read. A candidate without traffic may have no series:
    /// that is a scrape without any, and not none.
    pub candidate: Option<Scrape>,
    /// Stable's counters; none where they could not be read.
    pub stable: Option<Scrape>,
}

/// What was added between two looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Added {
    pub(super) candidate: Increments,
    pub(super) stable: Increments,
}

impl Look {
    /// What was added since the look `before`. A scrape is late where it was made at another time than its look by more
    /// than `tolerance`.
    pub(super) fn since(&self, before: &Self, tolerance: Duration) -> Result<Added, Dropped> {
        if self.at <= before.at {
            return Err(Dropped::Counted);
        }
        let looks = [before, self];
        let candidate = added(Side::Candidate, looks, |look| look.candidate.as_ref(), tolerance)?;
        let stable = added(Side::Stable, looks, |look| look.stable.as_ref(), tolerance)?;
        if self.split.is_none() || self.split != before.split {
            return Err(Dropped::SplitChanged);
        }
        Ok(Added { candidate, stable })
    }
}

fn added(
    side: Side,
    looks: [&Look; 2],
    of: fn(&Look) -> Option<&Scrape>,
    tolerance: Duration,
) -> Result<Increments, Dropped> {
    let [before, now] = looks;
    let missing = Dropped::missing(side);
    let (first, last) = (of(before).ok_or(missing)?, of(now).ok_or(missing)?);
    let is_late = |look: &Look, scrape: &Scrape| {
        Duration::from_millis(look.at.abs_diff(scrape.at)) > tolerance
    };
    // The same scrape twice says nothing of the time between the looks.
    if is_late(before, first) || is_late(now, last) || last.at <= first.at {
        return Err(Dropped::late(side));
    }
    Ok(increments(first, last))
}
