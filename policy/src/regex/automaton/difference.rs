//! Two automata compared: what both match, and what one matches and the other does not.
//!
//! Both are walked at once, breadth first: a pair of states stands for all values that lead to it, so the first value
//! that tells the two apart is a shortest one (the product construction of Rabin and Scott, "Finite Automata and
//! Their Decision Problems", 1959).

use std::collections::{BTreeMap, VecDeque};

use regex_automata::dfa::Automaton as _;
use regex_automata::util::primitives::StateID;

use super::Automaton;

/// Pairs of states that are looked at, at most: a few milliseconds.
const MAX_PAIRS: usize = 20_000;

type Pair = (StateID, StateID);

/// What a search for a value comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Search {
    /// A shortest one.
    Found(Vec<u8>),
    /// There is none.
    None,
    /// None was soon found.
    Unknown,
}

impl Automaton {
    /// A shortest value that this matches and `other` does not, which begins with `start` and goes on with `bytes`
    /// only, the first of them preferred; `None` where there is none, or none is soon found.
    #[must_use]
    pub fn without(&self, other: &Self, start: &[u8], bytes: &[u8]) -> Option<Vec<u8>> {
        match self.search(other, start, bytes, |this, other| this && !other) {
            Search::Found(value) => Some(value),
            Search::None | Search::Unknown => None,
        }
    }

    /// A shortest value that both match.
    #[must_use]
    pub fn common(&self, other: &Self) -> Search {
        self.search(other, b"", &all_bytes(), |this, other| this && other)
    }

    /// Whether this matches each of `values` that begins with `start`; `false` where that is not soon known.
    #[must_use]
    pub fn covers(&self, values: &Self, start: &[u8]) -> bool {
        let search = values.search(self, start, &all_bytes(), |value, this| value && !this);
        search == Search::None
    }

    /// The same of those that are not empty.
    #[must_use]
    pub fn covers_all_but_the_empty(&self, values: &Self) -> bool {
        all_bytes().iter().all(|first| self.covers(values, &[*first]))
    }

    /// A shortest value that begins with `start`, goes on with `bytes`, and is wanted by what the two say to it: this,
    /// which must match it, and `other`.
    fn search(
        &self,
        other: &Self,
        start: &[u8],
        bytes: &[u8],
        is_wanted: impl Fn(bool, bool) -> bool,
    ) -> Search {
        let first = start
            .iter()
            .fold((self.start, other.start), |pair, byte| self.next_pair(other, pair, *byte));
        // By pair, the one before it and the byte that led to it.
        let mut seen: BTreeMap<Pair, Option<(Pair, u8)>> = BTreeMap::from([(first, None)]);
        let mut waiting = VecDeque::from([first]);
        let mut is_all = true;
        while let Some(pair) = waiting.pop_front() {
            if is_wanted(self.is_end(pair.0), other.is_end(pair.1)) {
                return Search::Found([start, &way_to(pair, &seen)].concat());
            }
            if self.states.is_dead_state(pair.0) {
                continue;
            }
            if seen.len() > MAX_PAIRS {
                is_all = false;
                continue;
            }
            for byte in bytes {
                let next = self.next_pair(other, pair, *byte);
                seen.entry(next).or_insert_with(|| {
                    waiting.push_back(next);
                    Some((pair, *byte))
                });
            }
        }
        if is_all { Search::None } else { Search::Unknown }
    }

    fn next_pair(&self, other: &Self, pair: Pair, byte: u8) -> Pair {
        (self.states.next_state(pair.0, byte), other.states.next_state(pair.1, byte))
    }

    /// Whether a value that leads to this state is matched.
    fn is_end(&self, state: StateID) -> bool {
        self.states.is_match_state(self.states.next_eoi_state(state))
    }
}

/// Each byte, those first that read well.
fn all_bytes() -> Vec<u8> {
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric();
    let letters = (b'a'..=b'z').chain(b'0'..=b'9').chain(b'A'..=b'Z');
    letters.chain((0..=u8::MAX).filter(|byte| !is_letter(byte))).collect()
}

fn way_to(pair: Pair, seen: &BTreeMap<Pair, Option<(Pair, u8)>>) -> Vec<u8> {
    let steps = std::iter::successors(seen.get(&pair).copied().flatten(), |(before, _)| {
        seen.get(before).copied().flatten()
    });
    let mut bytes: Vec<u8> = steps.map(|(_, byte)| byte).collect();
    bytes.reverse();
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regex::{Case, Pattern};

    fn automaton(pattern: &str) -> Automaton {
        Automaton::compile(&Pattern::parse(pattern, Case::Sensitive).unwrap()).unwrap()
    }

    fn without(pattern: &str, other: &str, start: &str) -> Option<String> {
        let value = automaton(pattern).without(
            &automaton(other),
            start.as_bytes(),
            b"abcdefghijklmnopqrstuvwxyzCFS0123456789/;= ",
        )?;
        assert!(automaton(pattern).is_match(&value) && !automaton(other).is_match(&value));
        Some(String::from_utf8(value).unwrap())
    }

    #[test]
    fn finds_a_shortest_value_or_that_there_is_none() {
        let cases = [
            (".*(Chrome|Firefox|Safari)/[0-9]+.*", ".*(Chrome|Firefox)/[0-9]+.*", Some("Safari/0")),
            (".*(Chrome|Firefox)/[0-9]+.*", ".*(Chrome|Firefox|Safari)/[0-9]+.*", None),
            ("v(2|3)+", "v[23][23]*", None),
            ("v[0-9]{1,3}", "v[0-9]{1,2}", Some("v000")),
            (".*", ".+", Some("")),
            ("(.*; )?version=v2(;.*)?", "(.*;)?version=v2(;.*)?", Some("; version=v2")),
            ("a|b", "b|a", None),
        ];
        for (pattern, other, expected) in cases {
            assert_eq!(without(pattern, other, "").as_deref(), expected, "{pattern} {other}");
        }
        assert_eq!(without("/api/.*", "/api/v1/.*", "/").as_deref(), Some("/api/"));
        assert_eq!(without("/?api", "/api", "/"), None);
    }

    #[test]
    fn finds_what_both_match_and_whether_one_matches_all_of_the_other() {
        let found = |value: &str| Search::Found(value.as_bytes().to_vec());
        for (pattern, other, expected) in [
            ("a.*", ".*b", found("ab")),
            ("[^;]*", ".*;.*", Search::None),
            ("a|b", "b|c", found("b")),
            (".*", "", found("")),
            (".*;x", "[^ ;]+(; [^ ;]+)*", Search::None),
        ] {
            assert_eq!(automaton(pattern).common(&automaton(other)), expected, "{pattern} {other}");
        }
        for (pattern, values, start, expected) in [
            (".*", r"/[^?\n]*", "", true),
            (".+", r"/[^?\n]*", "", true),
            ("/[^x]*", r"/[^?\n]*", "", false),
            ("/a.*", r"/[^?\n]*", "", false),
            ("/a.*", r"/[^?\n]*", "/ab", true),
        ] {
            let covers = automaton(pattern).covers(&automaton(values), start.as_bytes());
            assert_eq!(covers, expected, "{pattern} {values} {start}");
        }
    }
}
