//! Counters as they were read, and what was added between two readings.
//!
//! As by Prometheus' `increase`, but never extrapolated:
//!
//! | a series | adds |
//! |---|---|
//! | is higher than before | the difference |
//! | is lower: it was reset | what it has now |
//! | is new, of a source that was read before, or that began since | what it has now: it began at 0 |
//! | is new, of a source that may be older | nothing: when it counted that is not known |
//! | is gone, by itself or with its source | nothing |
//! | is of a source that began anew since | what it has now, even if that is higher |
//!
//! `increase` counts none of a new series. The first error of a version makes a new series, though.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::block::Counts;
use super::dropped::Dropped;

/// The counters of one subset, as they were read once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scrape {
    /// When, in milliseconds since 1970.
    pub at: u64,
    /// The processes that count, by a name that stays theirs: a pod. One that did not answer is not among them.
    pub sources: BTreeMap<String, Source>,
}

/// A process that counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// When it began, in milliseconds since 1970; none where that is not known.
    pub started: Option<u64>,
    /// Its counters.
    pub series: BTreeMap<Series, u64>,
}

/// One counter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Series {
    /// What it counts.
    pub measure: Measure,
    /// What tells it from others that count the same: its labels.
    pub labels: String,
}

/// What a series counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// Requests that did not fail.
    Success,
    /// Requests that failed, for the question asked: also those that reached no pod, and those that a fallback served.
    Error,
    /// Requests that were decided for the subset, whether they reached a pod of it or not.
    Decided,
    /// Requests that were sent to a pod.
    Sent,
    /// Requests of which the duration was measured.
    Observed,
    /// Those of them that took no longer than this.
    Within(Edge),
}

/// An edge of a histogram of durations, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Edge(pub u64);

/// What was added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Increments(BTreeMap<Measure, u64>);

/// What was added to the counters of one subset from `before` to `now`.
#[must_use]
pub fn increments(before: &Scrape, now: &Scrape) -> Increments {
    sum(now.sources.iter().map(|(name, source)| {
        let is_new = source.started.is_some_and(|started| started >= before.at);
        let known = before.sources.get(name);
        let added = source.series.iter().map(move |(series, value)| {
            let earlier = known.and_then(|known| known.series.get(series)).copied();
            let added = match earlier {
                _ if is_new => *value,
                None if known.is_none() => 0,
                // A series that begins, or begins again, begins at 0.
                None => *value,
                Some(earlier) => value.checked_sub(earlier).unwrap_or(*value),
            };
            (series.measure, added)
        });
        added.collect()
    }))
}

impl Scrape {
    /// All that the counters have.
    #[must_use]
    pub fn totals(&self) -> Increments {
        let of = |source: &Source| {
            source.series.iter().map(|(series, value)| (series.measure, *value)).collect()
        };
        sum(self.sources.values().map(of))
    }
}

/// The sum over all sources.
fn sum(sources: impl Iterator<Item = Vec<(Measure, u64)>>) -> Increments {
    let mut sums = BTreeMap::<Measure, u64>::new();
    let mut first: Option<BTreeSet<Measure>> = None;
    let mut partial = BTreeSet::<Measure>::new();
    for source in sources {
        let is_edge = |measure: &Measure| matches!(measure, Measure::Within(_));
        let edges: BTreeSet<_> =
            source.iter().map(|(measure, _)| *measure).filter(is_edge).collect();
        let observes =
            |(measure, added): &(Measure, u64)| *measure == Measure::Observed && *added > 0;
        if source.iter().any(observes) {
            partial.extend(first.get_or_insert_with(|| edges.clone()).symmetric_difference(&edges));
        }
        for (measure, added) in source {
            let sum = sums.entry(measure).or_default();
            *sum = sum.saturating_add(added);
        }
    }
    // An edge that one of them does not have says nothing of the sum.
    sums.retain(|measure, _| !partial.contains(measure));
    Increments(sums)
}

impl Increments {
    fn get(&self, measure: Measure) -> Option<u64> {
        self.0.get(&measure).copied()
    }

    /// Errors of requests. Those that were decided for the subset and sent to no pod failed, too: another subset served
    /// them, or none did.
    #[must_use]
    pub fn errors(&self) -> Counts {
        let count = |measure| self.get(measure).unwrap_or(0);
        let answered = count(Measure::Error).saturating_add(count(Measure::Success));
        let sent = count(Measure::Sent).max(answered);
        let unsent = count(Measure::Decided).saturating_sub(sent);
        let errors = count(Measure::Error).saturating_add(unsent);
        Counts::new(errors, answered.saturating_add(unsent)).unwrap_or_default()
    }

    /// Requests that took longer than `edge`, of those that were measured.
    ///
    /// # Errors
    /// Where the histogram does not have this edge, or has more requests within it than in all.
    pub fn slower(&self, edge: Edge) -> Result<Counts, Dropped> {
        let observed = self.get(Measure::Observed).unwrap_or(0);
        let within = match self.get(Measure::Within(edge)) {
            Some(within) => within,
            None if observed == 0 => 0,
            None => return Err(Dropped::OtherEdges),
        };
        let slower = observed.checked_sub(within).ok_or(Dropped::Inconsistent)?;
        Counts::new(slower, observed).ok_or(Dropped::Inconsistent)
    }

    /// The edges of the histogram, ascending.
    pub fn edges(&self) -> impl Iterator<Item = Edge> {
        self.0.keys().filter_map(|measure| match measure {
            Measure::Within(edge) => Some(*edge),
            _ => None,
        })
    }
}
