//! The conditions of a Release, as kstatus (and with it Flux, Argo CD and `kubectl wait`) reads them: `Ready` is true
//! once nothing is left to do or a person is waited for, `Reconciling` while something is being done, `Stalled` while
//! something has to be changed first.

use policy::rollout::Step;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::DisplayPhase;
use super::awaited::{Awaited, reason};
use super::now::Now;

/// The reason where something failed.
const FAILED: &str = "Failed";

/// A condition, as in `meta/v1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// Its name.
    #[serde(rename = "type")]
    pub kind: String,
    /// `True`, `False` or `Unknown`.
    pub status: String,
    /// The generation of the spec that this condition describes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// When `status` last changed, RFC 3339.
    pub last_transition_time: String,
    /// One word.
    pub reason: String,
    /// One line.
    pub message: String,
}

impl Condition {
    /// What failed, where this says so.
    pub(super) fn failure(&self) -> Option<&str> {
        let is_failed = self.kind == "Stalled" && self.status == "True" && self.reason == FAILED;
        is_failed.then_some(self.message.as_str())
    }
}

/// The conditions now, given those `before`.
pub(super) fn update(before: &[Condition], now: &Now, message: &str) -> Vec<Condition> {
    let shown = DisplayPhase::of(now.plan, now.state);
    let going = going(shown, now.step);
    let reason = match now.step {
        Some(Step::Wait(wait)) => reason(wait).to_owned(),
        _ => shown.to_string(),
    };
    let condition = |kind: &str, holds: bool| {
        let status = if holds { "True" } else { "False" };
        let same = before.iter().find(|other| other.kind == kind && other.status == status);
        Condition {
            kind: kind.to_owned(),
            status: status.to_owned(),
            observed_generation: now.generation,
            last_transition_time: same
                .map_or_else(|| now.time.to_owned(), |same| same.last_transition_time.clone()),
            reason: reason.clone(),
            message: message.to_owned(),
        }
    };
    vec![
        condition("Ready", going == Going::Resting),
        condition("Reconciling", going == Going::On),
        condition("Stalled", going == Going::Stuck),
    ]
}

/// Has them say that something failed, and when that began.
pub(super) fn stall(conditions: &mut Vec<Condition>, message: &str, time: &str) {
    if conditions.is_empty() {
        let unknown = |kind: &str| Condition {
            kind: kind.to_owned(),
            status: "Unknown".to_owned(),
            observed_generation: None,
            last_transition_time: time.to_owned(),
            reason: String::new(),
            message: String::new(),
        };
        conditions.extend(["Ready", "Reconciling", "Stalled"].map(unknown));
    }
    for condition in conditions {
        let status = if condition.kind == "Stalled" { "True" } else { "False" };
        if condition.status != status {
            time.clone_into(&mut condition.last_transition_time);
        }
        status.clone_into(&mut condition.status);
        FAILED.clone_into(&mut condition.reason);
        message.clone_into(&mut condition.message);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Going {
    Resting,
    On,
    Stuck,
}

fn going(shown: DisplayPhase, step: Option<&Step>) -> Going {
    match step {
        Some(Step::Wait(wait)) => match Awaited::of(wait) {
            Awaited::Time => Going::On,
            Awaited::Approval => Going::Resting,
            Awaited::Change => Going::Stuck,
        },
        Some(Step::Done) => Going::Resting,
        Some(Step::Do(_) | Step::Become(_) | Step::RollBack(..)) => Going::On,
        None => match shown {
            DisplayPhase::AwaitingApproval
            | DisplayPhase::Paused
            | DisplayPhase::RolledBack
            | DisplayPhase::Completed => Going::Resting,
            DisplayPhase::Idle
            | DisplayPhase::Progressing
            | DisplayPhase::Waiting
            | DisplayPhase::Analyzing
            | DisplayPhase::RollingBack => Going::On,
        },
    }
}
