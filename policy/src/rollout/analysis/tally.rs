//! What was counted of one kind of event, and what follows from it.

use serde::{Deserialize, Serialize};

use super::block::{Block, Counts};
use super::check::Check;
use super::counters::Edge;
use super::dispersion::Dispersion;
use super::ratio::{NotWorse, Worse};

/// The blocks taken so far, as sums.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Tally {
    /// The event is to take longer than this; none: to fail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) edge: Option<Edge>,
    pub(super) candidate: Counts,
    pub(super) stable: Counts,
    pub(super) dispersion: Dispersion,
    /// Against stable; none where only the candidate is asked about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ratios: Option<Ratios>,
}

/// The evidence of a comparison, as sums over blocks: it does not follow from the counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Ratios {
    pub(super) worse: Worse,
    pub(super) not_worse: NotWorse,
}

impl Tally {
    /// Nothing counted so far.
    pub(super) fn new(check: &Check, edge: Option<Edge>) -> Self {
        let ratios = match check {
            Check::ErrorsWorseThanStable(comparison)
            | Check::DurationWorseThanStable(comparison) => {
                let not_worse = NotWorse::new(comparison.ratio);
                Some(Ratios { worse: Worse::default(), not_worse })
            }
            Check::ErrorsAtMost(_) => None,
        };
        let (candidate, stable) = (Counts::default(), Counts::default());
        Self { edge, candidate, stable, dispersion: Dispersion::default(), ratios }
    }

    pub(super) fn add(&mut self, block: &Block) {
        self.candidate = self.candidate.plus(block.candidate);
        self.stable = self.stable.plus(block.stable);
        self.dispersion.add(block.stable);
        if let Some(ratios) = &mut self.ratios {
            ratios.worse.add(block);
            ratios.not_worse.add(block);
        }
    }
}
