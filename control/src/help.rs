//! What stands below the options of a command: examples, what is to be known, and its exit codes.
//!
//! A help text is filled to the width of the terminal. A line that begins with two blanks is a command or part of a
//! table, which no one could paste or read when it is broken: its blanks are ones that no line is broken at.

use crate::exit::{self, Exit};

/// A blank that stays where it is.
const FIXED: &str = "\u{a0}";

/// The text, and the exit codes that the command can end with.
#[must_use]
pub fn after(text: &str, codes: &[Exit]) -> String {
    join(text, &exit::help(codes))
}

fn join(text: &str, codes: &str) -> String {
    let text = if text.is_empty() { codes.to_owned() } else { format!("{text}\n\n{codes}") };
    let lines = text.lines().map(|line| {
        if line.starts_with("  ") { line.replace(' ', FIXED) } else { line.to_owned() }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The text, and the exit codes of a command that drives a rollout.
#[must_use]
pub fn of_verb(text: &str) -> String {
    join(text, &exit::help_of_verb())
}

/// The text, and the exit codes of a command that waits until a rollout is over.
#[must_use]
pub fn of_status(text: &str) -> String {
    join(text, &exit::help_of_status())
}

/// A help text after it was filled.
#[must_use]
pub fn printed(filled: &str) -> String {
    filled.replace(FIXED, " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_in_one_piece_and_prose_is_not() {
        let after = after("Examples:\n  serin check a.yaml\n\nA folder too.", &exit::PRINTS);
        let command = after.lines().find(|line| line.contains("check")).unwrap();
        assert!(!command.contains(' ') && printed(command) == "  serin check a.yaml", "{after:?}");
        assert!(after.contains("A folder too.\n\nExit codes:\n"), "{after:?}");
    }
}
