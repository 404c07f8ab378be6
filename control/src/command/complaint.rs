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

/// The value of an option that must be there, or none and a complaint more.
pub(super) fn required<'a>(
    option: &str,
    value: &str,
    given: Option<&'a String>,
    complaints: &mut Vec<Complaint>,
) -> Option<&'a String> {
    let given = given.filter(|given| !given.is_empty());
    if given.is_none() {
        complaints.push(Complaint::new(format!("`{option} {value}` is missing")));
    }
    given
}

/// The value, or none and a complaint more.
pub(super) fn noted<T>(read: Result<T, Complaint>, complaints: &mut Vec<Complaint>) -> Option<T> {
    read.map_err(|complaint| complaints.push(complaint)).ok()
}
