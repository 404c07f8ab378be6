//! What a rollout waits for, as it is told.

use std::time::Duration;

use document::report::Message;
use policy::Policy;
use policy::policy::SubsetId;
use policy::rollout::{Opening, Unknown, Wait};
use serde::{Serialize, Serializer};

use super::awaited::{self, Awaited};
use super::wording::Wording;

/// What a rollout waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    wait: Wait,
    subset: Option<String>,
    message: Message,
}

impl Waiting {
    pub(super) fn new(wait: &Wait, wording: &Wording<'_>) -> Self {
        let name = |policy: &Policy, id| policy.subset_name(id).to_owned();
        Self {
            wait: wait.clone(),
            subset: subset(wait).map(|id| name(wording.policy, id)),
            message: wording.wait(wait),
        }
    }

    /// In words, with what to do.
    #[must_use]
    pub fn message(&self) -> &Message {
        &self.message
    }

    /// What ends it.
    #[must_use]
    pub fn awaited(&self) -> Awaited {
        Awaited::of(&self.wait)
    }

    /// As the conditions have it: one word.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        awaited::reason(&self.wait)
    }

    /// Whether its end is seen by watching the objects of the cluster.
    #[must_use]
    pub fn is_watched(&self) -> bool {
        match &self.wait {
            // Of pods that go, what istiod has heard counts, too; of an analysis, what metrics say.
            Wait::Unknown(_)
            | Wait::Frozen(_)
            | Wait::Removing(_)
            | Wait::Analyzing(..)
            | Wait::Inconclusive(_) => false,
            Wait::NotReady(..)
            | Wait::Pause(_)
            | Wait::Window(_)
            | Wait::Missing(_)
            | Wait::OtherImage(_)
            | Wait::Autoscaled(..)
            | Wait::Approval(_)
            | Wait::Paused
            | Wait::PlanChanged
            | Wait::CandidateChanged(_)
            | Wait::StillReached(_) => true,
        }
    }

    /// Whether a window, or the end of a freeze, is all that is waited for.
    #[must_use]
    pub fn is_held(&self) -> bool {
        matches!(&self.wait, Wait::Window(Some(_)) | Wait::Frozen(_))
    }

    /// What is left of its time, where it has one.
    #[must_use]
    pub fn left(&self) -> Option<Duration> {
        awaited::left(&self.wait)
    }

    /// Whether it is the same wait, however much of its time is left.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        stopped(&self.wait) == stopped(&other.wait)
    }
}

/// The wait without its clock.
fn stopped(wait: &Wait) -> Wait {
    match wait {
        Wait::Approval(left) => Wait::Approval(left.map(|_| Duration::ZERO)),
        Wait::Pause(left) => Wait::Pause(left.map(|_| Duration::ZERO)),
        Wait::Analyzing(_, so_far) => Wait::Analyzing(Duration::ZERO, *so_far),
        Wait::Window(Some(opening)) => {
            Wait::Window(Some(Opening { left: Duration::ZERO, ..*opening }))
        }
        other => other.clone(),
    }
}

/// The subset that it is about.
fn subset(wait: &Wait) -> Option<SubsetId> {
    match wait {
        Wait::Unknown(Unknown::Subset(id) | Unknown::Template(id))
        | Wait::Missing(id)
        | Wait::OtherImage(id)
        | Wait::NotReady(id, _)
        | Wait::Autoscaled(id, _)
        | Wait::CandidateChanged(id)
        | Wait::StillReached(id)
        | Wait::Removing(id) => Some(*id),
        Wait::Unknown(Unknown::Mesh | Unknown::Elapsed | Unknown::Gate)
        | Wait::Approval(_)
        | Wait::Pause(_)
        | Wait::Analyzing(..)
        | Wait::Inconclusive(_)
        | Wait::Paused
        | Wait::PlanChanged
        | Wait::Window(_)
        | Wait::Frozen(_) => None,
    }
}

/// In JSON.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Written<'a> {
    /// In words, with what to do.
    what: String,
    /// Whether it passes by itself.
    passes: bool,
    /// As the conditions have it.
    reason: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    subset: Option<&'a str>,
    /// What is left of its time.
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds_left: Option<u64>,
}

impl Serialize for Waiting {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let written = Written {
            what: self.message.line(),
            passes: self.awaited() == Awaited::Time,
            reason: awaited::reason(&self.wait),
            subset: self.subset.as_deref(),
            seconds_left: self.left().map(|left| left.as_secs()),
        };
        written.serialize(serializer)
    }
}
