//! Which rule of the new Release is which of the old one: by conditions and by name, not by place.

use std::collections::BTreeMap;

use policy::Policy;
use policy::policy::Rule;

use super::signature::Signature;

/// The rules of two Releases, by their places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Pairing {
    /// Rules that both have, by their old places.
    pub(super) kept: Vec<Kept>,
    pub(super) removed: Vec<usize>,
    pub(super) added: Vec<usize>,
}

/// A rule that both have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) old: usize,
    pub(super) new: usize,
    /// Whether it takes what meets the same conditions.
    pub(super) is_same: bool,
    /// Whether it stands elsewhere among the rules that both have; as few as possible do.
    pub(super) is_moved: bool,
}

impl Pairing {
    pub(super) fn new(old: &Policy, new: &Policy) -> Self {
        let before: Vec<Signature> = old.rules().iter().map(Signature::new).collect();
        let after: Vec<Signature> = new.rules().iter().map(Signature::new).collect();
        let mut found = Found { old: vec![None; before.len()], new: vec![None; after.len()] };
        let name = |rule: &Rule| rule.name().to_owned();
        let names = (old.rules().iter().map(name), new.rules().iter().map(name));
        let names: (Vec<String>, Vec<String>) = (names.0.collect(), names.1.collect());
        // The surest first: a rule that has another name, then one that has other conditions.
        found.pair(
            &names.0.iter().zip(&before).collect::<Vec<_>>(),
            &names.1.iter().zip(&after).collect::<Vec<_>>(),
        );
        found.pair(&before, &after);
        found.pair(&names.0, &names.1);
        let pairs = found.old.iter().enumerate().filter_map(|(old, new)| Some((old, (*new)?)));
        let mut kept: Vec<Kept> = pairs
            .map(|(old, new)| Kept { old, new, is_same: before[old] == after[new], is_moved: true })
            .collect();
        for place in longest_rising(&kept.iter().map(|kept| kept.new).collect::<Vec<_>>()) {
            kept[place].is_moved = false;
        }
        let unpaired = |found: &[Option<usize>]| {
            (0..found.len()).filter(|place| found[*place].is_none()).collect()
        };
        Self { kept, removed: unpaired(&found.old), added: unpaired(&found.new) }
    }

    /// Whether both Releases have the same conditions in the same order: then the same rules take the same
    /// requests.
    pub(super) fn is_same(&self) -> bool {
        let is_kept = self.kept.iter().all(|kept| kept.is_same && !kept.is_moved);
        is_kept && self.removed.is_empty() && self.added.is_empty()
    }

    /// The old place of a rule that both have.
    pub(super) fn of_new(&self, new: usize) -> Option<&Kept> {
        self.kept.iter().find(|kept| kept.new == new)
    }
}

/// By place in one Release, the place in the other.
struct Found {
    old: Vec<Option<usize>>,
    new: Vec<Option<usize>>,
}

impl Found {
    /// Pairs those that are still alone and have equal values, in their order.
    fn pair<T: Ord>(&mut self, old: &[T], new: &[T]) {
        let mut places: BTreeMap<&T, Vec<usize>> = BTreeMap::new();
        for (place, value) in new.iter().enumerate().rev() {
            if self.new[place].is_none() {
                places.entry(value).or_default().push(place);
            }
        }
        for (place, value) in old.iter().enumerate() {
            if self.old[place].is_none()
                && let Some(other) = places.get_mut(value).and_then(Vec::pop)
            {
                self.old[place] = Some(other);
                self.new[other] = Some(place);
            }
        }
    }
}

/// The places of a longest rising subsequence: patience sorting (Aldous and Diaconis, "Longest increasing
/// subsequences", 1999).
fn longest_rising(numbers: &[usize]) -> Vec<usize> {
    // By length less one, the place of the smallest number that ends a rising sequence; and what stands before it.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::new();
    for (place, number) in numbers.iter().enumerate() {
        let length = ends.partition_point(|end| numbers[*end] < *number);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        match ends.get_mut(length) {
            Some(end) => *end = place,
            None => ends.push(place),
        }
    }
    let mut rising: Vec<usize> =
        std::iter::successors(ends.last().copied(), |place| before[*place]).collect();
    rising.reverse();
    rising
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_few_rules_as_possible_count_as_moved() {
        let cases: [(&[usize], &[usize]); 5] = [
            (&[], &[]),
            (&[0, 1, 2], &[0, 1, 2]),
            (&[2, 0, 1], &[1, 2]),
            (&[1, 2, 0], &[0, 1]),
            (&[4, 0, 5, 1, 2, 3], &[1, 3, 4, 5]),
        ];
        for (numbers, rising) in cases {
            assert_eq!(longest_rising(numbers), rising, "{numbers:?}");
        }
    }
}
