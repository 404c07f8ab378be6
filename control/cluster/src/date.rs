//! The time of day for the API server, by the `Date` of its answers (RFC 9110, 6.6.1).

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use hyper::header::{DATE, HeaderMap};
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::{SignedDuration, Timestamp};

/// A server's time of day.
#[derive(Debug, Default)]
pub(super) struct Date {
    /// What the clock that never jumps has to be added to.
    origin: Mutex<Option<Timestamp>>,
}

/// Dates are to the second: those of one clock differ by less than this, and by what an answer takes.
const SAME: SignedDuration = SignedDuration::from_secs(2);

impl Date {
    /// An answer came at `uptime`.
    pub(super) fn answered(&self, headers: &HeaderMap, uptime: Duration) {
        let date = headers.get(DATE).and_then(|date| {
            let date = DateTimeParser::new().parse_zoned(date.as_bytes()).ok()?;
            date.timestamp().checked_sub(uptime).ok()
        });
        let Some(date) = date else { return };
        let mut origin = self.origin.lock().unwrap_or_else(PoisonError::into_inner);
        // A date is cut off, never ahead: the latest is the nearest, and time does not run backwards.
        let is_behind = |known: Timestamp| date <= known && known.duration_since(date) < SAME;
        if !origin.is_some_and(is_behind) {
            *origin = Some(date);
        }
    }

    /// The time at `uptime`; none before the first answer.
    pub(super) fn at(&self, uptime: Duration) -> Option<Timestamp> {
        let origin = *self.origin.lock().unwrap_or_else(PoisonError::into_inner);
        origin?.checked_add(uptime).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_that_of_the_server_and_does_not_run_backwards() {
        let date = Date::default();
        let answered = |text: &str, uptime: u64| {
            let headers: HeaderMap = [(DATE, text.parse().unwrap())].into_iter().collect();
            date.answered(&headers, Duration::from_millis(uptime));
        };
        let at = |uptime: u64| date.at(Duration::from_millis(uptime)).map(|time| time.to_string());
        assert_eq!(at(0), None);
        answered("yesterday", 0);
        assert_eq!(at(0), None);
        answered("Sun, 06 Nov 1994 08:49:37 GMT", 10_000);
        assert_eq!(at(10_000).as_deref(), Some("1994-11-06T08:49:37Z"));
        // The same second, nearly over.
        answered("Sun, 06 Nov 1994 08:49:37 GMT", 10_900);
        assert_eq!(at(10_900).as_deref(), Some("1994-11-06T08:49:37.9Z"));
        answered("Sun, 06 Nov 1994 08:49:38 GMT", 10_950);
        assert_eq!(at(10_950).as_deref(), Some("1994-11-06T08:49:38Z"));
        // The clock was set.
        answered("Sun, 06 Nov 1994 07:49:38 GMT", 11_000);
        assert_eq!(at(12_000).as_deref(), Some("1994-11-06T07:49:39Z"));
    }
}
