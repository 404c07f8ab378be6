//! The problems of a document.

use std::fmt;

use super::unread::Unread;
use super::{Problem, Severity};
use crate::path::Path;

/// Every problem of a document, found in one pass.
///
/// A value that could not be read is a problem once: whatever a later phase would say about the same place,
/// or about what holds it, is a consequence and is dropped.
#[derive(Clone, Debug, Default)]
pub struct Problems {
    found: Vec<Problem>,
    unread: Unread,
}

impl Problems {
    /// Adds a problem of a value that could not be read.
    #[inline(never)]
    pub fn unread(&mut self, problem: Problem) {
        self.unread.add(&problem.place.path);
        self.found.push(problem);
    }

    /// Notes a value that could not be read because of a problem elsewhere.
    pub fn known(&mut self, path: &Path) {
        self.unread.add(path);
    }

    /// Whether a problem of this place follows from a value that could not be read.
    #[must_use]
    pub fn follows(&self, path: &Path) -> bool {
        self.unread.overlaps(path)
    }

    /// Adds a problem, unless it follows from a value that could not be read.
    #[inline(never)]
    pub fn add(&mut self, problem: Problem) {
        if !self.unread.overlaps(&problem.place.path) {
            self.found.push(problem);
        }
    }

    /// Whether nothing that forbids the document was found.
    #[must_use]
    pub fn allow(&self) -> bool {
        self.found.iter().all(|problem| problem.severity != Severity::Error)
    }

    /// Whether there are more than anybody reads: no work is worth its while that only makes another one better.
    pub(crate) fn are_many(&self) -> bool {
        const MANY: usize = 1000;
        self.found.len() >= MANY
    }

    /// Whether nothing at all was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The problem that was found as the `number`-th, counted from 0.
    #[must_use]
    pub fn get(&self, number: usize) -> Option<&Problem> {
        self.found.get(number)
    }

    /// The problems, in the order in which they were found.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.found.iter()
    }
}

impl Extend<Problem> for Problems {
    fn extend<T: IntoIterator<Item = Problem>>(&mut self, problems: T) {
        for problem in problems {
            self.add(problem);
        }
    }
}

impl IntoIterator for Problems {
    type Item = Problem;
    type IntoIter = std::vec::IntoIter<Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.found.into_iter()
    }
}

impl<'a> IntoIterator for &'a Problems {
    type Item = &'a Problem;
    type IntoIter = std::slice::Iter<'a, Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.found.iter()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, problem) in self.found.iter().enumerate() {
            if position > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
