//! What stands in for the regex engine in the module that is built without it: nothing can be compiled, and patterns that
//! are look-ups ([`super::plain`]) need not be.

use std::convert::Infallible;

use super::{Case, InvalidPattern, Required, TooLarge};

/// A regex that was not parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(());

impl Pattern {
    /// Takes every pattern as it is: what rendered the configuration has parsed it.
    ///
    /// # Errors
    /// Never.
    pub fn parse(_pattern: &str, _case: Case) -> Result<Self, InvalidPattern> {
        Ok(Self(()))
    }

    /// What it matches is not known.
    #[must_use]
    pub fn literals(&self) -> Option<Vec<Vec<u8>>> {
        None
    }

    /// What it requires is not known.
    #[must_use]
    pub fn required(&self) -> Option<Required> {
        None
    }
}

/// There is none.
#[derive(Clone, Debug)]
pub struct Automaton(Infallible);

impl Automaton {
    /// Refuses every pattern.
    ///
    /// # Errors
    /// Always.
    pub fn compile(_pattern: &Pattern) -> Result<Self, TooLarge> {
        Err(TooLarge {
            message: "this module was built without the regex engine".to_owned(),
            help: "deliver `serin.wasm` for this Release, not `serin-lite.wasm`".to_owned(),
        })
    }

    /// Whether it matches.
    #[must_use]
    pub fn is_match(&self, _value: &[u8]) -> bool {
        match self.0 {}
    }

    /// Bytes on the heap.
    #[must_use]
    pub fn memory(&self) -> usize {
        match self.0 {}
    }
}
