//! Why a pattern has no automaton.

use std::fmt;

/// A pattern grows beyond the limits when it is compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TooLarge {
    /// What grows.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

impl TooLarge {
    #[cfg(feature = "regex")]
    pub(super) fn long() -> Self {
        Self {
            message: "the pattern is too large: its repetitions, written out, exceed 64 KiB"
                .to_owned(),
            help: "lower the counts of its repetitions, or split it into several blocks".to_owned(),
        }
    }

    #[cfg(feature = "regex")]
    pub(super) fn branching() -> Self {
        Self {
            message: "the pattern is too large: determinized, it exceeds 64 KiB".to_owned(),
            help: "after `.*` each `{n}` of a wide class doubles the states n times: write `*` instead; \
                   list values with `in`, or split the pattern into several blocks"
                .to_owned(),
        }
    }
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for TooLarge {}
