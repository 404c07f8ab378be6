//! What deciding a request writes down: kept between requests, so that none allocates for it.

use super::Program;
use super::index::{BlockId, IndexVec, InputId, SlotId, SoughtId, TestId, TextId};
use super::sets::{BitSet, SparseSet};

/// Memory for [`Program::decide`]; one for each thread, for any program.
#[derive(Debug, Default)]
pub struct Scratch {
    /// What was read of the inputs.
    pub(super) inputs: IndexVec<InputId, Read>,
    /// Slots that have a value, and where in their input it is (by position in the set).
    pub(super) slots: SparseSet<SlotId>,
    pub(super) values: Vec<(usize, usize)>,
    /// Lines of headers after the first, and their inputs.
    pub(super) more_lines: Vec<(InputId, Vec<u8>)>,
    /// Tests that reading their slot marked.
    pub(super) marked: SparseSet<TestId>,
    /// What was found between the semicolons of the cookies.
    pub(super) sought: SparseSet<SoughtId>,
    /// Tests whose automaton has run, and those where it matched.
    pub(super) run: SparseSet<TestId>,
    pub(super) matched: SparseSet<TestId>,
    /// Blocks that may hold.
    pub(super) candidates: BitSet<BlockId>,
    /// Slots whose value was too long for a regex.
    pub(super) too_long: SparseSet<SlotId>,
    /// For scans, and for values in lower case.
    pub(super) seen: SparseSet<TextId>,
    pub(super) folded: Vec<u8>,
}

/// An input of the request being decided.
#[derive(Debug, Default)]
pub(super) enum Read {
    #[default]
    Unread,
    Absent,
    Value(Vec<u8>),
}

impl Scratch {
    /// Forgets the last request and makes room for `program`.
    pub(super) fn reset(&mut self, program: &Program) {
        self.inputs.reset_with(program.inputs.len(), Read::default);
        self.slots.reset(program.slots.len());
        self.values.clear();
        self.more_lines.clear();
        self.marked.reset(program.tests.len());
        self.run.reset(program.tests.len());
        self.matched.reset(program.tests.len());
        self.candidates.copy_from(&program.always);
        self.too_long.reset(program.slots.len());
    }

    /// The values that a test of a slot looks at: one, but for headers with several lines.
    pub(super) fn lines<'a>(
        &'a self,
        program: &Program,
        slot: SlotId,
    ) -> impl Iterator<Item = &'a [u8]> {
        let input = program.slots.get(slot).map(|slot| slot.input);
        let more = self.more_lines.iter().filter(move |(of, _)| Some(*of) == input);
        self.value(program, slot).into_iter().chain(more.map(|(_, line)| line.as_slice()))
    }

    /// The value of a slot, if its input was read and holds one.
    pub(super) fn value(&self, program: &Program, slot: SlotId) -> Option<&[u8]> {
        let (start, end) = *self.values.get(self.slots.position(slot)?)?;
        match self.inputs.get(program.slots.get(slot)?.input)? {
            Read::Value(raw) => raw.get(start..end),
            Read::Unread | Read::Absent => None,
        }
    }
}
