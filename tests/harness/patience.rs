//! How long tests wait for processes.

use std::time::Duration;

/// How much longer code takes that is not optimized.
const UNOPTIMIZED: u32 = if cfg!(debug_assertions) { 10 } else { 1 };

/// How long to wait for what takes `idle` on two idle cores: ten times that. A busy machine fails no test, and what hangs
/// still does.
#[must_use]
pub const fn patience(idle: Duration) -> Duration {
    match idle.checked_mul(10 * UNOPTIMIZED) {
        Some(patience) => patience,
        None => Duration::MAX,
    }
}
