//! Which Releases are to be looked at, and when.
//!
//! A work queue as client-go's: a Release that is added twice is looked at once, it is never looked at twice at the same
//! time, and one that failed is looked at again later and later.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::Key;

/// The pause after the first failure; each is twice as long as the one before.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest.
const LONGEST_PAUSE: Duration = Duration::from_mins(5);

/// The queue. Times are those of a clock that never jumps.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    /// When each is due.
    due: BTreeMap<Key, Duration>,
    /// The same, by time.
    order: BTreeSet<(Duration, Key)>,
    /// What is being looked at.
    running: BTreeSet<Key>,
    /// How often each failed in a row.
    failures: BTreeMap<Key, u32>,
}

/// What is next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// This one, now.
    Now(Key),
    /// Nothing before this time.
    At(Duration),
    /// Nothing until something is added.
    Nothing,
}

impl Queue {
    /// Has a Release be looked at at this time, or earlier.
    pub(crate) fn add(&mut self, key: &Key, at: Duration) {
        if let Some(before) = self.due.get(key) {
            if *before <= at {
                return;
            }
            self.order.remove(&(*before, key.clone()));
        }
        self.due.insert(key.clone(), at);
        self.order.insert((at, key.clone()));
    }

    /// What is to be looked at now. [`Self::done`] has to be called with it.
    pub(crate) fn next(&mut self, now: Duration) -> Due {
        let is_free = |entry: &&(Duration, Key)| !self.running.contains(&entry.1);
        let Some((at, key)) = self.order.iter().find(is_free).cloned() else {
            return Due::Nothing;
        };
        if at > now {
            return Due::At(at);
        }
        self.order.remove(&(at, key.clone()));
        self.due.remove(&key);
        self.running.insert(key.clone());
        Due::Now(key)
    }

    /// That it was looked at. What was added meanwhile is looked at again.
    pub(crate) fn done(&mut self, key: &Key) {
        self.running.remove(key);
    }

    /// That it was looked at, and nothing failed.
    pub(crate) fn worked(&mut self, key: &Key) {
        self.failures.remove(key);
    }

    /// That it failed: it is looked at again after a pause, which is returned.
    pub(crate) fn failed(&mut self, key: &Key, now: Duration) -> Duration {
        let failures = self.failures.entry(key.clone()).or_default();
        let pause = FIRST_PAUSE.saturating_mul(1_u32.checked_shl(*failures).unwrap_or(u32::MAX));
        let pause = pause.min(LONGEST_PAUSE);
        *failures = failures.saturating_add(1);
        self.add(key, now.saturating_add(pause));
        pause
    }

    /// How many are due now.
    pub(crate) fn depth(&self, now: Duration) -> usize {
        self.order.iter().take_while(|(at, _)| *at <= now).count()
    }

    /// How many are being looked at.
    pub(crate) fn running(&self) -> usize {
        self.running.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn key(name: &str) -> Key {
        Key { namespace: "shop".to_owned(), name: name.to_owned() }
    }

    #[test]
    fn each_is_looked_at_once_however_often_it_is_added() {
        let mut queue = Queue::default();
        for _ in 0..3 {
            queue.add(&key("a"), Duration::ZERO);
            queue.add(&key("b"), Duration::ZERO);
        }
        assert_eq!(queue.depth(Duration::ZERO), 2);
        assert_eq!(queue.next(Duration::ZERO), Due::Now(key("a")));
        assert_eq!(queue.next(Duration::ZERO), Due::Now(key("b")));
        assert_eq!(queue.next(Duration::ZERO), Due::Nothing);
        assert_eq!((queue.depth(Duration::ZERO), queue.running()), (0, 2));
    }

    #[test]
    fn what_changes_while_it_is_looked_at_is_looked_at_again_and_not_at_once() {
        let mut queue = Queue::default();
        queue.add(&key("a"), Duration::ZERO);
        assert_eq!(queue.next(Duration::ZERO), Due::Now(key("a")));
        queue.add(&key("a"), Duration::ZERO);
        assert_eq!(queue.next(Duration::ZERO), Due::Nothing);
        queue.done(&key("a"));
        assert_eq!(queue.next(Duration::ZERO), Due::Now(key("a")));
    }

    #[test]
    fn the_earliest_time_counts() {
        let mut queue = Queue::default();
        queue.add(&key("a"), 9 * SECOND);
        queue.add(&key("a"), 3 * SECOND);
        queue.add(&key("a"), 5 * SECOND);
        assert_eq!(queue.next(SECOND), Due::At(3 * SECOND));
        queue.add(&key("b"), 2 * SECOND);
        assert_eq!(queue.next(SECOND), Due::At(2 * SECOND));
        assert_eq!(queue.next(3 * SECOND), Due::Now(key("b")));
        assert_eq!(queue.next(3 * SECOND), Due::Now(key("a")));
        assert_eq!(queue.next(9 * SECOND), Due::Nothing);
    }

    #[test]
    fn who_fails_again_and_again_is_looked_at_later_and_later_until_it_works() {
        let mut queue = Queue::default();
        let mut now = Duration::ZERO;
        let mut pauses = Vec::new();
        for _ in 0..40 {
            let pause = queue.failed(&key("a"), now);
            pauses.push(pause.as_secs());
            now += pause;
            assert_eq!(queue.next(now), Due::Now(key("a")));
            queue.done(&key("a"));
        }
        assert_eq!(pauses[..10], [1, 2, 4, 8, 16, 32, 64, 128, 256, 300]);
        assert_eq!(pauses[39], 300);
        queue.worked(&key("a"));
        assert_eq!(queue.failed(&key("a"), now), SECOND);
    }
}
