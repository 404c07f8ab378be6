//! Problems as they leave the program: for people ([`text`]), for programs ([`data`]), both through one
//! [`Console`].
//!
//! A [`Diagnostic`] is a problem with its place in a file.

pub mod collection;
pub mod console;
pub mod data;
mod length;
mod message;
mod percent;
pub mod style;
pub mod table;
pub mod text;

use std::ops::Range;

use policy::{Code, Part, Path, Place, Problem};
use serde::Serialize;

use crate::load::{Document, Fault, Source, Unreadable};

pub use collection::Collection;
pub use console::{Color, Console};
pub use data::{Data, Format};
pub use length::Length;
pub use message::Message;
pub use percent::{Percent, Portion};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// The document is refused.
    Error,
    /// The document works, but probably not as its author thinks.
    Warning,
    /// Nothing is wrong: it is to be known.
    Note,
}

impl From<policy::Severity> for Severity {
    fn from(severity: policy::Severity) -> Self {
        match severity {
            policy::Severity::Error => Self::Error,
            policy::Severity::Warning => Self::Warning,
        }
    }
}

/// A problem and where it is; lines and columns count from 1, columns count characters, the end is behind
/// the last character.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Diagnostic {
    /// `error`, `warning` or `note`.
    pub severity: Severity,
    /// The kind of problem: a [`Code`], `unreadable` or `note`.
    pub code: &'static str,
    /// What was expected and what was found.
    pub message: String,
    /// The file, as given.
    pub file: String,
    /// The line; none where the file could not be read.
    pub line: Option<usize>,
    /// The column.
    pub column: Option<usize>,
    /// The line of the end.
    pub end_line: Option<usize>,
    /// The column of the end.
    pub end_column: Option<usize>,
    /// The place in the document, as `spec.rules[0].name`; none where it is no document.
    pub path: Option<String>,
    /// What to do about it.
    pub help: Option<String>,
    /// How many problems it stands for, where it says that there are more than are shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<usize>,
    /// The bytes of the file.
    #[serde(skip)]
    pub span: Range<usize>,
}

/// How many errors and warnings these are, with those that are not shown.
#[must_use]
pub fn count<'d>(diagnostics: impl IntoIterator<Item = &'d Diagnostic>) -> (usize, usize) {
    let (mut errors, mut warnings) = (0, 0);
    for Diagnostic { severity, count, .. } in diagnostics {
        match severity {
            Severity::Error => errors += count.unwrap_or(1),
            Severity::Warning => warnings += count.unwrap_or(1),
            Severity::Note => {}
        }
    }
    (errors, warnings)
}

impl Diagnostic {
    /// A problem of a document.
    #[must_use]
    pub fn new(source: &Source, document: &Document, problem: &Problem) -> Self {
        let span = document.locate(source, &problem.place);
        let diagnostic = Self {
            severity: problem.severity.into(),
            path: Some(problem.place.path.to_string()),
            help: problem.help.clone(),
            ..Self::error(source.name(), problem.code.as_str(), &problem.text())
        };
        diagnostic.at(source, span)
    }

    /// What is to be known about a part of a document.
    #[must_use]
    pub fn note(source: &Source, document: &Document, path: &Path, message: &str) -> Self {
        let span = document.locate(source, &Place { path: path.clone(), part: Part::Value });
        let note = Self {
            severity: Severity::Note,
            path: Some(path.to_string()),
            ..Self::error(source.name(), "note", message)
        };
        note.at(source, span)
    }

    /// What ended the reading of a file.
    #[must_use]
    pub fn fault(source: &Source, fault: &Fault) -> Self {
        let code = Code::Syntax.as_str();
        Self { help: fault.help.clone(), ..Self::error(source.name(), code, &fault.message) }
            .at(source, fault.span.clone())
    }

    /// A file that could not be read.
    #[must_use]
    pub fn unreadable(unreadable: &Unreadable) -> Self {
        let message = unreadable.to_string();
        Self {
            help: unreadable.help.clone(),
            ..Self::error(&unreadable.name, "unreadable", &message)
        }
    }

    /// What is wrong with files together.
    #[must_use]
    pub fn whole(file: &str, code: Code, message: &str) -> Self {
        Self::error(file, code.as_str(), message)
    }

    /// That there are `count` more problems.
    fn more(file: &str, severity: Severity, count: usize) -> Self {
        let what = match severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        let number = if count == 1 { format!(" {what} is") } else { format!(" {what}s are") };
        let message = format!("{count} more{number} not shown");
        Self { severity, count: Some(count), ..Self::error(file, "more", &message) }
    }

    fn error(file: &str, code: &'static str, message: &str) -> Self {
        Self {
            severity: Severity::Error,
            code,
            message: message.to_owned(),
            file: file.to_owned(),
            line: None,
            column: None,
            end_line: None,
            end_column: None,
            path: None,
            help: None,
            count: None,
            span: 0..0,
        }
    }

    /// The same, at these bytes.
    #[must_use]
    pub fn at(self, source: &Source, span: Range<usize>) -> Self {
        let start = source.position(span.start);
        let end = source.position(span.end);
        Self {
            line: Some(start.line),
            column: Some(start.column),
            end_line: Some(end.line),
            end_column: Some(end.column),
            span,
            ..self
        }
    }
}
