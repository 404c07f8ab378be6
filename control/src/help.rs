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
    join(&with(text, EVENTS_ELSEWHERE), &exit::help_of_verb())
}

/// The same of the command whose help lists the events.
#[must_use]
pub fn of_run(text: &str) -> String {
    join(&with(text, EVENTS), &exit::help_of_verb())
}

/// The text, and the exit codes, of a command that prints events.
#[must_use]
pub fn of_events(text: &str, codes: &[Exit]) -> String {
    after(&with(text, EVENTS_ELSEWHERE), codes)
}

/// The text, and the exit codes of the commands of a rollout, without an output of its own.
#[must_use]
pub fn of_group(text: &str) -> String {
    join(text, &exit::help_of_verb())
}

fn with(text: &str, more: &str) -> String {
    if text.is_empty() { more.to_owned() } else { format!("{text}\n\n{more}") }
}

/// What is printed for programs while something is done.
pub const EVENTS: &str = "\
With -o json each event is one object a line, with -o yaml one document:
  event    state, traffic, changed, waits, note or end; the other fields are
           those of this event
  state    phase, step (such as 2/7; null: none), what
  traffic  split, in words; shares, in percent by subset, as far as no rule
           decides; mirrored, where requests are copied: in percent by subset
  changed  object, an object in words, and its kind, namespace and name;
           what, in words; dryRun: it would have been changed;
           change: applied, changed, removed, created (of another Deployment,
           with an image), scaled (from, to), updated (of another Deployment)
  waits    what, in words; passes: it ends by itself; reason, as in the
           conditions of the status; subset; secondsLeft
  note     text; note: already, approved, definition, dropped, unknown,
           blocked, mesh, led (by a controller), rollingBack, judged (an
           analysis is over), trial, deleted
  end      end: done, awaitingApproval, notCarriedOut (by the controller), or
           an object with rolledBack, change or timedOut, in words
Errors go to standard error.";

const EVENTS_ELSEWHERE: &str = "\
With -o json each event is one object a line: `serin rollout run --help` lists the fields. With -o name the name is \
printed when it is done.";

/// The text, and the exit codes of a command that waits until a rollout is over.
#[must_use]
pub fn of_status(text: &str) -> String {
    join(text, &exit::help_of_status())
}

/// The text, and the exit codes of `serin diff`.
#[must_use]
pub fn of_diff(text: &str) -> String {
    join(text, &exit::help_of_diff())
}

/// The text, and the exit codes of `serin analyze`.
#[must_use]
pub fn of_analyze(text: &str) -> String {
    join(text, &exit::help_of_analyze())
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
