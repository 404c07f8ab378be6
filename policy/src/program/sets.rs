//! Sets of small numbers that are emptied for each request without touching what they do not hold.

use std::marker::PhantomData;

use super::index::Index;

/// A set of numbers below a bound; emptying it takes one step.
///
/// Source: Briggs and Torczon, "An Efficient Representation for Sparse Sets" (1993).
#[derive(Debug)]
pub(super) struct SparseSet<I> {
    dense: Vec<I>,
    sparse: Vec<usize>,
}

impl<I> Default for SparseSet<I> {
    fn default() -> Self {
        Self { dense: Vec::new(), sparse: Vec::new() }
    }
}

impl<I: Index> SparseSet<I> {
    /// Empties the set and lets it hold numbers below `bound`.
    pub(super) fn reset(&mut self, bound: usize) {
        self.dense.clear();
        if self.sparse.len() < bound {
            self.sparse.resize(bound, 0);
        }
    }

    pub(super) fn contains(&self, number: I) -> bool {
        self.position(number).is_some()
    }

    /// Where a number stands in the order of insertion.
    pub(super) fn position(&self, number: I) -> Option<usize> {
        let position = *self.sparse.get(number.number())?;
        (self.dense.get(position) == Some(&number)).then_some(position)
    }

    /// The numbers in the order of insertion.
    pub(super) fn iter(&self) -> impl Iterator<Item = I> {
        self.dense.iter().copied()
    }

    pub(super) fn len(&self) -> usize {
        self.dense.len()
    }

    /// Adds a number; says whether it was new.
    #[inline]
    pub(super) fn insert(&mut self, number: I) -> bool {
        if self.contains(number) {
            return false;
        }
        if let Some(slot) = self.sparse.get_mut(number.number()) {
            *slot = self.dense.len();
            self.dense.push(number);
        }
        true
    }
}

/// A set of numbers that is walked in their order. Where nothing is, 64 times 64 numbers are passed in one step.
#[derive(Debug)]
pub(super) struct BitSet<I> {
    words: Vec<u64>,
    /// Which words are not 0.
    summary: Vec<u64>,
    index: PhantomData<fn(I)>,
}

impl<I> Default for BitSet<I> {
    fn default() -> Self {
        Self { words: Vec::new(), summary: Vec::new(), index: PhantomData }
    }
}

impl<I> Clone for BitSet<I> {
    fn clone(&self) -> Self {
        Self { words: self.words.clone(), summary: self.summary.clone(), index: PhantomData }
    }

    fn clone_from(&mut self, other: &Self) {
        self.words.clone_from(&other.words);
        self.summary.clone_from(&other.summary);
    }
}

impl<I: Index> BitSet<I> {
    /// The empty set of numbers below `bound`.
    pub(super) fn new(bound: usize) -> Self {
        let words = bound.div_ceil(64);
        Self { words: vec![0; words], summary: vec![0; words.div_ceil(64)], index: PhantomData }
    }

    /// Holds what `other` holds; where both hold nothing, nothing is touched.
    pub(super) fn copy_from(&mut self, other: &Self) {
        if self.words.len() != other.words.len() {
            self.clone_from(other);
            return;
        }
        for (index, (summary, new)) in self.summary.iter_mut().zip(&other.summary).enumerate() {
            let mut changed = *summary | new;
            *summary = *new;
            while let Some(word) = number(index, changed) {
                if let (Some(word), Some(new)) = (self.words.get_mut(word), other.words.get(word)) {
                    *word = *new;
                }
                changed &= changed.wrapping_sub(1);
            }
        }
    }

    pub(super) fn insert(&mut self, number: I) {
        let number = number.number();
        if let Some(word) = self.words.get_mut(number / 64) {
            *word |= 1 << (number % 64);
            if let Some(summary) = self.summary.get_mut(number / 4096) {
                *summary |= 1 << (number / 64 % 64);
            }
        }
    }

    /// The first number at or after `from`.
    pub(super) fn next(&self, from: I) -> Option<I> {
        self.next_number(from.number()).map(I::new)
    }

    fn next_number(&self, from: usize) -> Option<usize> {
        let first = from / 64;
        let rest = self.words.get(first)? & (u64::MAX << (from % 64));
        if rest != 0 {
            return number(first, rest);
        }
        let after = first.checked_add(1)?;
        let mut mask = u64::MAX << (after % 64);
        for (index, summary) in self.summary.iter().enumerate().skip(after / 64) {
            let rest = summary & mask;
            if rest != 0 {
                let word = number(index, rest)?;
                return number(word, *self.words.get(word)?);
            }
            mask = u64::MAX;
        }
        None
    }
}

/// The lowest number in a word that holds any.
fn number(word: usize, bits: u64) -> Option<usize> {
    if bits == 0 {
        return None;
    }
    word.checked_mul(64)?.checked_add(usize::try_from(bits.trailing_zeros()).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::index::BlockId;

    #[test]
    fn a_sparse_set_forgets_at_reset() {
        let mut set = SparseSet::default();
        let id = BlockId::new;
        set.reset(10);
        assert!(set.insert(id(3)) && set.insert(id(0)) && !set.insert(id(3)));
        assert_eq!(
            (set.position(id(3)), set.position(id(0)), set.position(id(1))),
            (Some(0), Some(1), None)
        );
        set.reset(4);
        assert!(!set.contains(id(3)) && !set.contains(id(0)));
    }

    #[test]
    fn a_bit_set_is_walked_in_order_over_words() {
        let numbers = [3, 63, 64, 199, 4095, 4096, 9000, 9999, 300_000].map(BlockId::new);
        let mut set = BitSet::new(300_001);
        for number in numbers.iter().rev() {
            set.insert(*number);
        }
        set.insert(BlockId::new(300_100));
        let mut copy = BitSet::default();
        copy.copy_from(&set);
        let mut found = Vec::new();
        let mut from = BlockId::default();
        while let Some(number) = copy.next(from) {
            found.push(number);
            from = number.next().unwrap();
        }
        assert_eq!(found, numbers);
        assert_eq!(BitSet::new(0).next(BlockId::default()), None);
        assert_eq!(BitSet::new(100).next(BlockId::new(64)), None);
    }
}
