//! When requests are sent: at a steady rate that is never exceeded, for a time and a number that are bounded.

use std::time::Duration;

use tokio::time::Instant;

/// The requests a second, at most.
pub const FASTEST: f64 = 1000.0;
/// The requests a second, at least.
pub const SLOWEST: f64 = 0.1;
/// How long requests are sent, at most.
pub const LONGEST: Duration = Duration::from_hours(1);
/// The requests, at most.
pub const MOST: u64 = 1_000_000;

/// When to send the next request.
#[derive(Clone, Debug)]
pub struct Pace {
    interval: Duration,
    next: Instant,
    end: Instant,
    sent: u64,
    most: u64,
}

impl Pace {
    /// So many requests a second, from `start` on, until the time or the number is over.
    #[must_use]
    pub fn new(start: Instant, rate: f64, time: Duration, most: u64) -> Self {
        let rate = rate.clamp(SLOWEST, FASTEST);
        let end = start + time.min(LONGEST);
        let interval = Duration::from_secs_f64(rate.recip());
        Self { interval, next: start, end, sent: 0, most: most.min(MOST) }
    }

    /// The number of the next request, from 0, and when it is due; none when there is none. One that comes late
    /// delays those behind it: there is no rush to catch up.
    pub fn take(&mut self, now: Instant) -> Option<(u64, Instant)> {
        let due = self.next.max(now);
        if self.sent >= self.most || due >= self.end {
            return None;
        }
        let number = self.sent;
        self.sent += 1;
        self.next = due + self.interval;
        Some((number, due))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn requests_are_due_one_after_the_other_until_the_time_is_over() {
        let start = Instant::now();
        let mut pace = Pace::new(start, 10.0, millis(250), 100);
        let due: Vec<_> = std::iter::from_fn(|| pace.take(start)).collect();
        assert_eq!(due, [(0, start), (1, start + millis(100)), (2, start + millis(200))]);
    }

    #[test]
    fn what_is_late_is_not_caught_up() {
        let start = Instant::now();
        let mut pace = Pace::new(start, 10.0, Duration::from_secs(10), 3);
        assert_eq!(pace.take(start + millis(550)), Some((0, start + millis(550))));
        assert_eq!(pace.take(start + millis(560)), Some((1, start + millis(650))));
        assert_eq!(pace.take(start + millis(560)), Some((2, start + millis(750))));
        assert_eq!(pace.take(start + millis(560)), None);
    }

    #[test]
    fn nothing_is_without_bounds() {
        let start = Instant::now();
        let mut pace = Pace::new(start, f64::INFINITY, Duration::MAX, u64::MAX);
        assert_eq!(pace.take(start), Some((0, start)));
        assert_eq!(pace.take(start), Some((1, start + millis(1))));
        assert_eq!(pace.take(start + LONGEST), None);
    }
}
