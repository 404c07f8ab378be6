//! One rate by itself: against a bound, or a share against the nominal one.
//!
//! The e-value against "the rate is p" is that of all other rates, each as likely as the next (a uniform prior):
//!
//! `E = B(1+k, 1+n−k) / (p^k·(1−p)^(n−k)) = 1 / ((n+1)·P(k of n | p))`
//!
//! The rates with `E < 1/alpha` are a confidence sequence: the true one is always among them, at all looks together,
//! with probability 1 − alpha (Robbins, 1970). With the distinct users of the candidate and of both subsets for k and
//! n, and the nominal share for p, E is the Bayes factor for a share other than the nominal one.

use super::binomial::log_probability;
use super::block::{Counts, real};
use super::least::least;

/// What is known of a rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Proportion {
    counts: Counts,
    dispersion: f64,
}

/// The rates that are not excluded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lowest.
    pub lower: f64,
    /// The highest.
    pub upper: f64,
}

impl Proportion {
    /// The rate of these events.
    #[must_use]
    pub fn new(counts: Counts) -> Self {
        Self { counts, dispersion: 1.0 }
    }

    /// The rate where events come together: all evidence is divided by so much.
    #[must_use]
    pub fn dispersed(self, dispersion: f64) -> Self {
        Self { dispersion: dispersion.max(1.0), ..self }
    }

    /// `ln E` against `rate`. Infinite where it is impossible.
    #[must_use]
    pub fn log_evidence_against(&self, rate: f64) -> f64 {
        let (events, requests) = (real(self.counts.events()), real(self.counts.requests()));
        let evidence = -libm::log1p(requests) - log_probability(events, requests, rate);
        evidence / self.dispersion
    }

    /// `ln E` against `bound` and all rates below it: none of them explains what was seen better than the bound, where
    /// that is above it. Otherwise E is 0.
    #[must_use]
    pub fn log_evidence_above(&self, bound: f64) -> f64 {
        self.log_evidence_beyond(bound, |rate| rate > bound)
    }

    /// `ln E` against `bound` and all rates above it.
    #[must_use]
    pub fn log_evidence_below(&self, bound: f64) -> f64 {
        self.log_evidence_beyond(bound, |rate| rate < bound)
    }

    fn log_evidence_beyond(&self, bound: f64, is_beyond: impl Fn(f64) -> bool) -> f64 {
        match self.counts.rate() {
            Some(rate) if !is_beyond(rate) => f64::NEG_INFINITY,
            _ => self.log_evidence_against(bound),
        }
    }

    /// The rates that are not excluded: the lower end at `alpha`, the upper at `beta`.
    #[must_use]
    pub fn interval(&self, alpha: f64, beta: f64) -> Interval {
        let Some(rate) = self.counts.rate() else { return Interval { lower: 0.0, upper: 1.0 } };
        // At zero and one nothing is excluded where it was seen: there the ends are the ends of all rates.
        let end = |outside: f64, error: f64| {
            let is_excluded = |rate| self.log_evidence_against(rate) >= -libm::log(error);
            let (mut excluded, mut kept) = (outside, rate);
            if !is_excluded(excluded) {
                return excluded;
            }
            // As long as there is a double between the two.
            loop {
                let middle = excluded.midpoint(kept);
                if middle <= excluded.min(kept) || middle >= excluded.max(kept) {
                    return kept;
                }
                if is_excluded(middle) {
                    excluded = middle;
                } else {
                    kept = middle;
                }
            }
        };
        Interval { lower: end(0.0, alpha), upper: end(1.0, beta) }
    }
}

/// How many requests without any event show at `beta` that the rate is under `bound`; none where no number that
/// matters does.
#[must_use]
pub fn clean_requests(bound: f64, beta: f64) -> Option<u64> {
    least(|requests| {
        let proportion = Proportion::new(Counts::new(0, requests)?);
        Some(proportion.log_evidence_below(bound) >= -libm::log(beta))
    })
}
