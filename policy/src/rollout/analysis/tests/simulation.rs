//! What is promised, simulated: of healthy candidates no more than `alpha` are rolled back, however often they are
//! looked at and however the split changes. Ways of others fail the same simulation, so that it can fail.

use super::fixture::{block, errors};
use super::sampling::{binomial, is_more_than};
use crate::rollout::analysis::tally::Tally;
use crate::rollout::analysis::{Block, Comparison, Counts, Worse};
use crate::split::Generator;

/// One of a hundred: the default.
const ALPHA: f64 = 0.01;
const LOOKS: u32 = 60;

/// Candidates that are not worse.
#[derive(Clone, Copy)]
struct Healthy {
    /// Requests between two looks.
    requests: u64,
    /// The candidate's share at the first look and at the last.
    share: (f64, f64),
    /// The rate of errors of both at the first look and at the last.
    rate: (f64, f64),
}

impl Healthy {
    fn blocks(self, dice: &mut Generator) -> Vec<Block> {
        let between = |(first, last): (f64, f64), look: u32| {
            first + (last - first) * f64::from(look) / f64::from(LOOKS - 1)
        };
        let counted = |look| {
            let (share, rate) = (between(self.share, look), between(self.rate, look));
            let candidate = binomial(dice, self.requests, share);
            let stable = self.requests - candidate;
            block((
                binomial(dice, candidate, rate),
                candidate,
                binomial(dice, stable, rate),
                stable,
            ))
        };
        (0..LOOKS).map(counted).collect()
    }
}

/// How many of so many are rolled back.
fn rolled_back(runs: u32, healthy: Healthy, judge: fn(&[Block]) -> bool) -> u32 {
    let mut dice = Generator::new(18);
    (0..runs).filter(|_| judge(&healthy.blocks(&mut dice))).count().try_into().unwrap()
}

/// This analysis, without regard to dispersion, which only ever divides evidence.
fn analysis(blocks: &[Block]) -> bool {
    let mut tally = Tally::new(&errors(), None);
    blocks.iter().any(|block| {
        tally.add(block);
        tally.worse() * tally.dispersion.factor() >= -ALPHA.ln()
    })
}

/// The sums up to each look.
fn pools(blocks: &[Block]) -> impl Iterator<Item = Block> {
    blocks.iter().scan(Block::default(), |pool, block| {
        let sum = |a: Counts, b: Counts| a.plus(b);
        pool.candidate = sum(pool.candidate, block.candidate);
        pool.stable = sum(pool.stable, block.stable);
        Some(*pool)
    })
}

/// The same evidence of all requests together, at each look.
fn pooled(blocks: &[Block]) -> bool {
    pools(blocks).any(|pool| {
        let mut worse = Worse::default();
        worse.add(&pool);
        worse.log_evidence() >= -ALPHA.ln()
    })
}

/// The test of two proportions at 1 %, at each look.
#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn z_test(blocks: &[Block]) -> bool {
    pools(blocks).any(|pool| {
        let (Some(rate), Some(stable)) = (pool.candidate.rate(), pool.stable.rate()) else {
            return false;
        };
        let common = pool.candidate.plus(pool.stable).rate().unwrap();
        let share = |counts: Counts| 1.0 / counts.requests() as f64;
        let deviation =
            (common * (1.0 - common) * (share(pool.candidate) + share(pool.stable))).sqrt();
        deviation > 0.0 && (rate - stable) / deviation > 2.326
    })
}

const CONSTANT: [Healthy; 3] = [
    Healthy { requests: 60, share: (0.1, 0.1), rate: (0.01, 0.01) },
    Healthy { requests: 600, share: (0.05, 0.05), rate: (0.01, 0.01) },
    Healthy { requests: 600, share: (0.5, 0.5), rate: (0.2, 0.2) },
];

const CHANGING: [Healthy; 3] = [
    Healthy { requests: 6000, share: (0.05, 0.5), rate: (0.005, 0.03) },
    Healthy { requests: 600, share: (0.05, 0.5), rate: (0.005, 0.03) },
    Healthy { requests: 600, share: (0.5, 0.01), rate: (0.1, 0.01) },
];

#[test]
fn healthy_candidates_are_rolled_back_within_alpha() {
    let runs = [10_000, 3_000, 300, 500, 3_000, 500];
    for (healthy, runs) in CONSTANT.into_iter().chain(CHANGING).zip(runs) {
        let count = rolled_back(runs, healthy, analysis);
        let Healthy { requests, share, rate } = healthy;
        println!("{requests} requests, share {share:?}, rate {rate:?}: {count} of {runs}");
        assert!(!is_more_than(ALPHA, count, runs), "{count} of {runs}");
    }
}

#[test]
fn pooled_counts_roll_back_healthy_candidates_while_the_split_changes() {
    let count = rolled_back(100, CHANGING[0], pooled);
    assert!(count >= 95, "{count} of 100");
    assert!(is_more_than(ALPHA, count, 100));
    let count = rolled_back(100, CHANGING[1], pooled);
    println!("at a tenth of the requests: {count} of 100");
    assert!(is_more_than(ALPHA, count, 100), "{count} of 100");
}

#[test]
fn a_z_test_at_each_look_rolls_back_healthy_candidates() {
    for healthy in CONSTANT {
        let count = rolled_back(500, healthy, z_test);
        println!("{} requests: {count} of 500", healthy.requests);
        assert!((40..110).contains(&count) && is_more_than(ALPHA, count, 500), "{count} of 500");
    }
    assert!(is_more_than(ALPHA, rolled_back(100, CHANGING[0], z_test), 100));
}

/// The other way round: of candidates that are worse by the ratio and not below the floor no more than `beta` go on.
#[test]
fn candidates_worse_by_the_ratio_go_on_within_beta() {
    let Comparison { ratio, beta, floor, .. } = Comparison::default();
    let mut dice = Generator::new(20);
    for (rate, runs) in [(floor, 1_000), (0.04, 500)] {
        let goes_on = |_: &u32| {
            let mut tally = Tally::new(&errors(), None);
            (0..LOOKS).any(|_| {
                let mut count = |n, rate| (binomial(&mut dice, n, rate), n);
                let ((kc, nc), (ks, ns)) = (count(100, rate), count(900, rate / ratio));
                tally.add(&block((kc, nc, ks, ns)));
                tally.healthy(floor) * tally.dispersion.factor() >= -beta.ln()
            })
        };
        let count = u32::try_from((0..runs).filter(goes_on).count()).unwrap();
        println!("{rate}: {count} of {runs}");
        assert!(count > 0 && !is_more_than(beta, count, runs), "{count} of {runs}");
    }
}
