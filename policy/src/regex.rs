//! The regexes of a Release: a dialect that RE2 in Envoy and Serin read alike, matched in full over bytes.
//!
//! In: a pattern as written. Out: what is wrong with it, by position; or a [`Pattern`], which knows the strings
//! that it matches or needs, and the [`Automaton`] that matches it. Whatever RE2 reads differently from the
//! `regex` crate, or does not know, is refused, never guessed: `tests/data/regex/re2.jsonl` holds RE2's own word.
//! An automaton is determinized as a whole when it is compiled: no request can make it grow, and a byte costs
//! the same whatever the pattern.

use std::fmt;
use std::ops::Range;

use regex_syntax::ast::parse::ParserBuilder;
use regex_syntax::hir::Hir;
use regex_syntax::hir::translate::TranslatorBuilder;

mod automaton;
mod class;
mod dialect;
mod example;
mod literal;
mod syntax;

pub use automaton::{Automaton, TooLarge};
pub use literal::Required;

/// Bytes of a pattern; Istio refuses longer ones as well. This and the following limits were measured together:
/// COST.md, "Limits that hold".
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

/// A regex in the dialect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    hir: Hir,
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

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// The first thing in it that is no regex, or that RE2 does not read in the same way.
    pub fn parse(pattern: &str, case: Case) -> Result<Self, InvalidPattern> {
        dialect::check_text(pattern)?;
        let parsed = ParserBuilder::new().nest_limit(MAX_NESTING).build().parse(pattern);
        let mut ast = parsed.map_err(|error| syntax::explain(pattern, &error))?;
        dialect::restrict(pattern, &mut ast)?;
        TranslatorBuilder::new()
            .unicode(false)
            .utf8(false)
            .case_insensitive(case == Case::Ignore)
            .build()
            .translate(pattern, &ast)
            .map(|hir| Self { hir })
            .map_err(|error| {
                let message = "this cannot be matched byte by byte".to_owned();
                InvalidPattern::new(error.span(), message, None)
            })
    }

    /// All the strings that the pattern matches, sorted, where these are few: such a pattern needs no automaton.
    #[must_use]
    pub fn literals(&self) -> Option<Vec<Vec<u8>>> {
        literal::all(&self.hir)
    }

    /// The best literals of which every match contains at least one, if there are any.
    #[must_use]
    pub fn required(&self) -> Option<Required> {
        literal::required(&self.hir)
    }
}

impl InvalidPattern {
    fn new(span: &regex_syntax::ast::Span, message: String, help: Option<&str>) -> Self {
        Self { range: span.start.offset..span.end.offset, message, help: help.map(str::to_owned) }
    }
}

impl fmt::Display for InvalidPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for InvalidPattern {}

#[cfg(test)]
mod tests;
