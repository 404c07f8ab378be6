//! Why there is no answer.

use std::fmt;

/// Why there is no answer: what happened, in words, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Of which kind it is.
    pub kind: Kind,
    /// What was asked, and what was found.
    pub text: String,
    /// What to do about it.
    pub help: Option<String>,
}

/// What tells errors apart that are treated differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// No answer, or the server fails: later there may be one.
    Away,
    /// The server wants to know who asks, or does not let them.
    Denied,
    /// The server does not take the question.
    Refused,
    /// It answers something else than the API: another server.
    Wrong,
    /// The answer is larger than what is read.
    TooLarge,
    /// The question cannot be asked: subsets that no label tells apart, a file that cannot be read.
    Unaskable,
}

impl Error {
    /// An error.
    #[must_use]
    pub fn new(kind: Kind, text: impl Into<String>) -> Self {
        Self { kind, text: text.into(), help: None }
    }

    /// What to do about it.
    #[must_use]
    pub fn with_help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Error {}
