//! What happens during a rollout, as it is printed: a line each, or a JSON object each.

use std::collections::BTreeSet;

use document::report::{Console, Format, text};

use rollout::Waiting;
use rollout::drive::event::StateEvent;
use rollout::drive::{Event, Note};

/// Prints events; the same state, and the same wait, once only.
#[derive(Debug)]
pub(super) struct Printer {
    format: Format,
    state: Option<StateEvent>,
    waiting: Option<Waiting>,
    notes: BTreeSet<Note>,
}

impl Printer {
    pub(super) fn new(format: Format) -> Self {
        Self { format, state: None, waiting: None, notes: BTreeSet::new() }
    }

    pub(super) fn print(&mut self, event: &Event, console: &mut Console) {
        if let Some(line) = self.line(event) {
            // A reader that went away does not end a rollout.
            let _ = console.print(&format!("{line}\n"));
        }
    }

    /// The event as it is printed; none where it was already.
    fn line(&mut self, event: &Event) -> Option<String> {
        if self.is_known(event) {
            return None;
        }
        Some(match self.format {
            Format::Json => serde_json::to_string(event).unwrap_or_default(),
            Format::Text => {
                let indent = if matches!(event, Event::State(_)) { "" } else { "  " };
                format!("{indent}{}", text::printable(&event.to_string()))
            }
        })
    }

    /// Whether it was printed already; the same is looked at again and again.
    fn is_known(&mut self, event: &Event) -> bool {
        match event {
            Event::State(state) => {
                self.waiting = None;
                self.state.replace(state.clone()).as_ref() == Some(state)
            }
            Event::Waits(waiting) => {
                let before = self.waiting.replace(waiting.clone());
                before.is_some_and(|before| before.is_same(waiting))
            }
            // What is known of these is asked anew at every look.
            Event::Note(note) => !self.notes.insert(note.clone()),
            // In words it is said on standard error, with what to do.
            Event::End { .. } => self.format == Format::Text,
            Event::Traffic(_) | Event::Changed(_) => false,
        }
    }
}

#[cfg(test)]
mod tests;
