//! What is asked of the candidate.

use serde::{Deserialize, Serialize};

/// One question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Check {
    /// Whether requests of the candidate fail more often than stable's.
    ErrorsWorseThanStable(Comparison),
    /// Whether more requests of the candidate fail than may.
    ErrorsAtMost(AtMost),
    /// Whether the candidate is slower than stable, at any of five edges of the histogram.
    DurationWorseThanStable(Comparison),
}

/// How sure a comparison with stable is to be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Comparison {
    /// How often a healthy candidate may be taken for worse.
    pub alpha: f64,
    /// How often a candidate that is worse by `ratio` may be taken for healthy.
    pub beta: f64,
    /// How many times stable's rate a healthy candidate's does not reach.
    pub ratio: f64,
    /// The rate below which it is healthy whatever stable's is: of a stable that never fails no multiple can be shown.
    /// What is worse is worse below it, too. 0: none.
    pub floor: f64,
}

impl Default for Comparison {
    fn default() -> Self {
        Self { alpha: 0.01, beta: 0.05, ratio: 2.0, floor: 0.01 }
    }
}

/// An absolute bound.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AtMost {
    /// The highest rate that is allowed: 0.01 is 1 %.
    pub rate: f64,
    /// How often a candidate within the bound may be taken for one above.
    pub alpha: f64,
    /// How often one above may be taken for one within.
    pub beta: f64,
}

impl AtMost {
    /// This rate, as sure as a [`Comparison`].
    #[must_use]
    pub fn new(rate: f64) -> Self {
        let Comparison { alpha, beta, .. } = Comparison::default();
        Self { rate, alpha, beta }
    }
}
