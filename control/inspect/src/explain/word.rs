//! A word of a command line, and where it stands.

use std::ops::Range;

use document::load::Fault;

use super::request::shown;

/// A word of a command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word {
    /// What it says.
    pub bytes: Vec<u8>,
    /// Where it stands in what was pasted.
    pub span: Range<usize>,
}

impl Word {
    /// Another text at the same place.
    #[must_use]
    pub fn holding(&self, bytes: &[u8]) -> Self {
        Self { bytes: bytes.to_vec(), span: self.span.clone() }
    }

    /// The word in a message.
    #[must_use]
    pub fn shown(&self) -> String {
        shown(&self.bytes)
    }

    /// Something that is wrong with it.
    #[must_use]
    pub fn fault(&self, message: impl Into<String>, help: impl Into<String>) -> Fault {
        Fault { span: self.span.clone(), message: message.into(), help: Some(help.into()) }
    }
}
