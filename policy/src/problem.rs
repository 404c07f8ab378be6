//! What is wrong with a document, and where: collected, never thrown one at a time.

mod unread;

use std::fmt;
use std::ops::Range;

use crate::path::Path;
use unread::Unread;

/// How bad a [`Problem`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The document is refused.
    Error,
    /// The document works, but probably not as its author thinks.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $(#[cfg($cfg:meta)])? $name:ident = $text:literal,)*) => {
        /// The kind of a [`Problem`]: stable names for programs that read `--format json`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($(#[doc = $doc])* $(#[cfg($cfg)])? $name,)* }

        impl Code {
            /// Every code, for documentation.
            pub const ALL: &[Self] = &[$($(#[cfg($cfg)])? Self::$name,)*];

            /// The code as it is printed.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $($(#[cfg($cfg)])? Self::$name => $text,)* }
            }
        }
    };
}

codes! {
    /// The text is not YAML or JSON at all.
    Syntax = "syntax",
    /// Not a Release of a version that this program knows.
    Kind = "kind",
    /// A value of another type than the field takes.
    Type = "type",
    /// A field that the language does not have.
    UnknownField = "unknown-field",
    /// A field of the language that this version cannot do yet.
    NotYet = "not-yet",
    /// What is right where it stands, but a Release has nothing for it.
    Unsupported = "unsupported",
    /// A key that stands twice in one map.
    DuplicateKey = "duplicate-key",
    /// A field that must be there is not.
    MissingField = "missing-field",
    /// A list, map or text that must hold something is empty.
    Empty = "empty",
    /// A name that its kind of thing cannot have.
    InvalidName = "invalid-name",
    /// A number that is out of its range.
    OutOfRange = "out-of-range",
    /// Not exactly one of a choice of fields.
    OneOf = "one-of",
    /// A regular expression that cannot be read, or that RE2 reads differently.
    InvalidRegex = "invalid-regex",
    /// A regular expression that grows beyond the limits when it is determinized.
    RegexTooLarge = "regex-too-large",
    /// Shares that are no percentages, or do not sum up.
    InvalidSplit = "invalid-split",
    /// A subset that is not declared.
    UnknownSubset = "unknown-subset",
    /// Two things that must differ have the same name or key.
    DuplicateName = "duplicate-name",
    /// A rollout that cannot go as it is written.
    #[cfg(feature = "rollout")]
    InvalidRollout = "invalid-rollout",
    /// A condition that no request can meet, or none that browsers send.
    NeverMatches = "never-matches",
    /// A rule that no request can reach.
    Unreachable = "unreachable",
    /// An identity that changes while the user stays the same.
    UnstableIdentity = "unstable-identity",
    /// A pattern that misses what its author surely means.
    RegexTrap = "regex-trap",
    /// What would change nothing in the mesh, by the objects beside it.
    NoEffect = "no-effect",
    /// A crafted request would cost too much.
    WorstRequest = "worst-request",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

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
