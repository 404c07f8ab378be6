//! Suggestions for unknown commands and options. A command that moves users or removes something is never suggested,
//! because a suggestion is typed without much thought.

use clap::Error;
use clap::error::{ContextKind, ContextValue};

/// Commands that move users or remove something, with their aliases.
const UNSUGGESTED: [&str; 13] = [
    "abort", "approve", "delete", "promote", "reject", "resume", "retire", "retry", "rollback",
    "start", "step", "undo", "apply",
];
/// Options that do so.
const UNSUGGESTED_OPTIONS: [&str; 1] = ["--force"];

/// Removes them from the suggestions of an error.
pub(super) fn restrain(error: &mut Error) {
    retain(error, ContextKind::SuggestedSubcommand, &UNSUGGESTED);
    retain(error, ContextKind::SuggestedArg, &UNSUGGESTED_OPTIONS);
}

fn retain(error: &mut Error, kind: ContextKind, unsuggested: &[&str]) {
    let is_fine = |name: &String| !unsuggested.contains(&name.as_str());
    let names = match error.remove(kind) {
        Some(ContextValue::Strings(names)) => names,
        Some(ContextValue::String(name)) if is_fine(&name) => {
            error.insert(kind, ContextValue::String(name));
            return;
        }
        Some(_) => {
            // The usage is made of the suggestion.
            error.remove(ContextKind::Usage);
            return;
        }
        None => return,
    };
    let names: Vec<String> = names.into_iter().filter(is_fine).collect();
    if !names.is_empty() {
        error.insert(kind, ContextValue::Strings(names));
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::*;
    use crate::cli::Cli;

    fn said(arguments: &[&str]) -> String {
        let arguments = ["serin"].iter().chain(arguments);
        let mut error = Cli::try_parse_from(arguments).unwrap_err();
        restrain(&mut error);
        error.render().to_string()
    }

    #[test]
    fn what_moves_users_or_removes_something_is_not_suggested() {
        for name in UNSUGGESTED {
            // A letter less, a letter more, two letters in each other's place.
            let swapped: String = [&name[..1], &name[2..3], &name[1..2], &name[3..]].concat();
            for typed in [&name[1..], &format!("{name}e"), &swapped] {
                let said = said(&[typed]);
                for name in UNSUGGESTED {
                    assert!(!said.contains(&format!("'{name}'")), "{typed}: {said}");
                }
            }
        }
        assert!(said(&["staus"]).contains("'status'"));
        assert!(said(&["rollot"]).contains("'rollout'"));
        let forced = said(&["delete", "reviews", "--forc"]);
        assert!(forced.contains("--forc") && !forced.contains("--force"), "{forced}");
    }

    #[test]
    fn they_are_all_commands() {
        let command = Cli::command();
        for name in UNSUGGESTED {
            let names = |command: &clap::Command| {
                command.get_all_aliases().chain([command.get_name()]).any(|known| known == name)
            };
            assert!(command.get_subcommands().any(names), "{name}");
        }
    }
}
