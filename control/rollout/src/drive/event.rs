//! What happens while a rollout is driven: values, which [`Display`](std::fmt::Display) tells people and
//! [`Serialize`] programs. In JSON each has its words too, so that a program can show what it does not know.

mod change;
mod end;
mod note;

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde_json::Value;

use crate::{Awaited, DisplayPhase, StepNumber, Waiting};

pub use change::{Change, Effect, ObjectRef};
pub use end::End;
pub use note::{Deleted, Note};

/// Something that happened, or is waited for.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "camelCase")]
pub enum Event {
    /// A new state was written down.
    State(StateEvent),
    /// From now on the mesh is to show this.
    Traffic(TrafficEvent),
    /// Something in the cluster was changed.
    Changed(Change),
    /// Nothing is done until this has changed.
    Waits(Waiting),
    /// It ended; what is left for a person to do was said before.
    End {
        /// How.
        end: End,
    },
    /// Something to be known.
    Note(Note),
}

/// A new state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StateEvent {
    /// The phase.
    pub phase: DisplayPhase,
    /// The step at work; none where none is.
    pub step: Option<StepNumber>,
    /// What is at work, or has come of it.
    pub what: String,
}

/// Who gets what.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct TrafficEvent {
    /// In words.
    pub split: String,
    /// In percent by subset, where no rule decides.
    pub shares: BTreeMap<String, Value>,
    /// Of how many requests which subset gets copies, in percent.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub mirrored: BTreeMap<String, Value>,
}

/// Who is told.
pub type Report<'r> = &'r mut (dyn FnMut(Event) + Send);

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::State(StateEvent { phase, step: Some(step), what }) => {
                write!(f, "{phase} {step}: {what}")
            }
            Self::State(StateEvent { phase, step: None, what }) => write!(f, "{phase}: {what}"),
            Self::Traffic(TrafficEvent { split, .. }) => write!(f, "traffic: {split}"),
            Self::Changed(change) => change.fmt(f),
            Self::Waits(waiting) => {
                let lead = if waiting.awaited() == Awaited::Time { "waiting: " } else { "" };
                write!(f, "{lead}{}", waiting.message().line())
            }
            Self::End { end } => end.fmt(f),
            Self::Note(note) => write!(f, "note: {note}"),
        }
    }
}
