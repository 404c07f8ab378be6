//! What a Release says of its rollout, as far as others are told of it.

use rollout::Entry;
use rollout::drive::cluster::Object;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Key;

/// The part of a Release that notifications are made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) uid: String,
    /// The version of the object: an older one is no news.
    pub(super) version: u64,
    pub(super) phase: String,
    pub(super) step: Option<Step>,
    /// When the phase or the step changed last.
    pub(super) since: String,
    pub(super) split: String,
    pub(super) candidate: String,
    pub(super) message: String,
    /// What tells the plan of the rollout from others.
    pub(super) plan: String,
    /// Whether it is, or was, at a step of the plan, and not beside it as after `serin promote`.
    pub(super) is_on_plan: bool,
    pub(super) history: Vec<Entry>,
    pub(super) stalled: Option<Stalled>,
}

/// A step of the plan, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Step {
    pub(super) number: usize,
    pub(super) of: usize,
}

/// Why it cannot go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stalled {
    pub(super) reason: String,
    pub(super) message: String,
    pub(super) time: String,
}

impl Step {
    /// As in the status: `2/7`.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (number, of) = text.split_once('/')?;
        Some(Self { number: number.parse().ok()?, of: of.parse().ok()? })
    }
}

impl Record {
    pub(super) fn of(object: &Object) -> Self {
        let text = |pointer: &str| object.text(pointer).to_owned();
        let Key { namespace, name } = Key::of(object);
        // An entry of a later version is told as far as it is known.
        let entry = |value: &Value| serde_json::from_value(value.clone()).ok();
        Self {
            namespace,
            name,
            uid: object.uid().to_owned(),
            version: object.resource_version().parse().unwrap_or(0),
            phase: text("/status/phase"),
            step: Step::read(object.text("/status/step")),
            since: text("/status/since"),
            split: text("/status/split"),
            candidate: text("/status/candidate"),
            message: text("/status/message"),
            plan: text("/status/state/plan"),
            is_on_plan: object.number("/status/state/at/plan").is_some(),
            history: object.list("/status/history").iter().filter_map(entry).collect(),
            stalled: object.list("/status/conditions").iter().find_map(Stalled::read),
        }
    }
}

impl Stalled {
    fn read(condition: &Value) -> Option<Self> {
        let text = |field: &str| condition[field].as_str().unwrap_or_default().to_owned();
        (text("type") == "Stalled" && text("status") == "True").then(|| Self {
            reason: text("reason"),
            message: text("message"),
            time: text("lastTransitionTime"),
        })
    }
}
