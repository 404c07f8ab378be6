//! Sets of small numbers that are emptied for each request without touching what they do not hold.

/// A set of numbers below a bound; emptying it takes one step.
///
/// Source: Briggs and Torczon, "An Efficient Representation for Sparse Sets" (1993).
#[derive(Debug, Default)]
pub(super) struct SparseSet {
    dense: Vec<usize>,
    sparse: Vec<usize>,
}

impl SparseSet {
    /// Empties the set and lets it hold numbers below `bound`.
    pub(super) fn reset(&mut self, bound: usize) {
        self.dense.clear();
        if self.sparse.len() < bound {
            self.sparse.resize(bound, 0);
        }
    }

    pub(super) fn contains(&self, number: usize) -> bool {
        self.position(number).is_some()
    }

    /// Where a number stands in the order of insertion.
    pub(super) fn position(&self, number: usize) -> Option<usize> {
        let position = *self.sparse.get(number)?;
        (self.dense.get(position) == Some(&number)).then_some(position)
    }

    pub(super) fn len(&self) -> usize {
        self.dense.len()
    }

    /// Adds a number; says whether it was new.
    #[inline]
    pub(super) fn insert(&mut self, number: usize) -> bool {
        if self.contains(number) {
            return false;
        }
        if let Some(slot) = self.sparse.get_mut(number) {
            *slot = self.dense.len();
            self.dense.push(number);
        }
        true
    }
}

/// A set of numbers that is walked in their order. Where nothing is, 64 times 64 numbers are passed in one step.
#[derive(Clone, Debug, Default)]
pub(super) struct BitSet {
    words: Vec<u64>,
    /// Which words are not 0.
    summary: Vec<u64>,
}

impl BitSet {
    /// The empty set of numbers below `bound`.
    pub(super) fn new(bound: usize) -> Self {
        let words = bound.div_ceil(64);
        Self { words: vec![0; words], summary: vec![0; words.div_ceil(64)] }
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

    pub(super) fn insert(&mut self, number: usize) {
        if let Some(word) = self.words.get_mut(number / 64) {
            *word |= 1 << (number % 64);
            if let Some(summary) = self.summary.get_mut(number / 4096) {
                *summary |= 1 << (number / 64 % 64);
            }
        }
    }

    /// The first number at or after `from`.
    pub(super) fn next(&self, from: usize) -> Option<usize> {
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

    #[test]
    fn a_sparse_set_forgets_at_reset() {
        let mut set = SparseSet::default();
        set.reset(10);
        assert!(set.insert(3) && set.insert(0) && !set.insert(3));
        assert_eq!((set.position(3), set.position(0), set.position(1)), (Some(0), Some(1), None));
        set.reset(4);
        assert!(!set.contains(3) && !set.contains(0));
    }

    #[test]
    fn a_bit_set_is_walked_in_order_over_words() {
        let numbers = [3, 63, 64, 199, 4095, 4096, 9000, 9999, 300_000];
        let mut set = BitSet::new(300_001);
        for number in numbers.iter().rev() {
            set.insert(*number);
        }
        set.insert(300_100);
        let mut copy = BitSet::default();
        copy.copy_from(&set);
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(number) = copy.next(from) {
            found.push(number);
            from = number + 1;
        }
        assert_eq!(found, numbers);
        assert_eq!(BitSet::new(0).next(0), None);
        assert_eq!(BitSet::new(100).next(64), None);
    }
}
