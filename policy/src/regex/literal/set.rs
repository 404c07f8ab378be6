//! Small sets of strings: products, powers and unions that stop where they would grow beyond their room.

use std::cmp::Reverse;

/// How large a [`Set`] may grow.
#[derive(Clone, Copy)]
pub(super) struct Room {
    pub(super) strings: usize,
    pub(super) bytes: usize,
}

/// Strings, sorted, each once.
#[derive(Clone, Debug, Default)]
pub(super) struct Set(Vec<Vec<u8>>);

/// From here on a literal is rare enough: rather fewer than longer ones.
const LONG: usize = 8;

impl Set {
    pub(super) fn empty_string() -> Self {
        Self(vec![Vec::new()])
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn into_strings(self) -> Vec<Vec<u8>> {
        self.0
    }

    /// What it is worth to know that one of them must be there; nothing, if one is empty or there are none.
    pub(super) fn worth(set: Option<&Self>) -> Option<(usize, Reverse<usize>, usize)> {
        let set = set?;
        let shortest = set.0.iter().map(Vec::len).min().filter(|&bytes| bytes > 0)?;
        Some((shortest.min(LONG), Reverse(set.0.len()), shortest))
    }

    /// Without those that contain another one: that one is there as well.
    pub(super) fn shortest(self) -> Self {
        let contains = |long: &[u8], short: &[u8]| {
            long.len() > short.len() && long.windows(short.len()).any(|window| window == short)
        };
        let strings =
            self.0.iter().filter(|long| !self.0.iter().any(|short| contains(long, short)));
        Self(strings.cloned().collect())
    }
}

impl Room {
    /// The set of these strings, unless it is too large.
    fn set(self, strings: Vec<Vec<u8>>) -> Option<Set> {
        let mut ordered: Vec<Vec<u8>> = Vec::with_capacity(strings.len());
        for string in strings {
            if let Err(place) = ordered.binary_search(&string) {
                ordered.insert(place, string);
            }
        }
        let bytes = ordered.iter().map(Vec::len).fold(0, usize::saturating_add);
        (ordered.len() <= self.strings && bytes <= self.bytes).then_some(Set(ordered))
    }

    pub(super) fn literal(self, literal: impl Iterator<Item = u8>) -> Option<Set> {
        self.set(vec![literal.collect()])
    }

    pub(super) fn bytes(self, bytes: impl Iterator<Item = u8>) -> Option<Set> {
        let mut bytes: Vec<u8> = bytes.collect();
        bytes.sort_unstable();
        bytes.dedup();
        // Most classes are too large: no strings are made of them.
        if bytes.len() > self.strings {
            return None;
        }
        self.set(bytes.into_iter().map(|byte| vec![byte]).collect())
    }

    pub(super) fn union(self, a: Set, b: Set) -> Option<Set> {
        let mut strings = a.0;
        strings.extend(b.0);
        self.set(strings)
    }

    /// Each of `a` followed by each of `b`.
    pub(super) fn product(self, a: &Set, b: &Set) -> Option<Set> {
        // before duplicates go: what is beyond this is not worth the work
        if a.0.len().saturating_mul(b.0.len()) > self.strings.saturating_mul(2) {
            return None;
        }
        let pairs =
            a.0.iter()
                .flat_map(|head| b.0.iter().map(move |tail| [head.as_slice(), tail].concat()));
        self.set(pairs.collect())
    }

    /// `set` repeated `min` to `max` times.
    pub(super) fn powers(self, set: &Set, min: u32, max: u32) -> Option<Set> {
        let mut power = Set::empty_string();
        let mut powers = if min == 0 { power.clone() } else { Set::default() };
        for times in 1..=max {
            power = self.product(&power, set)?;
            if times >= min {
                powers = self.union(powers, power.clone())?;
            }
        }
        Some(powers)
    }

    /// `set` repeated `times` times, or as often as it has room.
    pub(super) fn power_that_fits(self, set: &Set, times: u32) -> Set {
        let mut power = set.clone();
        for _ in 1..times {
            match self.product(&power, set) {
                Some(longer) => power = longer,
                None => break,
            }
        }
        power
    }
}
