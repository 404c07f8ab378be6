//! Problems as they are found, of which only as many are kept as are of use: a file may have a hundred thousand.

use std::collections::BTreeSet;

use policy::Problem;

use super::{Diagnostic, Severity};
use crate::load::{Document, Source};

/// The errors of a file that are shown; as many warnings, and as many notes.
pub const MAX_SHOWN: usize = 100;

/// The problems of a file.
#[derive(Debug, Default)]
pub struct Collection {
    shown: Vec<Diagnostic>,
    errors: Count,
    warnings: Count,
    notes: Count,
}

/// How many problems of a kind there are.
#[derive(Debug, Default)]
struct Count {
    shown: usize,
    more: usize,
}

impl Collection {
    /// Problems of documents of a file, each with the position of its document.
    #[must_use]
    pub fn of(source: &Source, documents: &[Document], problems: &[(usize, Problem)]) -> Self {
        let mut collection = Self::default();
        for (document, problem) in problems {
            if let Some(document) = documents.get(*document) {
                collection.add(problem.severity, || Diagnostic::new(source, document, problem));
            }
        }
        collection
    }

    /// Adds a problem, which is made only where it is shown.
    pub fn add(&mut self, severity: impl Into<Severity>, make: impl FnOnce() -> Diagnostic) {
        let count = match severity.into() {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
            Severity::Note => &mut self.notes,
        };
        if count.shown < MAX_SHOWN {
            count.shown += 1;
            self.shown.push(make());
        } else {
            count.more += 1;
        }
    }

    /// Whether it has any problem.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }

    /// Whether it has errors.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.errors.shown > 0
    }

    /// The problems in the order of their places, each once (an alias repeats those of what it repeats), and behind them
    /// how many more there are in `file`.
    #[must_use]
    pub fn finish(mut self, file: &str) -> Vec<Diagnostic> {
        self.shown.sort_by_key(|diagnostic| diagnostic.span.start);
        let mut seen = BTreeSet::new();
        self.shown.retain(|d| seen.insert((d.span.start, d.span.end, d.code, d.message.clone())));
        self.in_order(file)
    }

    /// The problems in the order in which they were added, and behind them how many more there are in `file`.
    #[must_use]
    pub fn in_order(self, file: &str) -> Vec<Diagnostic> {
        let Self { mut shown, errors, warnings, notes } = self;
        let more = [
            (Severity::Error, errors.more),
            (Severity::Warning, warnings.more),
            (Severity::Note, notes.more),
        ];
        let more = more.into_iter().filter(|(_, count)| *count > 0);
        shown.extend(more.map(|(severity, count)| Diagnostic::more(file, severity, count)));
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_and_warnings_are_capped_apart_and_the_rest_is_counted() {
        let mut collection = Collection::default();
        let make = |severity, number: usize| {
            let message = number.to_string();
            Diagnostic { severity, ..Diagnostic::error("a.yaml", "type", &message) }
        };
        for number in 0..MAX_SHOWN + 5 {
            collection.add(Severity::Warning, || make(Severity::Warning, number));
        }
        collection.add(Severity::Error, || make(Severity::Error, 999));
        let shown = collection.finish("a.yaml");
        assert_eq!(shown.len(), MAX_SHOWN + 2);
        let last = shown.last().unwrap();
        assert_eq!((last.code, last.severity, last.count), ("more", Severity::Warning, Some(5)));
        assert_eq!(last.message, "5 more warnings are not shown");
    }

    #[test]
    fn notes_are_capped_in_their_order() {
        let mut notes = Collection::default();
        assert!(notes.is_empty());
        for number in (0..=MAX_SHOWN).rev() {
            let note = Diagnostic::error("a.yaml", "note", "so");
            notes.add(Severity::Note, || Diagnostic {
                severity: Severity::Note,
                span: number..number,
                ..note
            });
        }
        assert!(!notes.is_empty() && !notes.has_errors());
        let shown = notes.in_order("a.yaml");
        assert_eq!(shown[0].span.start, MAX_SHOWN);
        let last = shown.last().unwrap();
        assert_eq!(
            (last.severity, last.message.as_str()),
            (Severity::Note, "1 more note is not shown")
        );
    }

    #[test]
    fn what_is_said_twice_of_one_place_is_shown_once() {
        let mut collection = Collection::default();
        for _ in 0..2 {
            collection.add(Severity::Error, || Diagnostic::error("a.yaml", "type", "no"));
        }
        assert_eq!(collection.finish("a.yaml").len(), 1);
    }
}
