//! Who reads metrics as often as Releases say, and remembers what they said of each candidate.

mod asked;
mod inquiry;
mod known;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use metrics::Metrics;

pub(super) use asked::Asked;
pub(super) use known::Known;

/// Reads metrics, and remembers what they said of each Release.
pub struct Analyzer<'m> {
    metrics: Box<dyn Metrics + 'm>,
    known: Mutex<HashMap<String, Known>>,
}

impl<'m> Analyzer<'m> {
    /// By these metrics.
    #[must_use]
    pub fn new(metrics: Box<dyn Metrics + 'm>) -> Self {
        Self { metrics, known: Mutex::default() }
    }

    /// What is known of the Release with this UID, which is kept again afterwards.
    pub(super) fn take(&self, key: &str) -> Known {
        let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(key).unwrap_or_default()
    }

    /// Keeps what is known.
    pub(super) fn keep(&self, key: &str, known: Known) {
        let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(key.to_owned(), known);
    }

    /// What is asked.
    pub(super) fn metrics(&self) -> &dyn Metrics {
        self.metrics.as_ref()
    }

    /// How long until metrics are to be read again for the Release with this UID; none where they are not.
    #[must_use]
    pub fn next_look(&self, uid: &str, uptime: Duration) -> Option<Duration> {
        let all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(uid)?.next_look(uptime)
    }

    /// Forgets a Release whose candidate is not judged any more.
    pub(super) fn forget(&self, key: &str) {
        self.take(key);
    }
}

impl fmt::Debug for Analyzer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Analyzer").field("metrics", &self.metrics).finish_non_exhaustive()
    }
}
