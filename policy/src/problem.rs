//! What is wrong with a document, and where: collected, never thrown one at a time.

mod code;
mod problems;
mod unread;

use std::fmt;
use std::ops::Range;

use crate::path::Path;

pub use code::{Code, Severity};
pub use problems::Problems;

/// Which part of what stands at a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// The value.
    Value,
    /// The key, the n-th of that name (counted from 0; more than one stand there only by mistake).
    Key(usize),
    /// Bytes of a text value.
    Within(Range<usize>),
}

/// Where a problem is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The key or item.
    pub path: Path,
    /// What of it.
    pub part: Part,
}

/// One thing that is wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// What kind of thing it is.
    pub code: Code,
    /// Where it is.
    pub place: Place,
    /// What was expected and what was found; where there is an `other` place, its first words.
    pub message: String,
    /// Another place that it is about: the message ends with it.
    pub other: Option<Path>,
    /// What to do about it.
    pub help: Option<String>,
}

impl Problem {
    /// An error at the value of `path`.
    #[must_use]
    pub fn error(code: Code, path: &Path, message: impl Into<String>) -> Self {
        Self::new(code, path, message.into())
    }

    // Problems are made in a hundred places: in line they would be a tenth of the filter's module.
    #[inline(never)]
    fn new(code: Code, path: &Path, message: String) -> Self {
        let place = Place { path: path.clone(), part: Part::Value };
        Self { severity: Severity::Error, code, place, message, other: None, help: None }
    }

    /// A warning at the value of `path`.
    #[must_use]
    pub fn warning(code: Code, path: &Path, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, path, message) }
    }

    /// The same, about another part of what stands there.
    #[must_use]
    pub fn about(mut self, part: Part) -> Self {
        self.place.part = part;
        self
    }

    /// The same, about another place too: the message ends with it.
    #[must_use]
    pub fn and(mut self, other: &Path) -> Self {
        self.other = Some(other.clone());
        self
    }

    /// The whole message.
    #[must_use]
    pub fn text(&self) -> String {
        match &self.other {
            Some(other) => format!("{} `{other}`", self.message),
            None => self.message.clone(),
        }
    }

    /// The same, with what to do about it.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Self {
        self.with_help(help.into())
    }

    #[inline(never)]
    fn with_help(mut self, help: String) -> Self {
        self.help = Some(help);
        self
    }
}

/// One line, for a log: `error[code] at path: message; help: …`.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { severity, code, place, message, other, help } = self;
        write!(f, "{}[{code}] at `{}`: {message}", severity.as_str(), place.path)?;
        if let Some(other) = other {
            write!(f, " `{other}`")?;
        }
        match help {
            Some(help) => write!(f, "; help: {help}"),
            None => Ok(()),
        }
    }
}
