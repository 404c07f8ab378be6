//! What a program does for requests of a kind, told without one: which headers it reads, and what runs over them. For
//! estimates of what a Release costs.
//!
//! A request is imagined that has all that is asked for, with values that meet no test; or, for a rule, only those of
//! the block that takes it.

use std::collections::BTreeSet;

use super::index::{BlockId, Index, IndexVec, InputId, SlotId, TestId};
use super::sets::SparseSet;
use super::{Block, Check, Program, Source};

/// Of more blocks not all are looked at.
const MAX_BLOCKS: usize = 1000;

/// What is done for requests of a kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Work<'p> {
    /// The headers that are read, in the order of their reads.
    pub headers: Vec<Header<'p>>,
    /// The positions of the rules whose regexes run.
    pub regexes_of: Vec<usize>,
}

/// A header that is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header<'p> {
    /// In lower case; pseudo-headers as `:path`.
    pub name: &'p str,
    /// Whether all its lines are, and not the first alone.
    pub all_lines: bool,
    /// What runs over all of it.
    pub whole: Scans,
    /// What runs over the part of it (a cookie, the path, a query parameter) of which most is asked.
    pub part: Scans,
}

/// What runs over each byte of a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scans {
    /// Regexes.
    pub automata: usize,
    /// Searches for the texts of all other tests and for literals that regexes require.
    pub searches: usize,
}

impl Program {
    /// What is done for a request that no rule takes.
    #[must_use]
    pub fn usual_work(&self) -> Work<'_> {
        let slots = SlotsOf::new(self);
        let mut dry = DryRun::of(self);
        dry.until(self.blocks.next_index());
        dry.finish(None, &slots)
    }

    /// What is done for requests that the rules at these positions take: for each of their blocks, with the position of the
    /// rule. Of very many blocks only the first and the last ones, before which least and most is read.
    pub fn works_of(
        &self,
        is_meant: impl Fn(usize) -> bool,
    ) -> impl Iterator<Item = (usize, Work<'_>)> {
        let slots = SlotsOf::new(self);
        let blocks = self.blocks.entries().filter(|(_, block)| is_meant(block.rule));
        let mut blocks: Vec<(BlockId, &Block)> = blocks.collect();
        if blocks.len() > MAX_BLOCKS {
            blocks.drain(MAX_BLOCKS / 2..blocks.len().saturating_sub(MAX_BLOCKS / 2));
        }
        blocks.into_iter().map(move |(number, block)| {
            let mut dry = DryRun::of(self);
            dry.until(number);
            dry.taken_by(block);
            (block.rule, dry.finish(Some(block.rule), &slots))
        })
    }
}

/// The slots of each input: there may be many of both.
struct SlotsOf(IndexVec<InputId, Vec<SlotId>>);

impl SlotsOf {
    fn new(program: &Program) -> Self {
        let mut slots = IndexVec::default();
        slots.reset_with(program.inputs.iter().len(), Vec::new);
        for (number, slot) in program.slots.entries() {
            if let Some(of_input) = slots.get_mut(slot.input) {
                of_input.push(number);
            }
        }
        Self(slots)
    }
}

/// A run without a request.
struct DryRun<'p> {
    program: &'p Program,
    /// Inputs, as they are read.
    read: SparseSet<InputId>,
    /// Tests whose automata ran, and the rules that asked for it.
    ran: BTreeSet<TestId>,
    rules: BTreeSet<usize>,
}

impl<'p> DryRun<'p> {
    fn of(program: &'p Program) -> Self {
        let mut read = SparseSet::default();
        read.reset(program.inputs.iter().len());
        Self { program, read, ran: BTreeSet::new(), rules: BTreeSet::new() }
    }

    fn read_slot(&mut self, slot: SlotId) {
        if let Some(slot) = self.program.slots.get(slot) {
            self.read.insert(slot.input);
        }
    }

    /// All that comes before the block `end`, which the request does not meet.
    fn until(&mut self, end: BlockId) {
        for (_, input) in self.program.probes.iter().filter(|(first, _)| *first <= end) {
            self.read.insert(*input);
        }
        let mut candidates = self.program.always.clone();
        for slot in &self.program.slots {
            if self.read.contains(slot.input) {
                slot.waiting.iter().for_each(|block| candidates.insert(*block));
            }
        }
        let mut from = BlockId::default();
        while let Some(number) = candidates.next(from).filter(|number| *number < end) {
            if let Some(block) = self.program.blocks.get(number) {
                self.refused_by(block);
            }
            let Some(next) = number.next() else { return };
            from = next;
        }
    }

    /// A block that is looked at until a test of it fails.
    fn refused_by(&mut self, block: &Block) {
        for literal in &block.literals {
            let Some(check) = self.program.tests.get(literal.test) else { return };
            self.read_slot(check.slot());
            if matches!(check, Check::Automaton { marked: false, .. }) {
                self.run(literal.test, block);
            }
            if matches!(check, Check::Present { .. }) != literal.holds {
                return;
            }
        }
    }

    /// A block all of whose tests come out as it wants.
    fn taken_by(&mut self, block: &Block) {
        for literal in &block.literals {
            let Some(check) = self.program.tests.get(literal.test) else { continue };
            self.read_slot(check.slot());
            if let Check::Automaton { marked, .. } = check
                && (literal.holds || !marked)
            {
                self.run(literal.test, block);
            }
        }
    }

    fn run(&mut self, test: TestId, block: &Block) {
        self.ran.insert(test);
        self.rules.insert(block.rule);
    }

    /// What has been done once the user is known, too, whom the outcome of the rule may ask for.
    fn finish(mut self, rule: Option<usize>, slots: &SlotsOf) -> Work<'p> {
        if let Some(slot) = self.program.outcomes.identity_of(rule) {
            self.read_slot(slot);
        }
        let headers = self.read.iter().filter_map(|input| self.header(input, slots)).collect();
        Work { headers, regexes_of: self.rules.into_iter().collect() }
    }

    /// A header with what runs over it; none where the input is no header.
    fn header(&self, number: InputId, slots: &SlotsOf) -> Option<Header<'p>> {
        let input = self.program.inputs.get(number)?;
        if input.source == Source::Caller {
            return None;
        }
        let slots = slots.0.get(number).into_iter().flatten();
        let parts = slots.filter(|slot| Some(**slot) != input.whole);
        Some(Header {
            name: &input.name,
            all_lines: input.source == Source::Lines,
            whole: input.whole.map(|slot| self.scans(slot)).unwrap_or_default(),
            part: parts.map(|slot| self.scans(*slot)).max().unwrap_or_default(),
        })
    }

    fn scans(&self, number: SlotId) -> Scans {
        let Some(slot) = self.program.slots.get(number) else { return Scans::default() };
        let tests = self.ran.iter().filter_map(|test| self.program.tests.get(*test));
        let forms = [&slot.plain, &slot.folded];
        Scans {
            automata: tests.filter(|check| check.slot() == number).count(),
            searches: forms.iter().filter(|tests| tests.scanner.is_some()).count(),
        }
    }
}
