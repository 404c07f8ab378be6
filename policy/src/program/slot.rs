//! What is tested (a header, a cookie, a query parameter, the path), and what a value of it marks: one
//! look-up and one scan each for the tests that count case and for those that do not.

use super::index::{BlockId, InputId, TestId, TextId};
use super::scanner::Scanner;
use super::scratch::Scratch;
use super::sets::SparseSet;
use crate::lookup::Lookup;

#[derive(Debug, Default)]
pub(super) struct Slot {
    /// The input that it is read from.
    pub(super) input: InputId,
    /// Blocks that wait for any value.
    pub(super) waiting: Vec<BlockId>,
    /// Tests of a value as it is.
    pub(super) plain: Tests,
    /// Tests of a value in lower case.
    pub(super) folded: Tests,
}

/// Tests of one form of a value.
#[derive(Debug, Default)]
pub(super) struct Tests {
    /// By the value that they ask for.
    pub(super) values: Lookup<Vec<TestId>>,
    /// By texts in the value.
    pub(super) scanner: Option<Scanner>,
}

impl Slot {
    /// Calls `mark` with each test that `value` marks, at least once.
    pub(super) fn tests(
        &self,
        value: &[u8],
        scratch: &mut Scratch,
        mut mark: impl FnMut(TestId, &mut Scratch),
    ) {
        if !self.plain.is_empty() {
            self.plain.tests(value, scratch, &mut mark);
        }
        if self.folded.is_empty() {
            return;
        }
        // The buffer is lent out while marks are made, and comes back for the next value.
        let mut folded = std::mem::take(&mut scratch.folded);
        folded.clear();
        folded.extend(value.iter().map(u8::to_ascii_lowercase));
        self.folded.tests(&folded, scratch, &mut mark);
        scratch.folded = folded;
    }
}

impl Tests {
    fn is_empty(&self) -> bool {
        self.values.is_empty() && self.scanner.is_none()
    }

    fn tests(
        &self,
        value: &[u8],
        scratch: &mut Scratch,
        mark: &mut impl FnMut(TestId, &mut Scratch),
    ) {
        for test in self.values.get(value).map(Vec::as_slice).unwrap_or_default() {
            mark(*test, scratch);
        }
        if let Some(scanner) = &self.scanner {
            let mut seen: SparseSet<TextId> = std::mem::take(&mut scratch.seen);
            scanner.scan(value, &mut seen, |test| mark(test, scratch));
            scratch.seen = seen;
        }
    }
}
