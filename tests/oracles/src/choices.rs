//! The bytes of an input as a series of choices.

/// What is left of an input. Once that is nothing, each choice is the first.
#[derive(Clone, Debug)]
pub struct Choices<'a>(&'a [u8]);

impl<'a> Choices<'a> {
    /// The choices of an input.
    #[must_use]
    pub fn new(input: &'a [u8]) -> Self {
        Self(input)
    }

    /// The next byte.
    pub fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    /// A number below `bound`, which is at most 256.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::from(self.byte()) % bound.max(1)
    }

    /// One of some things.
    pub fn one_of<T: Copy>(&mut self, things: &[T]) -> T {
        things[self.below(things.len())]
    }

    /// Bytes of `alphabet`, from `least` to `most` of them.
    pub fn word(&mut self, alphabet: &[u8], least: usize, most: usize) -> Vec<u8> {
        let length = least + self.below(most - least + 1);
        (0..length).map(|_| self.one_of(alphabet)).collect()
    }

    /// The same as text, of letters.
    pub fn text(&mut self, least: usize, most: usize) -> String {
        self.word(b"abAB", least, most).into_iter().map(char::from).collect()
    }
}
