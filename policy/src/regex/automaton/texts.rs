//! Whether an automaton matches any value that a text is a part of.

use std::collections::BTreeSet;

use regex_automata::dfa::Automaton as _;
use regex_automata::util::primitives::StateID;

use super::Automaton;
use crate::regex::Case;

/// Where a value goes on around a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Open {
    /// Before it.
    pub before: bool,
    /// Behind it.
    pub behind: bool,
}

impl Automaton {
    /// Whether some value is matched that is the text, with others around it where it is `open`. It is meant for
    /// automata of few states.
    #[must_use]
    pub fn admits(&self, text: &[u8], open: Open, case: Case) -> bool {
        let mut states = if open.before { self.reachable() } else { BTreeSet::from([self.start]) };
        for byte in text {
            let mut next = BTreeSet::new();
            for state in states {
                let mut step = |byte| next.insert(self.states.next_state(state, byte));
                step(*byte);
                if case == Case::Ignore {
                    step(byte.to_ascii_uppercase());
                    step(byte.to_ascii_lowercase());
                }
            }
            next.retain(|state| !self.states.is_dead_state(*state));
            states = next;
        }
        // From each state but the dead one some value is matched.
        states.iter().any(|state| {
            open.behind || self.states.is_match_state(self.states.next_eoi_state(*state))
        })
    }

    /// The states that some beginning of a value leads to.
    fn reachable(&self) -> BTreeSet<StateID> {
        let mut states = BTreeSet::from([self.start]);
        let mut waiting = vec![self.start];
        while let Some(state) = waiting.pop() {
            for byte in 0..=u8::MAX {
                let next = self.states.next_state(state, byte);
                if !self.states.is_dead_state(next) && states.insert(next) {
                    waiting.push(next);
                }
            }
        }
        states
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regex::Pattern;

    #[test]
    fn a_text_is_found_at_either_end_and_within() {
        let automaton = |pattern: &str| {
            Automaton::compile(&Pattern::parse(pattern, Case::Sensitive).unwrap()).unwrap()
        };
        let word = automaton("[A-Z]+(-[A-Z]+)*");
        let open = |before, behind| Open { before, behind };
        for (text, open, case, expected) in [
            ("GET", open(false, false), Case::Sensitive, true),
            ("get", open(false, false), Case::Sensitive, false),
            ("get", open(false, false), Case::Ignore, true),
            ("-GET", open(false, false), Case::Sensitive, false),
            ("-GET", open(true, false), Case::Sensitive, true),
            ("GET-", open(true, false), Case::Sensitive, false),
            ("GET-", open(false, true), Case::Sensitive, true),
            ("--", open(true, true), Case::Sensitive, false),
            ("-", open(true, true), Case::Sensitive, true),
            ("", open(false, false), Case::Sensitive, false),
            ("", open(false, true), Case::Sensitive, true),
        ] {
            let found = word.admits(text.as_bytes(), open, case);
            assert_eq!(found, expected, "{text} {open:?} {case:?}");
        }
    }
}
