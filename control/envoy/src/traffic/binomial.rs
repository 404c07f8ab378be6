//! Which counts chance can explain: exact tails of the binomial distribution.
//!
//! A share of p promised to n users that were drawn independently makes the number of users k a binomial
//! variable. k is accepted between the bounds outside of which less than alpha of all draws lie, alpha / 2 at
//! each end. A share of 0 or 1 leaves no room at all.

use std::ops::RangeInclusive;

/// Of a million honest draws one is refused.
pub const ONE_IN_A_MILLION: f64 = 1e-6;
/// As many as lie farther than six standard deviations from the middle of a normal distribution: erfc(6 / sqrt 2).
pub const SIX_SIGMA: f64 = 1.973_175_290_075_4e-9;

/// The counts of `trials` that a chance of `chance` for each can explain, where the part `alpha` of all honest
/// draws is refused.
#[must_use]
pub fn bounds(trials: u64, chance: f64, alpha: f64) -> RangeInclusive<u64> {
    let low = tail(trials, chance, alpha);
    // As many failures, seen from the other end.
    let high = trials - tail(trials, 1.0 - chance, alpha);
    low..=high
}

/// The smallest count k with P(X <= k) > alpha / 2.
fn tail(trials: u64, chance: f64, alpha: f64) -> u64 {
    if chance >= 1.0 {
        return trials;
    }
    if chance <= 0.0 {
        return 0;
    }
    // By logarithms: (1 - p)^n alone underflows from some thousand trials on.
    let mut ln_mass = number(trials) * (-chance).ln_1p();
    let ln_odds = chance.ln() - (-chance).ln_1p();
    let mut cumulated = ln_mass.exp();
    let mut count = 0;
    while cumulated <= alpha / 2.0 && count < trials {
        ln_mass += (number(trials - count) / number(count + 1)).ln() + ln_odds;
        cumulated += ln_mass.exp();
        count += 1;
    }
    count
}

#[expect(clippy::cast_precision_loss, reason = "no run sends 2^53 requests")]
fn number(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed with exact fractions (Python's `fractions` and `math.comb`).
    const EXACT: [(u64, f64, f64, u64, u64); 12] = [
        (1, 0.5, ONE_IN_A_MILLION, 0, 1),
        (10, 0.1, ONE_IN_A_MILLION, 0, 7),
        (20, 0.5, ONE_IN_A_MILLION, 0, 20),
        (50, 0.7, ONE_IN_A_MILLION, 18, 48),
        (100, 0.01, ONE_IN_A_MILLION, 0, 9),
        (200, 0.3, ONE_IN_A_MILLION, 30, 93),
        (1000, 0.5, ONE_IN_A_MILLION, 423, 577),
        (2000, 0.1, ONE_IN_A_MILLION, 138, 269),
        (10, 0.1, SIX_SIGMA, 0, 9),
        (50, 0.7, SIX_SIGMA, 14, 50),
        (200, 0.3, SIX_SIGMA, 24, 101),
        (1000, 0.5, SIX_SIGMA, 405, 595),
    ];

    #[test]
    fn bounds_are_exact() {
        for (trials, chance, alpha, low, high) in EXACT {
            assert_eq!(bounds(trials, chance, alpha), low..=high, "{trials} trials at {chance}");
        }
    }

    #[test]
    fn nothing_and_everything_leave_no_room() {
        assert_eq!(bounds(1000, 0.0, ONE_IN_A_MILLION), 0..=0);
        assert_eq!(bounds(1000, 1.0, ONE_IN_A_MILLION), 1000..=1000);
        assert_eq!(bounds(0, 0.3, ONE_IN_A_MILLION), 0..=0);
    }

    #[test]
    fn bounds_mirror_each_other() {
        for (trials, chance) in [(10, 0.25), (999, 0.125), (4000, 0.0625)] {
            let (one, other) = (
                bounds(trials, chance, ONE_IN_A_MILLION),
                bounds(trials, 1.0 - chance, ONE_IN_A_MILLION),
            );
            assert_eq!((*one.start(), *one.end()), (trials - other.end(), trials - other.start()));
        }
    }

    #[test]
    fn many_trials_do_not_underflow() {
        let bounds = bounds(100_000, 0.5, ONE_IN_A_MILLION);
        // 4.89 standard deviations of 158.1 (the normal quantile of 1 - 5e-7).
        assert!((49_220..=49_232).contains(bounds.start()), "{bounds:?}");
        assert!((50_768..=50_780).contains(bounds.end()), "{bounds:?}");
    }
}
