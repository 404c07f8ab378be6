//! The probability of k events of n, without the cancellation of logarithms of factorials.
//!
//! `ln C(n, k)` and `k·ln p + (n − k)·ln(1 − p)` are huge where their sum is small: with 1e9 requests they take away
//! all but six digits. Loader's saddle-point expansion has only terms of the size of the result:
//!
//! `−ln P = n·KL(k/n ‖ p) + ½·ln(2π·k·(n − k)/n) − δ(n) + δ(k) + δ(n − k)`
//!
//! where δ is the error of Stirling's formula. Source: Loader, "Fast and Accurate Computation of Binomial
//! Probabilities" (2000). Stirling's series: NIST's Digital Library of Mathematical Functions, 5.11.1.

use std::f64::consts::TAU;

/// `ln(P(k of n))` where each is an event with probability `p`; both are whole, and `k` is at most `n`.
pub(super) fn log_probability(k: f64, n: f64, p: f64) -> f64 {
    let rest = n - k;
    if p <= 0.0 {
        return if k > 0.0 { f64::NEG_INFINITY } else { 0.0 };
    }
    if p >= 1.0 {
        return if rest > 0.0 { f64::NEG_INFINITY } else { 0.0 };
    }
    if k <= 0.0 {
        return n * libm::log1p(-p);
    }
    if rest <= 0.0 {
        return n * libm::log(p);
    }
    let divergence = deviance(k, n * p) + deviance(rest, n * (1.0 - p));
    let width = 0.5 * libm::log(TAU * k * (rest / n));
    stirling(n) - stirling(k) - stirling(rest) - divergence - width
}

/// `x·ln(x/m) + m − x`, for positive numbers: never negative.
fn deviance(x: f64, m: f64) -> f64 {
    let v = (x - m) / (x + m);
    if v.abs() >= 0.1 {
        return x * libm::log(x / m) + m - x;
    }
    // ln(x/m) is 2·artanh(v): (x + m)·(v·artanh(v) + artanh(v) − v), with the series of what would cancel.
    let square = v * v;
    let (mut power, mut tail) = (v * square, 0.0);
    for odd in [3.0, 5.0, 7.0, 9.0, 11.0, 13.0, 15.0, 17.0, 19.0] {
        tail += power / odd;
        power *= square;
    }
    (x + m) * (v * (v + tail) + tail)
}

/// `ln(n!) − ((n + ½)·ln(n) − n + ½·ln(2π))`, for whole `n` of at least 1.
fn stirling(n: f64) -> f64 {
    // The series is exact to the last digit from 16 on; what is below comes from there by n! = n·(n − 1)!.
    let (mut x, mut below) = (n, 0.0);
    while x < 16.0 {
        below += (x + 0.5) * libm::log1p(1.0 / x) - 1.0;
        x += 1.0;
    }
    let square = 1.0 / (x * x);
    let series = [1.0 / 1188.0, -1.0 / 1680.0, 1.0 / 1260.0, -1.0 / 360.0, 1.0 / 12.0];
    below + series.iter().fold(0.0, |sum, term| sum * square + term) / x
}
