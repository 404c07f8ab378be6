//! What happens during a rollout, as it is printed: a line each, or a JSON object each.

use std::collections::BTreeSet;

use document::report::{Console, Format, text};

use rollout::Waiting;
use rollout::drive::event::{Change, StateEvent};
use rollout::drive::{Event, Note};

use super::{ObjectFormat, format};

/// Prints events; the same state, and the same wait, once only.
#[derive(Debug)]
pub(in crate::command) struct Printer {
    format: ObjectFormat,
    /// The Release's name.
    name: String,
    state: Option<StateEvent>,
    waiting: Option<Waiting>,
    notes: BTreeSet<Note>,
}

impl Printer {
    pub(in crate::command) fn new(format: ObjectFormat, name: &str) -> Self {
        let name = name.to_owned();
        Self { format, name, state: None, waiting: None, notes: BTreeSet::new() }
    }

    /// Prints the name, if `--output name` asks for it: the request is done or recorded.
    pub(super) fn done(&self, console: &mut Console) {
        if self.format == ObjectFormat::Name {
            let _ = console.print(&format!("{}\n", format::name(&self.name)));
        }
    }

    pub(in crate::command) fn print(&mut self, event: &Event, console: &mut Console) {
        if let Some(text) = self.text(event) {
            // A reader that went away does not end a rollout.
            let _ = console.print(&text);
        }
    }

    /// The event as it is printed; none if it was printed before.
    fn text(&mut self, event: &Event) -> Option<String> {
        if self.is_known(event) {
            return None;
        }
        match self.format {
            // Where it is not about a Release, what changed is named.
            ObjectFormat::Name => match event {
                Event::Changed(change) if self.name.is_empty() => {
                    let Change { object, .. } = change;
                    let name = format!("{}/{}", object.kind.to_lowercase(), object.name);
                    Some(text::printable(&name) + "\n")
                }
                _ => None,
            },
            ObjectFormat::Whole(Format::Data(data)) => data.one_of_many(event).ok(),
            ObjectFormat::Whole(Format::Text) => {
                let indent = if matches!(event, Event::State(_)) { "" } else { "  " };
                let text = text::indented(&event.to_string(), &format!("{indent}  "));
                Some(format!("{indent}{text}\n"))
            }
        }
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
            Event::End { .. } => self.format == ObjectFormat::default(),
            Event::Traffic(_) | Event::Changed(_) => false,
        }
    }
}

#[cfg(test)]
mod tests;
