//! Kubernetes Events of what this controller does, and of what others did through the Releases.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rollout::Entry;
use rollout::drive::cluster::Object;
use rollout::drive::recorder::{Occurrence, Recorder, Severity, told, told_failure};
use rollout::drive::{Clock, Event, Failure};
use rollout::history::ITSELF;
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::log::Level;
use crate::notify::kind;
use crate::options::Options;
use crate::{Backend, Key};

/// So many wait to be written; what comes then is not.
const WAITING: usize = 256;

/// Says what happens.
#[derive(Clone, Debug, Default)]
pub(crate) struct Events {
    /// None: they are not written.
    waiting: Option<mpsc::Sender<Occurrence>>,
    releases: Arc<Mutex<BTreeMap<Key, Seen>>>,
}

/// What was seen of a Release.
#[derive(Debug, Default)]
struct Seen {
    uid: String,
    /// The last entry of its history.
    last: Option<Entry>,
}

impl Events {
    pub(crate) fn new(
        cluster: &Arc<dyn Backend>,
        clock: &Arc<dyn Clock>,
        options: &Options,
        background: &mut JoinSet<()>,
    ) -> Self {
        let (waiting, mut written) = mpsc::channel(WAITING);
        let (cluster, clock) = (Arc::clone(cluster), Arc::clone(clock));
        let (log, identity) = (options.log.clone(), options.identity.clone());
        background.spawn(async move {
            let mut recorder = Recorder::new(&identity);
            let mut said = String::new();
            while let Some(occurrence) = written.recv().await {
                let clock = clock.as_ref();
                let Err(error) = recorder.record(cluster.as_ref(), clock, &occurrence).await else {
                    continue;
                };
                let text = format!("an Event cannot be written: {error}");
                if text != said {
                    log.say(Level::Warn, &text);
                    said = text;
                }
            }
        });
        Self { waiting: Some(waiting), releases: Arc::default() }
    }

    /// A Release is like this; where this controller `leads`, it says what others did.
    pub(crate) fn see(&self, key: &Key, object: &Object, leads: bool) {
        let history = object.list("/status/history");
        let entry = |value: &Value| serde_json::from_value::<Entry>(value.clone()).ok();
        let last = history.last().and_then(entry);
        let before = {
            let mut releases = self.releases();
            let seen = releases.entry(key.clone()).or_default();
            let is_same = seen.uid == object.uid();
            object.uid().clone_into(&mut seen.uid);
            if seen.last == last {
                return;
            }
            // A Release that was not known has no news, but for what was done since it was made.
            std::mem::replace(&mut seen.last, last).filter(|_| is_same)
        };
        let Some(before) = before.filter(|_| leads) else { return };
        let entries: Vec<Entry> = history.iter().filter_map(entry).collect();
        let from = entries.iter().rposition(|entry| *entry == before);
        let from = from.map_or_else(|| entries.len().saturating_sub(1), |at| at.saturating_add(1));
        for entry in entries.iter().skip(from).filter(|entry| entry.by != ITSELF) {
            let why = entry.why.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
            let note = format!("{}: {}{why}", entry.by, entry.what);
            self.tell(key, Some((Severity::Normal, camel_case(kind(entry)), note)));
        }
    }

    /// A Release is gone.
    pub(crate) fn forget(&self, key: &Key) {
        self.releases().remove(key);
    }

    /// Something happened in a turn.
    pub(crate) fn event(&self, key: &Key, event: &Event) {
        self.tell(key, told(event));
    }

    /// A turn failed.
    pub(crate) fn failure(&self, key: &Key, failure: &Failure) {
        self.tell(key, Some(told_failure(failure)));
    }

    fn tell(&self, key: &Key, told: Option<(Severity, String, String)>) {
        let (Some((severity, reason, note)), Some(waiting)) = (told, &self.waiting) else { return };
        let uid = self.releases().get(key).map(|seen| seen.uid.clone()).unwrap_or_default();
        let Key { namespace, name } = key.clone();
        // Where too many wait, this one is lost.
        let _ = waiting.try_send(Occurrence { namespace, name, uid, severity, reason, note });
    }

    fn releases(&self) -> MutexGuard<'_, BTreeMap<Key, Seen>> {
        self.releases.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `rollback-requested` as Kubernetes writes reasons: `RollbackRequested`.
fn camel_case(text: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    text.split('-').map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_in_camel_case() {
        assert_eq!(camel_case("rollback-requested"), "RollbackRequested");
        assert_eq!(camel_case("approved"), "Approved");
    }
}
