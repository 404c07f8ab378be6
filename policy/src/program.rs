//! A Policy made ready to decide: look-ups, scans and automata, built once per configuration.
//!
//! `decide` cannot fail, never panics, reads each input of a request at most once and only when a rule
//! that could still win needs it. Its cost does not grow with the number of rules: each rule waits behind
//! one of its tests (its pivot), and only those whose pivot the request meets are looked at.

mod bound;
mod compile;
mod index;
mod number;
mod outcome;
mod pivot;
mod run;
mod scanner;
mod scratch;
mod sets;
mod slot;
mod trace;
mod work;

use crate::path::Path;
use crate::policy::{Policy, SubsetId};
use crate::problem::Problems;
use crate::regex::{Around, Automaton};

use crate::lookup::Lookup;
use index::{AutomatonId, BlockId, IndexVec, InputId, SlotId, SoughtId, TestId};
use outcome::Outcomes;
use sets::BitSet;
use slot::Slot;

pub use outcome::Choice;
pub use scratch::Scratch;
pub use trace::{Answer, Identified, Trace};
pub use work::{Header, Scans, Work};

/// A request, as far as a program may look at it.
pub trait Request {
    /// All lines of the header `name` (lower case; pseudo-headers as `:path`), as bytes. Asked where any of them
    /// may meet a test, which is never so for pseudo-headers and `cookie`.
    fn lines(&mut self, name: &str) -> Lines;

    /// The first line of a header, where no other counts.
    fn header(&mut self, name: &str) -> Option<Vec<u8>> {
        self.lines(name).first
    }

    /// A label of the workload that calls; `None` where it has none of that name, or it is not known. Known before any
    /// request, so that it may be asked again and again.
    fn caller(&mut self, label: &str) -> Option<Vec<u8>>;

    /// 64 independent random bits, for splits that are not sticky.
    fn draw(&mut self) -> u64;
}

/// The lines of one header, in their order: almost always one or none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// The first; `None` where the request does not have the header.
    pub first: Option<Vec<u8>>,
    /// The others.
    pub more: Vec<Vec<u8>>,
}

impl From<Option<Vec<u8>>> for Lines {
    /// One line, or none.
    fn from(first: Option<Vec<u8>>) -> Self {
        Self { first, more: Vec::new() }
    }
}

impl<'a> FromIterator<&'a [u8]> for Lines {
    fn from_iter<I: IntoIterator<Item = &'a [u8]>>(lines: I) -> Self {
        let mut lines = lines.into_iter().map(<[u8]>::to_vec);
        Self { first: lines.next(), more: lines.collect() }
    }
}

/// Where a request goes, and by which rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The position in [`Policy::rules`] of the rule that took it; `None`: the Release's own split.
    pub rule: Option<usize>,
    /// The subset.
    pub subset: SubsetId,
    /// How many values were too long for the regexes that wanted to see them.
    pub too_long: u32,
}

/// A compiled Release.
#[derive(Debug)]
pub struct Program {
    /// Request headers that conditions and identities look at; each is read at most once.
    inputs: IndexVec<InputId, Input>,
    /// What is tested, each in one input.
    slots: IndexVec<SlotId, Slot>,
    /// Tests; equal ones of a slot are one.
    tests: IndexVec<TestId, Check>,
    /// The blocks that wait for a test to be marked.
    waiting: IndexVec<TestId, Vec<BlockId>>,
    /// Blocks of all rules, in document order.
    blocks: IndexVec<BlockId, Block>,
    /// Blocks that no pivot stands before.
    always: BitSet<BlockId>,
    /// Inputs with pivots and the first block behind one, in the order of those.
    probes: Vec<(BlockId, InputId)>,
    automata: IndexVec<AutomatonId, Automaton>,
    outcomes: Outcomes,
    worst_request: u64,
    needs_engine: bool,
}

/// A request header and what is in it, or a label of the caller.
#[derive(Debug)]
struct Input {
    source: Source,
    name: String,
    /// The slot of the whole value.
    whole: Option<SlotId>,
    parts: Parts,
}

/// Where an input is read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    /// The first line of a header.
    Header,
    /// Each line of a header.
    Lines,
    /// The caller's labels.
    Caller,
}

/// What an input consists of besides its whole value.
#[derive(Debug)]
enum Parts {
    None,
    Cookies {
        /// Slots of cookies, by name.
        names: Lookup<SlotId>,
        /// Tests of the raw header that look for a text between semicolons.
        pieces: Lookup<Vec<Sought>>,
        /// How many [`Sought`] there are.
        sought: usize,
    },
    /// The slot of the path without its query, and those of query parameters, by name.
    Target {
        path: Option<SlotId>,
        query: Lookup<SlotId>,
    },
}

