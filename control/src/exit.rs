//! How `serin` ends: the exit codes, the same for every command and part of its interface.

use std::process::ExitCode;

/// An exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Exit(u8);

impl Exit {
    /// Everything is as it should be.
    pub const OK: Self = Self(0);
    /// What was looked at has problems.
    pub const PROBLEMS: Self = Self(1);
    /// The command line was not understood.
    pub const USAGE: Self = Self(2);
    /// Something could not be read, written or done.
    pub const FAILURE: Self = Self(3);

    /// Users move, says `serin diff`.
    pub const MOVES: Self = Self(4);

    /// What it means.
    fn meaning(self) -> &'static str {
        match self {
            Self::OK => "everything is as it should be",
            Self::PROBLEMS => "problems were found",
            Self::USAGE => "the command line was not understood",
            Self::MOVES => "users move (diff)",
            _ => "something could not be read, written or done",
        }
    }

    /// The code as a number.
    #[must_use]
    pub const fn code(self) -> u8 {
        self.0
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.0)
    }
}

/// Those of a command that looks at something, or does it.
pub const CHECKS: [Exit; 4] = [Exit::OK, Exit::PROBLEMS, Exit::USAGE, Exit::FAILURE];
/// Those of a command that prints or writes what nothing can be wrong with.
pub const PRINTS: [Exit; 3] = [Exit::OK, Exit::USAGE, Exit::FAILURE];
/// All.
pub const ALL: [Exit; 5] = [Exit::OK, Exit::PROBLEMS, Exit::USAGE, Exit::FAILURE, Exit::MOVES];

/// The exit codes that a command can end with, as its help says them.
#[must_use]
pub fn help(codes: &[Exit]) -> String {
    let lines = codes.iter().map(|exit| format!("  {}  {}", exit.code(), exit.meaning()));
    let lines: Vec<String> = std::iter::once("Exit codes:".to_owned()).chain(lines).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_names_the_codes_of_a_command() {
        let help = help(&PRINTS);
        for exit in ALL {
            let is_said = help.contains(&format!("\n  {}  ", exit.code()));
            assert_eq!(is_said, PRINTS.contains(&exit), "{exit:?}");
        }
    }
}
