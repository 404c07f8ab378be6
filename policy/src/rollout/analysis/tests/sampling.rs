//! Draws for simulations: the same in every run and on every machine.

use crate::split::Generator;

/// A number from 0 up to, and never, 1.
#[expect(clippy::cast_precision_loss, reason = "53 bits fit a double")]
pub(super) fn unit(dice: &mut Generator) -> f64 {
    (dice.draw() >> 11) as f64 / (1_u64 << 53) as f64
}

/// How many of `n` happen with probability `p`: by inversion, in halves where they are many.
#[expect(clippy::cast_precision_loss, reason = "small numbers")]
pub(super) fn binomial(dice: &mut Generator, n: u64, p: f64) -> u64 {
    if p >= 1.0 {
        return n;
    }
    if n as f64 * p > 200.0 {
        return binomial(dice, n / 2, p) + binomial(dice, n - n / 2, p);
    }
    let odds = p / (1.0 - p);
    let mut probability = (n as f64 * (-p).ln_1p()).exp();
    let mut rest = unit(dice);
    let mut count = 0;
    while rest > probability && count < n {
        rest -= probability;
        count += 1;
        probability *= odds * (n - count + 1) as f64 / count as f64;
    }
    count
}

/// How many happen where `mean` do on average.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small number")]
pub(super) fn poisson(dice: &mut Generator, mean: f64) -> u64 {
    let n = 1000 * (mean.ceil() as u64);
    binomial(dice, n, mean / f64::from(u32::try_from(n).unwrap()))
}

/// Whether so many of all runs are more than a probability of `most` brings about in one of a hundred repetitions of
/// the simulation.
pub(super) fn is_more_than(most: f64, count: u32, runs: u32) -> bool {
    let expected = most * f64::from(runs);
    f64::from(count) > expected + 2.326 * (expected * (1.0 - most)).sqrt()
}
