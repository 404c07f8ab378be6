//! The mean of e-values, as logarithms: products of thousands of blocks are far outside of what a double holds.

use super::block::real;

/// `ln(mean(exp(x)))`, without overflow; minus infinity where there is none.
pub(super) fn log_mean(logarithms: impl Iterator<Item = f64> + Clone) -> f64 {
    let largest = logarithms.clone().fold(f64::NEG_INFINITY, f64::max);
    if largest.is_infinite() {
        return largest;
    }
    let (mut sum, mut count) = (0.0, 0_u64);
    for logarithm in logarithms {
        sum += libm::exp(logarithm - largest);
        count = count.saturating_add(1);
    }
    largest + libm::log(sum / real(count))
}
