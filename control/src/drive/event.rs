//! What happens while a rollout is driven.

use serde::Serialize;

use super::run::End;

/// Something that happened, or is waited for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "camelCase")]
pub enum Event {
    /// A new state was written down.
    State {
        /// The phase, for people.
        phase: String,
        /// The step at work, as `2/7`; none where none is.
        step: Option<String>,
        /// What is at work, or has come of it.
        what: String,
    },
    /// From now on the mesh is to show this.
    Traffic {
        /// Who gets what.
        split: String,
    },
    /// Something in the cluster was changed.
    Changed {
        /// The object: its kind, namespace and name.
        object: String,
        /// What was done with it, as `applied`, `removed` or `scaled to 2`.
        what: String,
    },
    /// Nothing is done until this has changed.
    Waits {
        /// For what, and what to do about it.
        what: String,
        /// Whether it passes by itself.
        passes: bool,
    },
    /// It ended; what is left for somebody to do was said before.
    End {
        /// How.
        end: End,
    },
    /// Something to be known.
    Note {
        /// What.
        text: String,
    },
}

/// Who is told.
pub type Report<'r> = &'r mut (dyn FnMut(Event) + Send);
