//! What the evidence says.

use std::collections::BTreeMap;

use super::block::Counts;
use super::check::{AtMost, Check, Comparison};
use super::counters::Edge;
use super::dropped::Dropped;
use super::evidence::{Case, Evidence};
use super::log_mean::log_mean;
use super::proportion::{Interval, Proportion};
use super::tally::Tally;

/// What the evidence says, with its numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Of all checks together: worse by one is worse, healthy is healthy by all.
    pub outcome: Outcome,
    /// When counting began, in milliseconds since 1970.
    pub since: u64,
    /// The end of the last block, in milliseconds since 1970.
    pub until: u64,
    /// How many blocks were taken.
    pub blocks: u64,
    /// How many were dropped, and why.
    pub dropped: BTreeMap<Dropped, u64>,
    /// What each check says, in their order.
    pub findings: Vec<Finding>,
}

/// Whether the candidate is worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is: roll back.
    Worse,
    /// It is shown not to be: go on.
    Healthy,
    /// Neither: wait for more, or do what the Release says of the end of the time for it.
    Inconclusive(Reason),
}

/// Why neither is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// No block was taken so far, nor dropped.
    NoBlocks,
    /// The last block was dropped: what there is of evidence may be outdated, and does not lead forward.
    Missing(Dropped),
    /// The candidate had no request.
    NoCandidateTraffic,
    /// Stable had no request to compare with.
    NoStableTraffic,
    /// Too few requests for what was seen of them.
    NotEnough,
}

/// What one check says.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// What was asked.
    pub check: Check,
    /// The answer.
    pub outcome: Outcome,
    /// The evidence that the candidate is worse.
    pub worse: Weight,
    /// The evidence that it is not.
    pub healthy: Weight,
    /// What of the candidate's requests were events.
    pub candidate: Counts,
    /// What of stable's were.
    pub stable: Counts,
    /// How much stable's events come together; where that is over 1, the evidence was divided by it. None where it is
    /// not known.
    pub dispersion: Option<f64>,
    /// The rates of the candidate that are not excluded; of an absolute bound only.
    pub interval: Option<Interval>,
    /// Of durations the edge with the most evidence against the candidate, which is the one that is counted above.
    pub edge: Option<Edge>,
}

/// Evidence against its limit. The logarithms are compared; E itself is for people.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weight {
    /// `ln E`, after division by the dispersion.
    pub logarithm: f64,
    /// `ln` of the limit at which it is shown.
    pub limit: f64,
}

impl Weight {
    fn new(logarithm: f64, error: f64) -> Self {
        Self { logarithm, limit: -libm::log(error) }
    }

    /// Whether that is enough.
    #[must_use]
    pub fn is_enough(self) -> bool {
        self.logarithm >= self.limit
    }

    /// E, or the largest number where it is larger.
    #[must_use]
    pub fn evidence(self) -> f64 {
        libm::exp(self.logarithm).min(f64::MAX)
    }

    /// What E is compared with.
    #[must_use]
    pub fn evidence_limit(self) -> f64 {
        libm::exp(self.limit).min(f64::MAX)
    }
}

impl Evidence {
    /// What the evidence says so far.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let findings: Vec<_> = self.cases.iter().map(|case| case.finding(self.blocks)).collect();
        let outcomes = || findings.iter().map(|finding| finding.outcome);
        let open = outcomes().find(|outcome| matches!(outcome, Outcome::Inconclusive(_)));
        let outcome = if outcomes().any(|outcome| outcome == Outcome::Worse) {
            Outcome::Worse
        } else if findings.is_empty() {
            // Without a question there is no answer.
            Outcome::Inconclusive(Reason::NoBlocks)
        } else {
            open.unwrap_or(Outcome::Healthy)
        };
        let (since, until, blocks) = (self.since, self.until, self.blocks);
        Verdict { outcome, since, until, blocks, dropped: self.dropped.clone(), findings }
    }
}

impl Case {
    fn finding(&self, blocks: u64) -> Finding {
        let (worse, healthy) = match &self.check {
            Check::ErrorsWorseThanStable(comparison)
            | Check::DurationWorseThanStable(comparison) => self.compared(comparison),
            Check::ErrorsAtMost(bound) => self.bounded(bound),
        };
        let strongest = self.tallies.iter().max_by(|a, b| a.worse().total_cmp(&b.worse()));
        let of = |counts: fn(&Tally) -> Counts| strongest.map(counts).unwrap_or_default();
        let (candidate, stable) = (of(|tally| tally.candidate), of(|tally| tally.stable));
        let outcome = if worse.is_enough() {
            Outcome::Worse
        } else if let Some(dropped) = self.missed {
            Outcome::Inconclusive(Reason::Missing(dropped))
        } else if healthy.is_enough() {
            Outcome::Healthy
        } else if blocks == 0 {
            Outcome::Inconclusive(Reason::NoBlocks)
        } else if candidate.requests() == 0 {
            Outcome::Inconclusive(Reason::NoCandidateTraffic)
        } else if stable.requests() == 0 && !matches!(self.check, Check::ErrorsAtMost(_)) {
            Outcome::Inconclusive(Reason::NoStableTraffic)
        } else {
            Outcome::Inconclusive(Reason::NotEnough)
        };
        let interval = match (&self.check, strongest) {
            (Check::ErrorsAtMost(bound), Some(tally)) => {
                Some(tally.proportion().interval(bound.alpha, bound.beta))
            }
            _ => None,
        };
        Finding {
            check: self.check.clone(),
            outcome,
            worse,
            healthy,
            candidate,
            stable,
            dispersion: strongest.and_then(|tally| tally.dispersion.value()),
            interval,
            edge: strongest.and_then(|tally| tally.edge),
        }
    }

    /// Worse is worse at any edge: the mean of e-values is one, without a correction for their number. Healthy is
    /// healthy at all of them: the least has to be enough.
    fn compared(&self, comparison: &Comparison) -> (Weight, Weight) {
        let worse = log_mean(self.tallies.iter().map(Tally::worse));
        let healthy = self.tallies.iter().map(|tally| tally.healthy(comparison.floor));
        let healthy = healthy.reduce(f64::min).unwrap_or(f64::NEG_INFINITY);
        (Weight::new(worse, comparison.alpha), Weight::new(healthy, comparison.beta))
    }

    fn bounded(&self, bound: &AtMost) -> (Weight, Weight) {
        let proportion = self.tallies.first().map(Tally::proportion);
        let proportion = proportion.unwrap_or_else(|| Proportion::new(Counts::default()));
        (
            Weight::new(proportion.log_evidence_above(bound.rate), bound.alpha),
            Weight::new(proportion.log_evidence_below(bound.rate), bound.beta),
        )
    }
}

impl Tally {
    pub(super) fn worse(&self) -> f64 {
        let evidence = self.ratios.as_ref().map(|ratios| ratios.worse.log_evidence());
        evidence.unwrap_or(0.0) / self.dispersion.factor()
    }

    /// Against a rate that is as many times stable's and at least the floor: both e-values are against that, and so is
    /// their mean.
    pub(super) fn healthy(&self, floor: f64) -> f64 {
        let evidence = self.ratios.as_ref().map(|ratios| ratios.not_worse.log_evidence());
        let not_worse = evidence.unwrap_or(0.0) / self.dispersion.factor();
        if floor <= 0.0 {
            return not_worse;
        }
        log_mean([not_worse, self.proportion().log_evidence_below(floor)].into_iter())
    }

    fn proportion(&self) -> Proportion {
        Proportion::new(self.candidate).dispersed(self.dispersion.factor())
    }
}
