//! The regexes of a Release: a dialect that RE2 in Envoy and Serin read alike, matched in full over bytes.
//!
//! In: a pattern as written. Out: what is wrong with it, by position; or a [`Pattern`], which knows the strings
//! that it matches or needs, and the [`Automaton`] that matches it. Whatever RE2 reads differently from the
//! `regex` crate, or does not know, is refused, never guessed: `tests/data/regex/re2.jsonl` holds RE2's own word.
//! An automaton is determinized as a whole when it is compiled: no request can make it grow, and a byte costs
//! the same whatever the pattern.

use std::fmt;
use std::ops::Range;

#[cfg(not(feature = "regex"))]
mod absent;
#[cfg(feature = "regex")]
mod automaton;
#[cfg(feature = "regex")]
mod class;
mod cookie_piece;
#[cfg(feature = "regex")]
mod dialect;
#[cfg(feature = "regex")]
mod example;
#[cfg(feature = "regex")]
mod literal;
#[cfg(feature = "regex")]
mod pattern;
mod plain;
#[cfg(feature = "regex")]
mod syntax;
mod too_large;
#[cfg(feature = "regex")]
mod walk;

#[cfg(not(feature = "regex"))]
pub use absent::{Automaton, Pattern};
#[cfg(feature = "regex")]
pub use automaton::{Automaton, Open, Search};
pub use cookie_piece::{Around, CookiePiece, Header};
#[cfg(feature = "regex")]
pub use pattern::Pattern;
pub use too_large::TooLarge;

/// Bytes of a pattern; Istio refuses longer ones as well. This and the following limits were measured together
/// (docs/limits.md).
pub const MAX_PATTERN: usize = 1024;
/// How deep groups, repetitions, alternatives and brackets stand in one another.
pub const MAX_NESTING: u32 = 50;
/// The largest count of a repetition, and of repetitions within one another: RE2's `kMaxRepeat`.
pub const MAX_REPEAT: u32 = 1000;
/// Bytes of the nondeterministic automaton.
pub const MAX_NFA: usize = 64 * 1024;
/// Bytes of the finished automaton.
pub const MAX_DFA: usize = 64 * 1024;
/// Bytes of memory while the automaton is determinized.
pub const MAX_DETERMINIZE: usize = 4 * MAX_DFA;
/// Bytes of a value; a longer one matches no regex (the caller sees to that, and counts it).
pub const MAX_VALUE: usize = 8 * 1024;

/// Whether upper and lower case letters (ASCII) are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Case {
    /// They differ.
    Sensitive,
    /// They are the same.
    Ignore,
}

/// What a regex says that is a look-up, however it is written: it needs no engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plain {
    /// One of these texts.
    Texts(Vec<Vec<u8>>),
    /// One of some texts between the semicolons of the raw `cookie` header.
    Piece(CookiePiece),
}

impl Plain {
    /// Reads a pattern; `is_raw_cookie` says that it is asked of that header.
    #[must_use]
    pub fn read(pattern: &str, case: Case, is_raw_cookie: bool) -> Option<Self> {
        let texts = plain::texts(pattern).map(|mut texts| {
            if case == Case::Ignore {
                for text in &mut texts {
                    text.make_ascii_lowercase();
                }
            }
            Self::Texts(texts)
        });
        let piece = || {
            let is_asked = is_raw_cookie && case == Case::Sensitive;
            is_asked.then(|| CookiePiece::read(pattern).map(Self::Piece)).flatten()
        };
        texts.or_else(piece)
    }
}

/// Why a pattern is no [`Pattern`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidPattern {
    /// The bytes of the pattern that it is about.
    pub range: Range<usize>,
    /// What is wrong there.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

/// Literals of which every match contains at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Required {
    /// At least one, none empty, none within another; sorted.
    pub literals: Vec<Vec<u8>>,
    /// Ignore: they are in lower case, to be searched in the value in lower case (ASCII).
    pub case: Case,
}

impl fmt::Display for InvalidPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for InvalidPattern {}

#[cfg(test)]
mod tests;
