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

/// A set of numbers that is walked in their order.
#[derive(Clone, Debug, Default)]
pub(super) struct BitSet {
    words: Vec<u64>,
}

impl BitSet {
    /// The empty set of numbers below `bound`.
    pub(super) fn new(bound: usize) -> Self {
        Self { words: vec![0; bound.div_ceil(64)] }
    }

    pub(super) fn copy_from(&mut self, other: &Self) {
        self.words.clone_from(&other.words);
    }

    pub(super) fn insert(&mut self, number: usize) {
        if let Some(word) = self.words.get_mut(number / 64) {
            *word |= 1 << (number % 64);
        }
    }

    /// The first number at or after `from`.
    pub(super) fn next(&self, from: usize) -> Option<usize> {
        let first = from / 64;
        let mut mask = u64::MAX << (from % 64);
        for (index, word) in self.words.iter().enumerate().skip(first) {
            let rest = word & mask;
            if rest != 0 {
                return index
                    .checked_mul(64)?
                    .checked_add(usize::try_from(rest.trailing_zeros()).ok()?);
            }
            mask = u64::MAX;
        }
        None
    }
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
        let mut set = BitSet::new(200);
        for number in [199, 64, 3, 63] {
            set.insert(number);
        }
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(number) = set.next(from) {
            found.push(number);
            from = number + 1;
        }
        assert_eq!(found, [3, 63, 64, 199]);
    }
}
