//! Something wrong with the options of a command: gathered, and said together.

use crate::report::{Console, text};

/// Something wrong with the options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Complaint {
    /// What was found, what was expected.
    pub(super) message: String,
    /// What to do about it.
    pub(super) help: Option<String>,
}

impl Complaint {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None }
    }

    pub(super) fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    pub(super) fn say(&self, console: &mut Console) {
        console.note(&text::failure(&self.message, self.help.as_deref()));
    }
}
