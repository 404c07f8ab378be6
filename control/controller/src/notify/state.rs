//! What is known of each Release, and whether this controller is the one that tells.

use std::collections::BTreeMap;
use std::time::Duration;

use super::cursor::{Cursor, Kept};
use super::news::news;
use super::queue::{Done, Queue};
use super::record::Record;
use super::sink::Outcome;

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Telling {
    /// Nothing: another one leads.
    Nothing,
    /// It has to be learned first how far others were told.
    Begins(u64),
    /// What waits is to be told.
    Goes,
    /// Nothing any more.
    Ended,
}

#[derive(Debug, Default)]
pub(super) struct State {
    leads: bool,
    is_over: bool,
    /// How often this controller came to lead.
    term: u64,
    /// How far others were told; none until it is read.
    kept: Option<Kept>,
    is_dirty: bool,
    /// By `uid`.
    seen: BTreeMap<String, Seen>,
    /// What was seen before it was known how far others were told.
    early: BTreeMap<String, Record>,
    pub(super) queue: Queue,
}

/// What was seen of a Release.
#[derive(Debug, Default)]
struct Seen {
    version: u64,
    /// How far others are told once all that waits is.
    cursor: Cursor,
    /// There is more, for which there was no room.
    behind: Option<Record>,
    is_gone: bool,
}

impl State {
    pub(super) fn lead(&mut self, leads: bool) {
        let term = self.term.saturating_add(u64::from(leads));
        *self = Self { leads, term, is_over: self.is_over, ..Self::default() };
    }

    pub(super) fn end(&mut self) {
        self.is_over = true;
    }

    pub(super) fn telling(&self) -> Telling {
        match &self.kept {
            _ if self.is_over => Telling::Ended,
            _ if !self.leads => Telling::Nothing,
            None => Telling::Begins(self.term),
            Some(_) => Telling::Goes,
        }
    }

    /// It is known now how far others were told, and which Releases there are.
    pub(super) fn begin(
        &mut self,
        term: u64,
        mut kept: Kept,
        records: Vec<Record>,
        is_all: bool,
        now: Duration,
    ) {
        if !self.leads || term != self.term {
            return;
        }
        let early = std::mem::take(&mut self.early);
        if is_all {
            let is_there = |uid: &String| {
                early.contains_key(uid) || records.iter().any(|record| record.uid == *uid)
            };
            kept.cursors.retain(|uid, _| is_there(uid));
        }
        self.kept = Some(kept);
        // That it began is written down, too.
        self.is_dirty = true;
        for record in records.into_iter().chain(early.into_values()) {
            self.look(record, now);
        }
    }

    pub(super) fn see(&mut self, record: impl FnOnce() -> Record, now: Duration) {
        if !self.leads {
            return;
        }
        let record = record();
        if self.kept.is_some() {
            self.look(record, now);
        } else {
            self.early.insert(record.uid.clone(), record);
        }
    }

    fn look(&mut self, record: Record, now: Duration) {
        let Some(kept) = &self.kept else { return };
        let uid = record.uid.clone();
        let seen = self.seen.entry(uid.clone()).or_insert_with(|| Seen {
            cursor: kept
                .cursors
                .get(&uid)
                .cloned()
                .unwrap_or_else(|| Cursor::baseline(&record, &kept.begun)),
            ..Seen::default()
        });
        // All are told of again when a watch begins anew.
        if record.version < seen.version {
            return;
        }
        seen.version = record.version;
        let (told, cursor) = news(&record, &seen.cursor);
        if !self.queue.has_room(&uid, told.len()) {
            seen.behind = Some(record);
            return;
        }
        seen.cursor = cursor;
        seen.behind = None;
        if !told.is_empty() {
            self.queue.push(&uid, told, &seen.cursor, now);
        }
    }

    /// A Release is gone: what waits is told still.
    pub(super) fn forget(&mut self, uid: &str) {
        self.early.remove(uid);
        if let Some(seen) = self.seen.get_mut(uid) {
            seen.is_gone = true;
        }
        self.tidy(uid);
    }

    /// Of a Release that is gone, and of which nothing waits, nothing is kept.
    fn tidy(&mut self, uid: &str) {
        let is_gone = self.seen.get(uid).is_some_and(|seen| seen.is_gone && seen.behind.is_none());
        if is_gone && !self.queue.has(uid) {
            self.seen.remove(uid);
            if let Some(kept) = &mut self.kept {
                self.is_dirty |= kept.cursors.remove(uid).is_some();
            }
        }
    }

    /// What came of telling.
    pub(super) fn done(&mut self, uid: &str, outcome: &Outcome, now: Duration) -> Done {
        let done = self.queue.done(uid, outcome, now);
        if let Done::Told(Some(cursor)) | Done::GivenUp(Some(cursor)) = &done
            && let Some(kept) = &mut self.kept
        {
            kept.cursors.insert(uid.to_owned(), cursor.clone());
            self.is_dirty = true;
        }
        if !matches!(done, Done::Again(_)) {
            self.catch_up(uid, now);
            self.tidy(uid);
        }
        done
    }

    /// Looks again at those for which there was no room.
    fn catch_up(&mut self, uid: &str, now: Duration) {
        let is_behind = |seen: &Seen| seen.behind.is_some();
        let next = if self.seen.get(uid).is_some_and(is_behind) {
            Some(uid.to_owned())
        } else if self.queue.len() < super::queue::OF_ALL / 2 {
            self.seen.iter().find(|(_, seen)| is_behind(seen)).map(|(uid, _)| uid.clone())
        } else {
            None
        };
        if let Some(next) = next
            && let Some(record) = self.seen.get_mut(&next).and_then(|seen| seen.behind.take())
        {
            self.look(record, now);
        }
    }

    pub(super) const fn is_dirty(&self) -> bool {
        self.is_dirty
    }

    /// What is to be written down; none where it is.
    pub(super) fn take(&mut self) -> Option<Kept> {
        let is_dirty = std::mem::take(&mut self.is_dirty);
        self.kept.clone().filter(|_| is_dirty && self.leads)
    }

    /// It was not written down.
    pub(super) fn soil(&mut self) {
        self.is_dirty = true;
    }
}
