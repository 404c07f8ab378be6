//! Numbers of a program's parts, a type for each kind: none can be taken for another.

use std::marker::PhantomData;

/// The number of a part of one kind.
pub(super) trait Index: Copy + Eq + Ord {
    fn new(number: usize) -> Self;
    fn number(self) -> usize;

    /// The number after this one.
    fn next(self) -> Option<Self> {
        self.number().checked_add(1).map(Self::new)
    }
}

macro_rules! indices {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) struct $name(usize);

        impl Index for $name {
            #[inline]
            fn new(number: usize) -> Self {
                Self(number)
            }

            #[inline]
            fn number(self) -> usize {
                self.0
            }
        }
    )*};
}

indices! {
    /// An [`Input`](super::Input).
    InputId
    /// A [`Slot`](super::slot::Slot).
    SlotId
    /// A [`Check`](super::Check): the test of one or more conditions.
    TestId
    /// A [`Block`](super::Block), in document order.
    BlockId
    /// An automaton.
    AutomatonId
    /// A [`Sought`](super::Sought) among those of an input.
    SoughtId
    /// A text that a [`Scanner`](super::scanner::Scanner) looks for.
    TextId
}

/// A vector of the parts of one kind, by their numbers.
#[derive(Clone, Debug)]
pub(super) struct IndexVec<I, T> {
    parts: Vec<T>,
    index: PhantomData<fn(I)>,
}

impl<I, T> Default for IndexVec<I, T> {
    fn default() -> Self {
        Self::from(Vec::new())
    }
}

impl<I, T> From<Vec<T>> for IndexVec<I, T> {
    fn from(parts: Vec<T>) -> Self {
        Self { parts, index: PhantomData }
    }
}

impl<I, T> IntoIterator for IndexVec<I, T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.parts.into_iter()
    }
}

impl<'a, I, T> IntoIterator for &'a IndexVec<I, T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.parts.iter()
    }
}

impl<I: Index, T> IndexVec<I, T> {
    #[inline]
    pub(super) fn get(&self, index: I) -> Option<&T> {
        self.parts.get(index.number())
    }

    #[inline]
    pub(super) fn get_mut(&mut self, index: I) -> Option<&mut T> {
        self.parts.get_mut(index.number())
    }

    /// The number that the next part will have.
    pub(super) fn next_index(&self) -> I {
        I::new(self.parts.len())
    }

    pub(super) fn push(&mut self, part: T) -> I {
        let index = self.next_index();
        self.parts.push(part);
        index
    }

    pub(super) fn map<U>(self, change: impl FnMut(T) -> U) -> IndexVec<I, U> {
        IndexVec::from(self.into_iter().map(change).collect::<Vec<U>>())
    }

    pub(super) fn len(&self) -> usize {
        self.parts.len()
    }

    pub(super) fn iter(&self) -> std::slice::Iter<'_, T> {
        self.parts.iter()
    }

    pub(super) fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.parts.iter_mut()
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = (I, &T)> {
        self.parts.iter().enumerate().map(|(number, part)| (I::new(number), part))
    }

    /// As many parts as `len`, each of them new.
    pub(super) fn reset_with(&mut self, len: usize, new: impl FnMut() -> T) {
        self.parts.clear();
        self.parts.resize_with(len, new);
    }
}
