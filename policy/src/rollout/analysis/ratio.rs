//! Ratio e-processes: how many times the stable subset's rate of events the candidate's is.
//!
//! With kc of nc and ks of ns, k = kc + ks, and a null ratio r0, the likelihood ratio of r against r0 is
//!
//! `ln E += kc·ln(r/r0) − k·ln((nc·r + ns)/(nc·r0 + ns))`
//!
//! Given k, kc is binomial with odds nc·r0 : ns where the ratio is r0. Where the ratio is on the other side of r0 than
//! r, the likelihood ratio is smaller in expectation. Where the numbers of requests are fixed, kc is hypergeometric,
//! which the binomial dominates (Hoeffding, "Probability Inequalities for Sums of Bounded Random Variables", 1963,
//! section 6). No single r is right: the mean over some is an e-process, too.

use serde::{Deserialize, Serialize};

use super::block::{Block, real};
use super::log_mean::log_mean;

/// What is taken for possible of a candidate that is worse.
const WORSE: [f64; 9] = [1.5, 2.0, 3.0, 5.0, 8.0, 13.0, 21.0, 34.0, 55.0];
/// What is taken for possible of one that is not.
const NOT_WORSE: [f64; 5] = [0.125, 0.25, 0.5, 0.75, 1.0];

/// The evidence that the candidate's rate is higher than stable's.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Worse([f64; 9]);

impl Worse {
    /// Takes a block.
    pub fn add(&mut self, block: &Block) {
        for (sum, ratio) in self.0.iter_mut().zip(WORSE) {
            *sum += log_ratio(block, ratio, 1.0);
        }
    }

    /// `ln E`: at `ln(1 / alpha)` the candidate is worse.
    #[must_use]
    pub fn log_evidence(&self) -> f64 {
        log_mean(self.0.iter().copied())
    }
}

/// The evidence that the candidate's rate is less than `ratio` times stable's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NotWorse {
    ratio: f64,
    sums: [f64; 5],
}

impl NotWorse {
    /// Nothing seen so far. `ratio` is over 1.
    #[must_use]
    pub fn new(ratio: f64) -> Self {
        Self { ratio, sums: [0.0; 5] }
    }

    /// Takes a block.
    pub fn add(&mut self, block: &Block) {
        for (sum, ratio) in self.sums.iter_mut().zip(NOT_WORSE) {
            *sum += log_ratio(block, ratio, self.ratio);
        }
    }

    /// `ln E`: at `ln(1 / beta)` it is shown.
    #[must_use]
    pub fn log_evidence(&self) -> f64 {
        log_mean(self.sums.iter().copied())
    }
}

/// The logarithm of the likelihood ratio of `ratio` against `null`.
fn log_ratio(block: &Block, ratio: f64, null: f64) -> f64 {
    let (candidate, stable) = (block.candidate, block.stable);
    let all = real(candidate.events()) + real(stable.events());
    if candidate.requests() == 0 || stable.requests() == 0 || all <= 0.0 {
        // Nothing to compare with: the terms cancel, and leave nothing but their rounding.
        return 0.0;
    }
    let (requests, others) = (real(candidate.requests()), real(stable.requests()));
    // The logarithm of a quotient near 1 would lose the digits that one request among billions makes.
    let change = libm::log1p(requests * (ratio - null) / (requests * null + others));
    real(candidate.events()) * libm::log(ratio / null) - all * change
}
