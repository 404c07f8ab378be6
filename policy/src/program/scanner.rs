//! Which of many texts start, end or stand in a value: one scan of it, however many they are.
//!
//! An automaton over all texts finds them. Each is reported where it first occurs, which decides prefix and
//! contains; the state after the last byte knows every text that the value ends with.

mod trie;

use super::index::{Index as _, IndexVec, TestId, TextId};
use super::sets::SparseSet;
use crate::lookup::Lookup;
use crate::policy::Relation;
use trie::Trie;

/// What to mark when a text is found.
#[derive(Clone, Copy, Debug)]
struct Mark {
    relation: Relation,
    test: TestId,
}

#[derive(Debug)]
struct Text {
    length: usize,
    marks: Vec<Mark>,
}

/// The texts to look for in the values of one slot.
#[derive(Debug, Default)]
pub(super) struct ScannerBuilder {
    numbers: Lookup<TextId>,
    texts: IndexVec<TextId, (Vec<u8>, Text)>,
}

impl ScannerBuilder {
    /// Marks `test` where `text`, which is not empty, stands in the value in this relation.
    pub(super) fn add(&mut self, text: &[u8], relation: Relation, test: TestId) {
        let next = self.texts.next_index();
        let number = self.numbers.get_or_insert(text, next);
        if number == next {
            let found = Text { length: text.len(), marks: Vec::new() };
            self.texts.push((text.to_vec(), found));
        }
        if let Some((_, text)) = self.texts.get_mut(number) {
            text.marks.push(Mark { relation, test });
        }
    }

    /// The scanner; none when there is nothing to look for.
    pub(super) fn build(self) -> Option<Scanner> {
        let trie = Trie::new(self.texts.iter().map(|(text, _)| text.as_slice()))?;
        Some(Scanner { trie, texts: self.texts.map(|(_, text)| text) })
    }
}

/// Finds texts in values.
#[derive(Debug)]
pub(super) struct Scanner {
    trie: Trie,
    texts: IndexVec<TextId, Text>,
}

impl Scanner {
    /// Calls `mark` with each test that holds of `value`, at least once. `seen` is scratch.
    ///
    /// The work is one step a byte and one a text: a text that was seen ends the walk through those that end
    /// at the same byte, because they are its own endings and were seen with it.
    pub(super) fn scan(
        &self,
        value: &[u8],
        seen: &mut SparseSet<TextId>,
        mut mark: impl FnMut(TestId),
    ) {
        seen.reset(self.texts.len());
        let mut state = Trie::START;
        for (position, byte) in value.iter().enumerate() {
            state = self.trie.next(state, *byte);
            if state == Trie::START {
                continue;
            }
            for text in self.trie.texts(state).map(TextId::new) {
                if !seen.insert(text) {
                    break;
                }
                let Some(text) = self.texts.get(text) else { continue };
                let at_start = position.wrapping_add(1) == text.length;
                for found in &text.marks {
                    match found.relation {
                        Relation::Prefix if at_start => mark(found.test),
                        Relation::Contains => mark(found.test),
                        Relation::Prefix | Relation::Suffix => {}
                    }
                }
            }
        }
        let endings = self.trie.texts(state).filter_map(|text| self.texts.get(TextId::new(text)));
        for found in endings.flat_map(|text| &text.marks) {
            if found.relation == Relation::Suffix {
                mark(found.test);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_a_plain_search_finds() {
        let texts: &[&[u8]] = &[
            b"a", b"aa", b"ab", b"b", b"bab", b"abab", b"x", b"aab", b"0", b"1", b"2", b"3", b"4",
        ];
        let mut builder = ScannerBuilder::default();
        for (index, text) in texts.iter().enumerate() {
            builder.add(text, Relation::Prefix, TestId::new(index * 3));
            builder.add(text, Relation::Suffix, TestId::new(index * 3 + 1));
            builder.add(text, Relation::Contains, TestId::new(index * 3 + 2));
        }
        let scanner = builder.build().unwrap();
        let mut seen = SparseSet::default();
        // Every string over {a, b, x} up to 6 bytes.
        for number in 0..3_usize.pow(6) * 7 {
            let (length, mut rest) = (number % 7, number / 7);
            let value: Vec<u8> = (0..length)
                .map(|_| {
                    let byte = b"abx"[rest % 3];
                    rest /= 3;
                    byte
                })
                .collect();
            let mut found = vec![false; texts.len() * 3];
            scanner.scan(&value, &mut seen, |test| found[test.number()] = true);
            let expected: Vec<bool> = (texts.iter())
                .flat_map(|text| {
                    let contains = value.windows(text.len()).any(|window| window == *text);
                    [value.starts_with(text), value.ends_with(text), contains]
                })
                .collect();
            assert_eq!(found, expected, "{}", value.escape_ascii());
        }
    }

    #[test]
    fn nested_texts_are_each_seen_once() {
        let mut builder = ScannerBuilder::default();
        for length in 1..=500 {
            builder.add(&vec![b'a'; length], Relation::Contains, TestId::new(length));
        }
        let scanner = builder.build().unwrap();
        let mut marks = 0;
        scanner.scan(&[b'a'; 8192], &mut SparseSet::default(), |_| marks += 1);
        assert_eq!(marks, 500);
    }
}
