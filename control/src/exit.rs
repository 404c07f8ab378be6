//! How `serin` ends: the exit codes, the same for every command and part of its interface.

use std::process::ExitCode;

/// An exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Exit(u8);

impl Exit {
    /// Success.
    pub const OK: Self = Self(0);
    /// Problems were found.
    pub const PROBLEMS: Self = Self(1);
    /// The command line is invalid.
    pub const USAGE: Self = Self(2);
    /// Something could not be read, written or done.
    pub const FAILURE: Self = Self(3);

    /// Users move, says `serin diff`.
    pub const MOVES: Self = Self(4);
    /// The candidate is worse, says `serin analyze`.
    pub const WORSE: Self = Self(4);
    /// Neither worse nor healthy is shown, says `serin analyze`.
    pub const INCONCLUSIVE: Self = Self(5);

    /// Ended by a signal, as shells count it.
    #[must_use]
    pub fn of_signal(number: i32) -> Self {
        u8::try_from(number).map_or(Self::FAILURE, |number| Self(number.saturating_add(128)))
    }

    /// Its meaning.
    fn meaning(self) -> &'static str {
        match self {
            Self::OK => "success",
            Self::PROBLEMS => "problems were found",
            Self::USAGE => "invalid command line",
            Self::MOVES => "users move (diff), the candidate is worse (analyze)",
            Self::INCONCLUSIVE => "inconclusive (analyze)",
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

/// The codes of a command that checks or changes something.
pub const CHECKS: [Exit; 4] = [Exit::OK, Exit::PROBLEMS, Exit::USAGE, Exit::FAILURE];
/// The codes of a command that only prints or writes.
pub const PRINTS: [Exit; 3] = [Exit::OK, Exit::USAGE, Exit::FAILURE];
/// All codes.
pub const ALL: [Exit; 6] =
    [Exit::OK, Exit::PROBLEMS, Exit::USAGE, Exit::FAILURE, Exit::MOVES, Exit::INCONCLUSIVE];

/// The exit codes that a command can end with, as its help says them.
#[must_use]
pub fn help(codes: &[Exit]) -> String {
    listed(codes.iter().map(|exit| (*exit, exit.meaning())))
}

/// The exit codes of `serin diff`.
#[must_use]
pub fn help_of_diff() -> String {
    let moves = (Exit::MOVES, "users move (diff)");
    listed(CHECKS.into_iter().map(|exit| (exit, exit.meaning())).chain([moves]))
}

/// The exit codes of `serin analyze`.
#[must_use]
pub fn help_of_analyze() -> String {
    listed(ALL.into_iter().map(|exit| {
        let meaning = match exit {
            Exit::OK => "the candidate is healthy",
            Exit::PROBLEMS => "the Release has problems",
            Exit::WORSE => "the candidate is worse",
            Exit::INCONCLUSIVE => "inconclusive: neither is shown",
            Exit::FAILURE => "Prometheus, the cluster or a file could not be read",
            exit => exit.meaning(),
        };
        (exit, meaning)
    }))
}

/// The exit codes of a command that drives a rollout.
#[must_use]
pub fn help_of_verb() -> String {
    of_cluster(
        "done, or waiting for a decision or a window",
        "refused, rolled back automatically, or not done in time",
    )
}

/// The exit codes of a command that waits until a rollout is over.
#[must_use]
pub fn help_of_status() -> String {
    of_cluster(
        "the rollout is over, or none is in progress",
        "rolled back, unable to continue, or not over in time",
    )
}

/// The exit codes of a command that asks a cluster.
fn of_cluster(ok: &'static str, problems: &'static str) -> String {
    listed(CHECKS.into_iter().map(|exit| {
        let meaning = match exit {
            Exit::OK => ok,
            Exit::PROBLEMS => problems,
            Exit::FAILURE => "the cluster could not be reached, or a file could not be read",
            exit => exit.meaning(),
        };
        (exit, meaning)
    }))
}

fn listed<'a>(codes: impl Iterator<Item = (Exit, &'a str)>) -> String {
    let lines = codes.map(|(exit, meaning)| format!("  {}  {meaning}", exit.code()));
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
