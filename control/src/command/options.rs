//! Options of commands: those that most have, and reading them. What is wrong with them is gathered, and said together.

use document::report::{Format, Message};

/// `-o` of a command that prints for people, or one document for programs.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct FormatArgs {
    /// Output format: text, json or yaml
    #[arg(
        long,
        short = 'o',
        visible_alias = "output",
        value_enum,
        default_value_t,
        hide_possible_values = true
    )]
    pub format: Format,
}

/// The value of an option that must be there, or none and a complaint more.
pub(super) fn required<'a>(
    option: &str,
    value: &str,
    given: Option<&'a String>,
    complaints: &mut Vec<Message>,
) -> Option<&'a String> {
    let given = given.filter(|given| !given.is_empty());
    if given.is_none() {
        complaints.push(Message::new(format!("`{option} {value}` is missing")));
    }
    given
}

/// The value, or none and a complaint more.
pub(super) fn noted<T>(read: Result<T, Message>, complaints: &mut Vec<Message>) -> Option<T> {
    read.map_err(|complaint| complaints.push(complaint)).ok()
}
