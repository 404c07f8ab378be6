//! How far others were told of a Release: the next leader goes on from there.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::Timestamp;
use rollout::Entry;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::record::{Record, Step};

/// The largest part of a ConfigMap that is filled, in bytes; the API server takes 1 MiB.
const LIMIT: usize = 768 * 1024;
/// The key of the time before which nothing is told.
const BEGUN: &str = "begun";

/// How far others were told of a Release.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Cursor {
    /// The last entry of the history, as a digest.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) entry: String,
    /// When that was; of a Release of which nothing was told, the time from which on there is something to tell.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) time: String,
    /// What tells this rollout from earlier ones: when it was started.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) run: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) phase: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) step: Option<Step>,
    /// Why it could not go on, in this phase and at this step: the notifications of that.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) stalls: Vec<String>,
}

impl Cursor {
    /// That of a Release of which nothing was told since `begun`: what was before is known.
    pub(super) fn baseline(record: &Record, begun: &str) -> Self {
        let is_news = time(&record.since).is_some_and(|since| Some(since) >= time(begun));
        let is_before = |entry: &&Entry| time(&entry.time) < time(begun);
        let before = Self {
            entry: record.history.iter().rfind(is_before).map(digest).unwrap_or_default(),
            time: begun.to_owned(),
            ..Self::default()
        };
        if is_news {
            return before;
        }
        Self {
            run: run(record).unwrap_or_default().to_owned(),
            phase: record.phase.clone(),
            step: record.step,
            ..before
        }
    }

    /// The entries of the history that it is not past.
    pub(super) fn entries<'r>(&self, record: &'r Record) -> &'r [Entry] {
        let history = &record.history;
        let last = history.iter().rposition(|entry| digest(entry) == self.entry);
        // The last one is not there any more, or nothing was told: then its time says where to go on.
        let from = last.map_or_else(
            || {
                let is_later = |entry: &Entry| time(&entry.time) >= time(&self.time);
                history.iter().position(is_later).unwrap_or(history.len())
            },
            |last| last.saturating_add(1),
        );
        history.get(from..).unwrap_or_default()
    }
}

/// When the rollout was started, where the history still says so.
pub(super) fn run(record: &Record) -> Option<&str> {
    record.history.iter().rfind(|entry| entry.verb == "start").map(|entry| entry.time.as_str())
}

/// What tells an entry from others.
pub(super) fn digest(entry: &Entry) -> String {
    let why = entry.why.as_deref().unwrap_or_default();
    hash(&[&entry.time, &entry.by, &entry.verb, &entry.what, why], 8)
}

/// A digest of some texts, in so many bytes.
pub(super) fn hash(parts: &[&str], length: usize) -> String {
    let mut sha = Sha256::new();
    for part in parts {
        sha.update(part.len().to_be_bytes());
        sha.update(part);
    }
    let mut text = String::new();
    for byte in sha.finalize().iter().take(length) {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn time(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

/// What is kept in the cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Kept {
    /// Nothing that was before is told.
    pub(super) begun: String,
    /// By the Release's `uid`.
    pub(super) cursors: BTreeMap<String, Cursor>,
}

impl Kept {
    /// From the `data` of a ConfigMap. What cannot be read is as if it were not there.
    pub(super) fn read(data: &Value, now: &str) -> Self {
        let begun = data[BEGUN].as_str().filter(|begun| time(begun).is_some()).unwrap_or(now);
        let cursor = |(uid, value): (&String, &Value)| {
            Some((uid.clone(), serde_json::from_str(value.as_str()?).ok()?))
        };
        let cursors = data.as_object().into_iter().flatten().filter_map(cursor).collect();
        Self { begun: begun.to_owned(), cursors }
    }

    /// As the `data` of a ConfigMap. Those that were told of something last stay, where there are too many; of the others
    /// it is known that nothing up to then is to be told.
    pub(super) fn write(&mut self) -> Value {
        let mut written: Vec<(String, String, String)> = self
            .cursors
            .iter()
            .map(|(uid, cursor)| {
                let text = serde_json::to_string(cursor).unwrap_or_default();
                (cursor.time.clone(), uid.clone(), text)
            })
            .collect();
        written.sort();
        let size = |(_, uid, text): &(String, String, String)| uid.len() + text.len();
        let mut total: usize = written.iter().map(size).sum();
        let mut rest = written.into_iter();
        while total > LIMIT {
            let Some(oldest) = rest.next() else { break };
            total = total.saturating_sub(size(&oldest));
            self.cursors.remove(&oldest.1);
            if time(&oldest.0) > time(&self.begun) {
                self.begun.clone_from(&oldest.0);
            }
        }
        let mut data = json!({ BEGUN: self.begun });
        if let Some(data) = data.as_object_mut() {
            data.extend(rest.map(|(_, uid, text)| (uid, Value::String(text))));
        }
        data
    }
}