/// Tests that look for one text between semicolons with the same white space around it: what meets one meets all.
#[derive(Debug)]
struct Sought {
    number: SoughtId,
    around: Around,
    tests: Vec<TestId>,
}

/// How the answer of a test is found, once its slot's input was read.
#[derive(Debug)]
enum Check {
    /// The slot has a value.
    Present { slot: SlotId },
    /// Reading the slot marked it.
    Marked { slot: SlotId },
    /// An automaton runs over the slot's value, unless it has required literals and none was marked.
    Automaton { slot: SlotId, automaton: AutomatonId, marked: bool },
}

impl Check {
    fn slot(&self) -> SlotId {
        match self {
            Self::Present { slot } | Self::Marked { slot } | Self::Automaton { slot, .. } => *slot,
        }
    }
}

/// Tests that must hold (or must not), and the rule that they decide for.
#[derive(Debug)]
struct Block {
    rule: usize,
    literals: Vec<Literal>,
}

#[derive(Clone, Copy, Debug)]
struct Literal {
    test: TestId,
    holds: bool,
    /// Its position among the conditions of the block, as written.
    condition: usize,
}

impl Program {
    /// Compiles a policy that stands at `path`; fails where its patterns are too large, or could cost a
    /// crafted request too much.
    #[must_use]
    pub fn compile(policy: &Policy, path: &Path, problems: &mut Problems) -> Option<Self> {
        compile::program(policy, path, problems)
    }

    /// Decides a request.
    pub fn decide(&self, request: &mut impl Request, scratch: &mut Scratch) -> Decision {
        run::decide(self, request, scratch)
    }

    /// Decides a request, and tells how: each test is asked, needed or not.
    pub fn trace(&self, request: &mut impl Request, scratch: &mut Scratch) -> Trace {
        trace::trace(self, request, scratch)
    }

    /// The request headers that it may look at.
    pub fn headers(&self) -> impl Iterator<Item = &str> {
        let headers = self.inputs.iter().filter(|input| input.source != Source::Caller);
        headers.map(|input| input.name.as_str())
    }

    /// The labels of the caller that it may look at.
    pub fn caller_labels(&self) -> impl Iterator<Item = &str> {
        let labels = self.inputs.iter().filter(|input| input.source == Source::Caller);
        labels.map(|input| input.name.as_str())
    }

    /// Whether it looks at the first line of some header.
    #[must_use]
    pub fn reads_first_lines(&self) -> bool {
        self.inputs.iter().any(|input| input.source == Source::Header)
    }

    /// Whether it looks at all lines of some header.
    #[must_use]
    pub fn reads_lines(&self) -> bool {
        self.inputs.iter().any(|input| input.source == Source::Lines)
    }

    /// Whether it looks at several headers in a request that no rule takes: then all are best read at once.
    #[must_use]
    pub fn reads_at_once(&self) -> bool {
        self.usual_headers() > 1
    }

    /// How many headers it looks at in a request that no rule takes.
    fn usual_headers(&self) -> usize {
        let probed = self.probes.iter().map(|(_, input)| *input);
        let identity = self.outcomes.identity_of(None);
        let identity = identity.and_then(|slot| self.slots.get(slot)).map(|slot| slot.input);
        let mut inputs: Vec<InputId> = probed.chain(identity).collect();
        inputs.sort_unstable();
        inputs.dedup();
        let is_header = |input: &InputId| {
            self.inputs.get(*input).is_some_and(|input| input.source != Source::Caller)
        };
        inputs.iter().filter(|input| is_header(input)).count()
    }

    /// Whether any of its splits may draw random numbers.
    #[must_use]
    pub fn needs_draws(&self) -> bool {
        self.outcomes.need_draws()
    }

    /// Whether it has a regex that only the regex engine can read: the module without it would refuse the Release.
    #[must_use]
    pub fn needs_regex_engine(&self) -> bool {
        self.needs_engine
    }

    /// The steps (regexes times bytes) of the most expensive request that could be crafted.
    #[must_use]
    pub fn worst_request(&self) -> u64 {
        self.worst_request
    }

    /// The bytes of its automata.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.automata.iter().map(Automaton::memory).sum()
    }
}

#[cfg(test)]
mod tests;
