//! What went wrong, what to do about it, and what caused it: the one shape in which errors reach a user.
//!
//! Errors that carry more than words keep a type of their own and convert into this one where they are printed.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use crate::load::{Fault, Unreadable, reason};

/// Something to be said, most often an error.
#[derive(Clone, Debug)]
pub struct Message {
    /// What is so: what was found, what was expected.
    pub text: String,
    /// What to do about it.
    pub help: Option<String>,
    cause: Option<Arc<dyn Error + Send + Sync>>,
}

impl Message {
    /// A message without help or cause.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), help: None, cause: None }
    }

    /// The same, with what to do about it.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// The same, with what to do about it, where that is known.
    #[must_use]
    pub fn maybe_help(self, help: Option<impl Into<String>>) -> Self {
        Self { help: help.map(Into::into), ..self }
    }

    /// The same, with the error that is behind it.
    #[must_use]
    pub fn because(self, cause: impl Error + Send + Sync + 'static) -> Self {
        Self { cause: Some(Arc::new(cause)), ..self }
    }

    /// The text with all its causes: `cannot read it: no such file`.
    #[must_use]
    pub fn chain(&self) -> String {
        reason::chain(self)
    }

    /// All of it in one line: `cannot read it: no such file: name another`.
    #[must_use]
    pub fn line(&self) -> String {
        match &self.help {
            Some(help) => format!("{}: {help}", self.chain()),
            None => self.chain(),
        }
    }
}

impl From<Fault> for Message {
    fn from(fault: Fault) -> Self {
        Self::new(fault.message).maybe_help(fault.help)
    }
}

impl From<Unreadable> for Message {
    fn from(unreadable: Unreadable) -> Self {
        let help = unreadable.help.clone();
        Self::new(unreadable.to_string()).maybe_help(help)
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Error for Message {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as &(dyn Error + 'static))
    }
}

/// Two messages are equal where they say the same.
impl PartialEq for Message {
    fn eq(&self, other: &Self) -> bool {
        self.help == other.help && self.chain() == other.chain()
    }
}

impl Eq for Message {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_are_told_behind_the_text_and_found_as_sources() {
        let inner = Message::new("the disk is full");
        let middle = Message::new("cannot write `a`").because(inner);
        let outer = Message::new("nothing was saved").help("make room").because(middle);
        assert_eq!(outer.to_string(), "nothing was saved");
        assert_eq!(outer.chain(), "nothing was saved: cannot write `a`: the disk is full");
        assert_eq!(outer.line(), format!("{}: make room", outer.chain()));
        let source = outer.source().unwrap();
        assert_eq!(source.to_string(), "cannot write `a`");
        assert_eq!(source.source().unwrap().to_string(), "the disk is full");
        assert!(source.downcast_ref::<Message>().is_some());
    }
}
