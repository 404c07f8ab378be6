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

/// The exit codes as every help text ends with them.
pub const HELP: &str = "\
Exit codes:
  0  everything is as it should be
  1  problems were found
  2  the command line was not understood
  3  something could not be read, written or done
  4  users move (diff)";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_names_every_code() {
        for exit in [Exit::OK, Exit::PROBLEMS, Exit::USAGE, Exit::FAILURE, Exit::MOVES] {
            assert!(HELP.contains(&format!("\n  {}  ", exit.code())), "{exit:?}");
        }
    }
}
