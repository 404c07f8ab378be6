//! How much requests of stable fail together.
//!
//! Requests of one user are not independent: a user whose account is broken fails at all of a dozen. Evidence that
//! takes each request for a witness of its own then rolls back a third of healthy candidates. So `ln E` is divided by
//! the dispersion of stable's events, where that is over 1: Pearson's statistic over stable's blocks,
//!
//! `φ = Σ (k − n·p)² / (n·p·(1−p)) / (blocks − 1)`, with p of all blocks together.
//!
//! The requests of a user are in several blocks where those are short. One block cannot tell what comes together over
//! more than its own time: φ is taken over blocks, and over 2, 4, 8 and 16 blocks at a time, and the largest counts.
//! Of stable only, because a candidate that begins to fail half way would excuse itself.
//!
//! It takes blocks to know: with none before the candidate's first request, the first minutes are judged as if requests
//! were independent. Blocks of the time before (while the candidate has no traffic) count for it, and they should be
//! given. Simulated with users who fail at all of their 5 to 20 requests, looks each 15 seconds for an hour, at a
//! nominal 1 % (the figures of `tests/clusters.rs`): 35 to 50 % of healthy candidates are rolled back without it; 2 to
//! 3 % with ten minutes of stable before, where a user stays a minute, and about 10 % where they stay five; without
//! these ten minutes 10 to 20 %.

use serde::{Deserialize, Serialize};

use super::block::{Counts, real};

/// How much more stable's events vary from block to block than independent requests would.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Dispersion([Scale; 5]);

/// The blocks taken so many at a time: 1, 2, 4, 8 or 16.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Scale {
    groups: u64,
    total: Counts,
    /// The squares of the distances from the common rate, each times its requests.
    squares: f64,
    /// The group that is not complete, and its blocks.
    #[serde(default, skip_serializing_if = "is_nothing")]
    open: (Counts, u32),
}

fn is_nothing(open: &(Counts, u32)) -> bool {
    *open == Default::default()
}

impl Dispersion {
    /// Takes what stable counted in a block.
    pub fn add(&mut self, stable: Counts) {
        let mut blocks = 1;
        for scale in &mut self.0 {
            scale.add(stable, blocks);
            blocks = blocks.saturating_mul(2);
        }
    }

    /// The largest of all scales, which may be under 1; none as long as none has two groups with requests, events and
    /// others.
    #[must_use]
    pub fn value(&self) -> Option<f64> {
        self.0.iter().filter_map(Scale::value).reduce(f64::max)
    }

    /// By what `ln E` is divided.
    #[must_use]
    pub fn factor(&self) -> f64 {
        self.value().map_or(1.0, |value| value.max(1.0))
    }
}

impl Scale {
    fn add(&mut self, counts: Counts, blocks: u32) {
        let (open, taken) = self.open;
        let (group, taken) = (open.plus(counts), taken.saturating_add(1));
        if taken < blocks {
            self.open = (group, taken);
            return;
        }
        self.open = Default::default();
        let Some(rate) = group.rate() else { return };
        if let Some(mean) = self.total.rate() {
            // Chan, Golub and LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances"
            // (1979): no difference of large sums.
            let (n, all) = (real(group.requests()), real(self.total.requests()));
            self.squares += n * (all / (n + all)) * (rate - mean) * (rate - mean);
        }
        self.total = self.total.plus(group);
        self.groups = self.groups.saturating_add(1);
    }

    fn value(&self) -> Option<f64> {
        let rate = self.total.rate().filter(|rate| *rate > 0.0 && *rate < 1.0)?;
        let freedom = self.groups.checked_sub(1).filter(|freedom| *freedom > 0)?;
        Some(self.squares / (rate * (1.0 - rate)) / real(freedom))
    }
}
