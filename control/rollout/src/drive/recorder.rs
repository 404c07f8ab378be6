//! Kubernetes Events of what happens to a Release: what `kubectl describe` and `kubectl events` show.
//!
//! They are for people who look, and go after an hour. What happens again and again is one Event that counts, as in
//! client-go's recorder, and a Release that has too much to say is cut short. That one cannot be written holds nothing up.

mod correlator;

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::clock::{Clock, micro_time};
use super::cluster::{ApplyOptions, Cluster, Error, Object, Resource};
use super::event::{Event, Note};
use super::failure::Failure;
use crate::{Awaited, DisplayPhase};
use correlator::{Correlator, Decision};

/// Who reports.
const CONTROLLER: &str = "serin.dev/serin";
/// The longest note that the API server takes, in bytes.
const NOTE: usize = 1024;
/// The longest name of who reports.
const INSTANCE: usize = 128;
/// Where Events may not be written, it is not tried again for so long.
const REFUSED: Duration = Duration::from_mins(10);

/// Whether it is as it is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It is.
    Normal,
    /// It is not.
    Warning,
}

impl Severity {
    const fn name(self) -> &'static str {
        match self {
            Self::Normal => "Normal",
            Self::Warning => "Warning",
        }
    }
}

/// Something that happened to a Release.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Occurrence {
    /// The namespace of the Release.
    pub namespace: String,
    /// The name of the Release.
    pub name: String,
    /// What tells it from another one of that name.
    pub uid: String,
    /// Whether it is as it is to be.
    pub severity: Severity,
    /// In one word.
    pub reason: String,
    /// In one line.
    pub note: String,
}

/// What of an event is worth an Event: whether it is as it is to be, the reason and the note.
#[must_use]
pub fn told(event: &Event) -> Option<(Severity, String, String)> {
    Some(match event {
        Event::State(state) => {
            let step = state.step.map(|step| format!("step {step}, ")).unwrap_or_default();
            let is_back = state.phase == DisplayPhase::RollingBack;
            let severity = if is_back { Severity::Warning } else { Severity::Normal };
            (severity, state.phase.to_string(), format!("{step}{}", state.what))
        }
        Event::Traffic(traffic) => {
            (Severity::Normal, "TrafficChanged".to_owned(), traffic.split.clone())
        }
        Event::Waits(waiting) if waiting.awaited() == Awaited::Change => {
            (Severity::Warning, waiting.reason().to_owned(), waiting.message().line())
        }
        Event::Note(Note::RollingBack(_, why)) => {
            (Severity::Warning, "RolledBackAutomatically".to_owned(), why.clone())
        }
        Event::Note(Note::Blocked(why)) => (Severity::Warning, "Blocked".to_owned(), why.clone()),
        Event::Waits(_) | Event::Changed(_) | Event::End { .. } | Event::Note(_) => return None,
    })
}

/// The same of a failure.
#[must_use]
pub fn told_failure(failure: &Failure) -> (Severity, String, String) {
    (Severity::Warning, "Failed".to_owned(), failure.to_string())
}

/// Writes Events.
#[derive(Debug)]
pub struct Recorder {
    instance: String,
    correlator: Correlator,
    /// By namespace: nothing is written before.
    closed: BTreeMap<String, Duration>,
}

impl Recorder {
    /// On behalf of this process.
    #[must_use]
    pub fn new(instance: &str) -> Self {
        let instance = cut(instance, INSTANCE).to_owned();
        Self { instance, correlator: Correlator::default(), closed: BTreeMap::new() }
    }

    /// Writes that something happened, unless that is known.
    ///
    /// # Errors
    /// When it cannot be written, which is worth a line in a log and nothing more.
    pub async fn record(
        &mut self,
        cluster: &dyn Cluster,
        clock: &dyn Clock,
        occurrence: &Occurrence,
    ) -> Result<(), Error> {
        let now = clock.uptime();
        if self.closed.get(&occurrence.namespace).is_some_and(|closed| now < *closed) {
            return Ok(());
        }
        let time = cluster.now(clock);
        let name = format!("{}.{:x}", occurrence.name, time.as_nanosecond());
        let time = micro_time(time);
        let how = ApplyOptions { force: true, dry_run: false };
        let written = match self.correlator.see(occurrence, &name, &time, now) {
            Decision::Nothing => return Ok(()),
            Decision::Create(name) => {
                let event = self.event(occurrence, &name, &time);
                cluster.create(&Resource::EVENT, &event, ApplyOptions::default()).await
            }
            Decision::Series(name, began, count) => {
                // All else of it is as it was made: what is not applied again could go.
                let mut event = self.event(occurrence, &name, &began);
                event.value_mut()["series"] = json!({ "count": count, "lastObservedTime": time });
                cluster.apply(&Resource::EVENT, &event, how).await
            }
        };
        match written {
            Ok(_) => Ok(()),
            Err(error) => {
                self.correlator.forget(occurrence);
                if matches!(error, Error::Forbidden { .. } | Error::KindMissing { .. }) {
                    let again = now.saturating_add(REFUSED);
                    self.closed.insert(occurrence.namespace.clone(), again);
                }
                Err(error)
            }
        }
    }

    fn event(&self, occurrence: &Occurrence, name: &str, time: &str) -> Object {
        let Occurrence { namespace, name: release, uid, severity, reason, note } = occurrence;
        let mut regarding = json!({
            "apiVersion": Resource::RELEASE.api_version(),
            "kind": Resource::RELEASE.kind,
            "namespace": namespace,
            "name": release,
        });
        if !uid.is_empty() {
            regarding["uid"] = Value::String(uid.clone());
        }
        Object::from(json!({
            "apiVersion": Resource::EVENT.api_version(),
            "kind": Resource::EVENT.kind,
            "metadata": { "namespace": namespace, "name": name },
            "eventTime": time,
            "reportingController": CONTROLLER,
            "reportingInstance": self.instance,
            "action": "Rollout",
            "type": severity.name(),
            "reason": reason,
            "note": cut(note, NOTE),
            "regarding": regarding,
        }))
    }
}

/// As much of a text as fits, in bytes.
fn cut(text: &str, limit: usize) -> &str {
    let end = (0..=limit.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or(0)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
