//! What is to be told and was not yet: in order for each Release, and within bounds.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::cursor::Cursor;
use super::notification::Notification;
use super::sink::Outcome;

/// So many notifications of a Release wait at the most. What comes then is told from the Release itself later.
pub(super) const OF_ONE: usize = 128;
/// And so many of all.
pub(super) const OF_ALL: usize = 10_000;
/// So many are told at the same time, of as many Releases.
const AT_ONCE: usize = 4;
/// The pause after the first failure; each is twice as long as the one before.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest, unless the receiver asks for a longer one.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// The longest that a receiver may ask for.
const LONGEST_ASKED: Duration = Duration::from_hours(1);
/// What was not taken for so long is given up: what follows is told again.
pub(super) const PATIENCE: Duration = Duration::from_hours(24);

/// The queue. Times are those of a clock that never jumps.
#[derive(Debug, Default)]
pub(super) struct Queue {
    /// By the Release's `uid`; none is empty.
    lanes: BTreeMap<String, Lane>,
    length: usize,
    running: usize,
    /// Where the receiver is down: nothing is told before.
    closed: Duration,
    /// How often in a row it was.
    failures: u32,
    serial: u64,
}

#[derive(Debug, Default)]
struct Lane {
    items: VecDeque<Item>,
    is_running: bool,
    due: Duration,
    failures: u32,
}

#[derive(Debug)]
struct Item {
    notification: Notification,
    /// How far others are told once this was.
    after: Option<Cursor>,
    since: Duration,
    serial: u64,
}

/// What is next.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Next {
    /// This one, of this Release, now.
    Now(String, Box<Notification>),
    /// Nothing before this time.
    At(Duration),
    /// Nothing until something is added or ends.
    Nothing,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Done {
    /// It was told; others are told so far now.
    Told(Option<Cursor>),
    /// It is told again after this pause.
    Again(Duration),
    /// It was not taken for too long.
    GivenUp(Option<Cursor>),
}

impl Queue {
    /// Whether there is room for so many more of a Release. One that has none waiting is never turned away for its own
    /// number.
    pub(super) fn has_room(&self, uid: &str, count: usize) -> bool {
        let waiting = self.lanes.get(uid).map_or(0, |lane| lane.items.len());
        let fits = |waiting: usize, limit| waiting == 0 || waiting.saturating_add(count) <= limit;
        fits(waiting, OF_ONE) && fits(self.length, OF_ALL)
    }

    /// Adds what is to be told of a Release; then others are told so far.
    pub(super) fn push(
        &mut self,
        uid: &str,
        news: Vec<Notification>,
        after: &Cursor,
        now: Duration,
    ) {
        let last = news.len().saturating_sub(1);
        for (position, notification) in news.into_iter().enumerate() {
            let after = (position == last).then(|| after.clone());
            let item = Item { notification, after, since: now, serial: self.serial };
            self.serial = self.serial.saturating_add(1);
            self.length = self.length.saturating_add(1);
            self.lanes.entry(uid.to_owned()).or_default().items.push_back(item);
        }
    }

    /// What is to be told now. [`Self::done`] has to be called with what came of it.
    pub(super) fn next(&mut self, now: Duration) -> Next {
        // One that was down is tried with one.
        let at_once = if self.failures == 0 { AT_ONCE } else { 1 };
        if self.running >= at_once {
            return Next::Nothing;
        }
        let free = self.lanes.iter_mut().filter(|(_, lane)| !lane.is_running);
        let head = |lane: &Lane| lane.items.front().map(|item| item.serial);
        let Some((uid, lane)) =
            free.min_by_key(|(_, lane)| (lane.due.max(self.closed).max(now), head(lane)))
        else {
            return Next::Nothing;
        };
        let at = lane.due.max(self.closed);
        if at > now {
            return Next::At(at);
        }
        let Some(item) = lane.items.front() else { return Next::Nothing };
        lane.is_running = true;
        self.running = self.running.saturating_add(1);
        Next::Now(uid.clone(), Box::new(item.notification.clone()))
    }

    /// What came of the one that was told last of a Release.
    pub(super) fn done(&mut self, uid: &str, outcome: &Outcome, now: Duration) -> Done {
        self.running = self.running.saturating_sub(1);
        let Some(lane) = self.lanes.get_mut(uid) else { return Done::Told(None) };
        lane.is_running = false;
        match outcome {
            Outcome::Taken => {
                self.failures = 0;
                return Done::Told(self.pop(uid));
            }
            Outcome::Refused(_) => {
                self.failures = 0;
                let pause = pause(&mut lane.failures);
                lane.due = now.saturating_add(pause);
                if !is_over(lane, now) {
                    return Done::Again(pause);
                }
            }
            Outcome::Down(_, asked) => {
                let pause =
                    asked.unwrap_or_default().min(LONGEST_ASKED).max(pause(&mut self.failures));
                self.closed = now.saturating_add(pause);
                if !is_over(lane, now) {
                    return Done::Again(pause);
                }
            }
        }
        Done::GivenUp(self.pop(uid))
    }

    /// Takes the first one of a Release out; how far others are told then.
    fn pop(&mut self, uid: &str) -> Option<Cursor> {
        let lane = self.lanes.get_mut(uid)?;
        let item = lane.items.pop_front();
        lane.failures = 0;
        lane.due = Duration::ZERO;
        if lane.items.is_empty() {
            self.lanes.remove(uid);
        }
        self.length = self.length.saturating_sub(1);
        item?.after
    }

    /// How many wait.
    pub(super) const fn len(&self) -> usize {
        self.length
    }

    /// Whether any of a Release wait.
    pub(super) fn has(&self, uid: &str) -> bool {
        self.lanes.contains_key(uid)
    }
}

/// The next pause.
fn pause(failures: &mut u32) -> Duration {
    let pause = FIRST_PAUSE.saturating_mul(1_u32.checked_shl(*failures).unwrap_or(u32::MAX));
    *failures = failures.saturating_add(1);
    pause.min(LONGEST_PAUSE)
}

/// Whether the first one was not taken for too long.
fn is_over(lane: &Lane, now: Duration) -> bool {
    lane.items.front().is_some_and(|item| now.saturating_sub(item.since) >= PATIENCE)
}
