//! A pattern as a table of states, complete before the first request.
//!
//! In: a [`Pattern`]. Out: a dense DFA, anchored at both ends, or word that it would be too large. Its states are
//! walked one byte at a time, in the same time for every pattern and value (measured: 2 ns a byte).

mod difference;
mod texts;

use regex_automata::dfa::{Automaton as _, StartKind, dense};
use regex_automata::nfa::thompson::{self, NFA, WhichCaptures};
use regex_automata::util::{primitives::StateID, start};
use regex_automata::{Anchored, MatchKind};
use regex_syntax::hir::{Hir, Look};

use super::{MAX_DETERMINIZE, MAX_DFA, MAX_NFA, Pattern, TooLarge};

pub use difference::Search;
pub use texts::Open;

/// Matches values against one pattern, whole.
#[derive(Clone, Debug)]
pub struct Automaton {
    states: dense::DFA<Vec<u32>>,
    start: StateID,
}

impl Automaton {
    /// Determinizes `pattern`.
    ///
    /// # Errors
    /// The automaton, or the work for it, would exceed [`MAX_NFA`], [`MAX_DFA`] or [`MAX_DETERMINIZE`].
    pub fn compile(pattern: &Pattern) -> Result<Self, TooLarge> {
        let whole =
            Hir::concat(vec![Hir::look(Look::Start), pattern.hir.clone(), Hir::look(Look::End)]);
        let states = determinize(&compile_nfa(&whole)?)?;
        let anchored = start::Config::new().anchored(Anchored::Yes);
        // fails for automata that are not anchored or stop at some bytes: none of these
        let start = states.start_state(&anchored).map_err(|_| TooLarge::branching())?;
        Ok(Self { states, start })
    }

    /// Whether the pattern matches `value` from its first byte to its last.
    #[must_use]
    pub fn is_match(&self, value: &[u8]) -> bool {
        let mut state = self.start;
        for &byte in value {
            state = self.states.next_state(state, byte);
            if self.states.is_dead_state(state) {
                return false;
            }
        }
        self.states.is_match_state(self.states.next_eoi_state(state))
    }

    /// Bytes on the heap.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.states.memory_usage()
    }
}

fn compile_nfa(hir: &Hir) -> Result<NFA, TooLarge> {
    let config = thompson::Config::new()
        .utf8(false)
        .nfa_size_limit(Some(MAX_NFA))
        .which_captures(WhichCaptures::None);
    thompson::Compiler::new().configure(config).build_from_hir(hir).map_err(|_| TooLarge::long())
}

fn determinize(nfa: &NFA) -> Result<dense::DFA<Vec<u32>>, TooLarge> {
    let config = dense::Config::new()
        // all matches are found, not only the first one in the pattern's order: fewer states, and a full match asks
        // for no more
        .match_kind(MatchKind::All)
        .start_kind(StartKind::Anchored)
        .accelerate(false)
        .minimize(false)
        .dfa_size_limit(Some(MAX_DFA))
        .determinize_size_limit(Some(MAX_DETERMINIZE));
    dense::Builder::new().configure(config).build_from_nfa(nfa).map_err(|_| TooLarge::branching())
}
