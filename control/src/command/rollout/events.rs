//! What happens during a rollout, as it is printed: a line each, or a JSON object each.

use std::collections::BTreeSet;

use crate::drive::Event;
use crate::report::{Console, Format, text};
use crate::rollout::wording::timeless;

/// Prints events; the same state, and the same wait, once only.
#[derive(Debug)]
pub(super) struct Printer {
    format: Format,
    state: Option<Event>,
    wait: Option<String>,
    notes: BTreeSet<String>,
}

impl Printer {
    pub(super) fn new(format: Format) -> Self {
        Self { format, state: None, wait: None, notes: BTreeSet::new() }
    }

    pub(super) fn print(&mut self, event: &Event, console: &mut Console) {
        if self.is_known(event) {
            return;
        }
        let line = match self.format {
            Format::Text => line(event),
            Format::Json => serde_json::to_string(event).unwrap_or_default(),
        };
        // A reader that went away does not end a rollout.
        let _ = console.print(&format!("{line}\n"));
    }

    /// Whether it was printed already; the same is looked at again and again.
    fn is_known(&mut self, event: &Event) -> bool {
        match event {
            Event::State { .. } => {
                let is_known = self.state.as_ref() == Some(event);
                self.state = Some(event.clone());
                self.wait = None;
                is_known
            }
            Event::Waits { what, .. } => {
                let what = Some(timeless(what));
                let is_known = self.wait == what;
                self.wait = what;
                is_known
            }
            // What is known of these is asked anew at every look.
            Event::Note { text } => !self.notes.insert(timeless(text)),
            // In words it is said on standard error, with what to do.
            Event::End { .. } => self.format == Format::Text,
            Event::Traffic { .. } | Event::Changed { .. } => false,
        }
    }
}

fn line(event: &Event) -> String {
    match event {
        Event::State { phase, step, what } => match step {
            Some(step) => format!("{phase} {step}: {}", text::printable(what)),
            None => format!("{phase}: {}", text::printable(what)),
        },
        Event::Traffic { split } => format!("  traffic: {}", text::printable(split)),
        Event::Changed { object, what } => format!("  {} {what}", text::printable(object)),
        Event::Waits { what, passes: true } => format!("  waiting: {}", text::printable(what)),
        Event::Waits { what, passes: false } => format!("  {}", text::printable(what)),
        Event::Note { text } => format!("  note: {}", text::printable(text)),
        Event::End { .. } => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_happened() {
        let state = |step: Option<&str>| Event::State {
            phase: "Progressing".to_owned(),
            step: step.map(str::to_owned),
            what: "shift v2 10 %".to_owned(),
        };
        assert_eq!(line(&state(Some("2/7"))), "Progressing 2/7: shift v2 10 %");
        assert_eq!(line(&state(None)), "Progressing: shift v2 10 %");
        let changed =
            Event::Changed { object: "Deployment a/b".to_owned(), what: "removed".to_owned() };
        assert_eq!(line(&changed), "  Deployment a/b removed");
        let waits = |passes| Event::Waits { what: "v2 has no ready\nendpoint".to_owned(), passes };
        assert_eq!(line(&waits(true)), "  waiting: v2 has no ready\\nendpoint");
        assert_eq!(line(&waits(false)), "  v2 has no ready\\nendpoint");
    }
}
