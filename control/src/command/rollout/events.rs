//! What happens during a rollout, as it is printed: a line each, or a JSON object each.

use crate::drive::Event;
use crate::report::{Console, Format, text};

/// Prints events; what is waited for once only.
#[derive(Debug)]
pub(super) struct Printer {
    format: Format,
    last: Option<Event>,
}

impl Printer {
    pub(super) fn new(format: Format) -> Self {
        Self { format, last: None }
    }

    pub(super) fn print(&mut self, event: Event, console: &mut Console) {
        // The same is waited for again and again.
        if self.last.as_ref() == Some(&event) {
            return;
        }
        let line = match self.format {
            Format::Text => line(&event),
            Format::Json => serde_json::to_string(&event).unwrap_or_default(),
        };
        // A reader that went away does not end a rollout.
        let _ = console.print(&format!("{line}\n"));
        self.last = Some(event);
    }
}

fn line(event: &Event) -> String {
    match event {
        Event::State { phase, step, what } => match step {
            Some(step) => format!("{phase} {step}: {}", text::printable(what)),
            None => format!("{phase}: {}", text::printable(what)),
        },
        Event::Changed { object, what } => format!("  {} {what}", text::printable(object)),
        Event::Waits { what } => format!("  waits: {}", text::printable(what)),
        Event::Note { text } => format!("  note: {}", text::printable(text)),
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
        let waits = Event::Waits { what: "v2 has no ready\nendpoint".to_owned() };
        assert_eq!(line(&waits), "  waits: v2 has no ready\\nendpoint");
    }
}
