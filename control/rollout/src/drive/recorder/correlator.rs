//! Whether something is a new Event, one more of a series, or too much.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Occurrence;

/// What has not happened for so long begins anew.
const WINDOW: Duration = Duration::from_mins(6);
/// The count of a series is written no more often.
const REFRESH: Duration = Duration::from_mins(1);
/// So many Events a Release has at once, and then one more in each [`REFILL`].
const BURST: u32 = 25;
const REFILL: Duration = Duration::from_secs(20);
/// So many are known at the most, so that a Release whose words are others each time fills no memory.
const KNOWN: usize = 4096;

/// What is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// An Event of this name.
    Create(String),
    /// That the Event of this name and time is one of so many.
    Series(String, String, u32),
    /// Nothing.
    Nothing,
}

#[derive(Debug, Default)]
pub(super) struct Correlator {
    known: BTreeMap<Occurrence, Known>,
    /// By namespace and name: how many more Events there may be, and since when.
    budgets: BTreeMap<(String, String), (u32, Duration)>,
}

#[derive(Debug)]
struct Known {
    name: String,
    time: String,
    count: u32,
    last: Duration,
    written: Duration,
}

impl Correlator {
    /// Something happened; `name` and `time` are those of a new Event.
    pub(super) fn see(
        &mut self,
        occurrence: &Occurrence,
        name: &str,
        time: &str,
        now: Duration,
    ) -> Decision {
        if let Some(known) = self.known.get_mut(occurrence)
            && now.saturating_sub(known.last) < WINDOW
        {
            known.count = known.count.saturating_add(1);
            known.last = now;
            let is_due = now.saturating_sub(known.written) >= REFRESH;
            // That it is a series is said at once.
            if known.count > 2 && !is_due {
                return Decision::Nothing;
            }
            known.written = now;
            return Decision::Series(known.name.clone(), known.time.clone(), known.count);
        }
        if !self.may_create(occurrence, now) {
            return Decision::Nothing;
        }
        if self.known.len() >= KNOWN {
            self.known.retain(|_, known| now.saturating_sub(known.last) < WINDOW);
        }
        if self.known.len() >= KNOWN {
            self.known.clear();
        }
        let known = Known {
            name: name.to_owned(),
            time: time.to_owned(),
            count: 1,
            last: now,
            written: now,
        };
        self.known.insert(occurrence.clone(), known);
        Decision::Create(name.to_owned())
    }

    /// It was not written: the next one is new.
    pub(super) fn forget(&mut self, occurrence: &Occurrence) {
        self.known.remove(occurrence);
    }

    fn may_create(&mut self, occurrence: &Occurrence, now: Duration) -> bool {
        if self.budgets.len() >= KNOWN {
            self.budgets.retain(|_, (left, since)| refilled(*left, *since, now).0 < BURST);
        }
        let id = (occurrence.namespace.clone(), occurrence.name.clone());
        let (left, since) = self.budgets.get(&id).copied().unwrap_or((BURST, now));
        let (left, since) = refilled(left, since, now);
        self.budgets.insert(id, (left.saturating_sub(1), since));
        left > 0
    }
}

/// How many more Events there may be now, and since when that is so.
fn refilled(left: u32, since: Duration, now: Duration) -> (u32, Duration) {
    let more = now.saturating_sub(since).as_secs() / REFILL.as_secs();
    let more = u32::try_from(more).unwrap_or(u32::MAX);
    let left = left.saturating_add(more);
    if left >= BURST {
        (BURST, now)
    } else {
        (left, since.saturating_add(REFILL.saturating_mul(more)))
    }
}
