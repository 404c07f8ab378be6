//! Whether istiod can be asked, and what was said of it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// So long it is not asked again where it could not be asked. A controller runs for months: rights and istiods change.
const AGAIN: Duration = Duration::from_mins(1);

/// Why istiod cannot be asked, once that is known.
#[derive(Debug, Default)]
pub(super) struct Blind {
    known: Mutex<Option<(String, Duration)>>,
    is_told: AtomicBool,
}

impl Blind {
    /// Why it cannot be asked, if that was found out a short time ago.
    pub(super) fn reason(&self, now: Duration) -> Option<String> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let recent = known.as_ref().filter(|(_, since)| now.saturating_sub(*since) < AGAIN);
        recent.map(|(reason, _)| reason.clone())
    }

    /// It cannot be asked.
    pub(super) fn found(&self, reason: &str, now: Duration) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        *known = Some((reason.to_owned(), now));
    }

    /// It answers.
    pub(super) fn answered(&self) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.is_told.store(false, Ordering::Relaxed);
    }

    /// Whether users are to be told: once, until it answers.
    pub(super) fn tell(&self) -> bool {
        !self.is_told.swap(true, Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_asked_again_after_a_while_and_told_once_until_it_answers() {
        let blind = Blind::default();
        assert_eq!(blind.reason(Duration::ZERO), None);
        blind.found("no pod", Duration::ZERO);
        assert_eq!(blind.reason(AGAIN / 2).as_deref(), Some("no pod"));
        assert_eq!(blind.reason(AGAIN), None);
        assert!(blind.tell() && !blind.tell());
        blind.answered();
        assert_eq!(blind.reason(Duration::ZERO), None);
        assert!(blind.tell());
    }
}
