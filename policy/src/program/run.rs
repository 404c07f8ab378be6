//! Deciding one request.

use super::index::{AutomatonId, BlockId, Index, IndexVec, InputId, SlotId, TestId};
use super::scratch::{Read, Scratch};
use super::slot::Slot;
use super::{Block, Check, Decision, Lines, Parts, Program, Request, Sought, Source};
use crate::cookie::{self, for_each_piece};
use crate::lookup::Lookup;
use crate::regex::{Header, MAX_VALUE};

pub(super) fn decide(
    program: &Program,
    request: &mut impl Request,
    scratch: &mut Scratch,
) -> Decision {
    scratch.reset(program);
    let mut run = Run { program, request, scratch };
    let rule = run.rule();
    let subset = program.outcomes.subset(rule, &mut run, Run::identity, |run| run.request.draw());
    let too_long = run.scratch.too_long.len();
    Decision { rule, subset, too_long: u32::try_from(too_long).unwrap_or(u32::MAX) }
}

pub(super) struct Run<'a, R> {
    pub(super) program: &'a Program,
    pub(super) request: &'a mut R,
    pub(super) scratch: &'a mut Scratch,
}

impl<R: Request> Run<'_, R> {
    /// The first rule that takes the request. Candidates are looked at in document order; an input is read
    /// when the first block that waits for it comes before every candidate that is known so far.
    fn rule(&mut self) -> Option<usize> {
        let mut probes = self.program.probes.iter().peekable();
        let mut from = BlockId::default();
        loop {
            let candidate = self.scratch.candidates.next(from);
            if let Some((_, input)) =
                probes.next_if(|(first, _)| candidate.is_none_or(|c| *first <= c))
            {
                self.read(*input);
                continue;
            }
            let candidate = candidate?;
            let block = self.program.blocks.get(candidate)?;
            if self.holds(block) {
                return Some(block.rule);
            }
            from = candidate.next()?;
        }
    }

    fn holds(&mut self, block: &Block) -> bool {
        block.literals.iter().all(|literal| self.test(literal.test) == literal.holds)
    }

    pub(super) fn test(&mut self, test: TestId) -> bool {
        let Some(check) = self.program.tests.get(test) else {
            return false;
        };
        if let Some(slot) = self.program.slots.get(check.slot()) {
            self.read(slot.input);
        }
        match check {
            Check::Present { slot } => self.scratch.slots.contains(*slot),
            Check::Marked { .. } => self.scratch.marked.contains(test),
            Check::Automaton { slot, automaton, marked } => {
                if self.scratch.run.insert(test)
                    && (!marked || self.scratch.marked.contains(test))
                    && self.matches(*slot, *automaton)
                {
                    self.scratch.matched.insert(test);
                }
                self.scratch.matched.contains(test)
            }
        }
    }

    fn matches(&mut self, slot: SlotId, automaton: AutomatonId) -> bool {
        let Some(automaton) = self.program.automata.get(automaton) else {
            return false;
        };
        let (mut matched, mut too_long) = (false, false);
        for value in seen_by_regexes(self.scratch.lines(self.program, slot)) {
            match value {
                Some(value) => matched = matched || automaton.is_match(value),
                None => too_long = true,
            }
        }
        if too_long {
            self.scratch.too_long.insert(slot);
        }
        matched
    }

    /// The draw of the user that the value of `slot` names; an empty one names no user.
    fn identity(&mut self, slot: SlotId) -> Option<u64> {
        let program = self.program;
        self.identity_value(slot).map(|value| program.outcomes.position(value))
    }

    pub(super) fn identity_value(&mut self, slot: SlotId) -> Option<&[u8]> {
        self.read(self.program.slots.get(slot)?.input);
        self.scratch.value(self.program, slot).filter(|value| !value.is_empty())
    }

    /// Reads an input, unless it was: its slots get their values, and every test and block that these decide
    /// is marked.
    fn read(&mut self, index: InputId) {
        let (Some(input), Some(Read::Unread)) =
            (self.program.inputs.get(index), self.scratch.inputs.get(index))
        else {
            return;
        };
        let first = match input.source {
            Source::Header => self.request.header(&input.name),
            Source::Caller => self.request.caller(&input.name),
            Source::Lines => {
                let Lines { first, more } = self.request.lines(&input.name);
                for line in more {
                    if let Some(slot) = input.whole.and_then(|slot| self.program.slots.get(slot)) {
                        self.mark(slot, &line);
                    }
                    self.scratch.more_lines.push((index, line));
                }
                first
            }
        };
        if let Some(raw) = &first {
            if let Some(slot) = input.whole {
                self.see(slot, raw, raw);
            }
            self.read_parts(&input.parts, raw);
        }
        if let Some(slot) = self.scratch.inputs.get_mut(index) {
            *slot = first.map_or(Read::Absent, Read::Value);
        }
    }

    fn read_parts(&mut self, parts: &Parts, raw: &[u8]) {
        match parts {
            Parts::None => {}
            Parts::Cookies { names, pieces, sought } => {
                // Looked through once, and only where some piece is asked for.
                let mut header = None;
                self.scratch.sought.reset(*sought);
                for_each_piece(raw, |piece| {
                    let text = piece.text.trim_ascii_start();
                    if !pieces.is_empty()
                        && let Some(all) = pieces.get(text.trim_ascii_end())
                    {
                        let header = header.get_or_insert_with(|| Header::new(raw));
                        for Sought { number, around, tests } in all {
                            // A crafted request has one piece thousands of times, and thousands of tests may ask for it.
                            if !self.scratch.sought.contains(*number)
                                && around.allows(&piece, header)
                            {
                                self.scratch.sought.insert(*number);
                                for test in tests {
                                    self.mark_test(*test);
                                }
                            }
                        }
                    }
                    // Most cookies are known not to be asked for by their first letter.
                    if text.first().is_some_and(|first| names.may_begin_with(*first))
                        && let Some((name, behind)) = piece.named()
                        && let Some(slot) = self.unseen(names, name)
                    {
                        self.see(slot, raw, cookie::value(behind));
                    }
                });
            }
            Parts::Target { path, query } => {
                let end = raw.iter().position(|b| matches!(b, b'?' | b'#')).unwrap_or(raw.len());
                let (before, rest) = raw.split_at_checked(end).unwrap_or((raw, &[]));
                if let Some(slot) = path {
                    self.see(*slot, raw, before);
                }
                if query.is_empty() || rest.first() != Some(&b'?') {
                    return;
                }
                let rest = rest.get(1..).unwrap_or_default();
                let rest = rest.split(|b| *b == b'#').next().unwrap_or_default();
                for pair in rest.split(|b| *b == b'&') {
                    let equals = pair.iter().position(|b| *b == b'=').unwrap_or(pair.len());
                    let (name, value) = pair.split_at_checked(equals).unwrap_or((pair, &[]));
                    if let Some(slot) = self.unseen(query, name) {
                        self.see(slot, raw, value.get(1..).unwrap_or_default());
                    }
                }
            }
        }
    }

    /// The slot of a named part of an input; the first of a repeated name counts.
    #[inline]
    fn unseen(&self, names: &Lookup<SlotId>, name: &[u8]) -> Option<SlotId> {
        names.get(name).copied().filter(|slot| !self.scratch.slots.contains(*slot))
    }

    /// The value of a slot: a piece of its input `raw`.
    fn see(&mut self, number: SlotId, raw: &[u8], value: &[u8]) {
        let Some(slot) = self.program.slots.get(number) else {
            return;
        };
        // An empty slice may point anywhere.
        let start = value.as_ptr().addr().wrapping_sub(raw.as_ptr().addr());
        let start = if value.is_empty() { 0 } else { start };
        self.scratch.slots.insert(number);
        self.scratch.values.push((start, start.wrapping_add(value.len())));
        for block in &slot.waiting {
            self.scratch.candidates.insert(*block);
        }
        self.mark(slot, value);
    }

    /// Marks what a value of a slot meets, and the blocks that wait for it.
    fn mark(&mut self, slot: &Slot, value: &[u8]) {
        let waiting = &self.program.waiting;
        slot.tests(value, self.scratch, |test, scratch| mark_test(waiting, scratch, test));
    }

    fn mark_test(&mut self, test: TestId) {
        mark_test(&self.program.waiting, self.scratch, test);
    }
}

/// Of the lines of a header those that regexes look at, as many as fit into [`MAX_VALUE`] together: without that a request
/// of several lines would cost several times what [`super::bound`] says. None for each of the others.
pub(super) fn seen_by_regexes<'a>(
    lines: impl Iterator<Item = &'a [u8]>,
) -> impl Iterator<Item = Option<&'a [u8]>> {
    let mut room = MAX_VALUE;
    lines.map(move |line| {
        room = room.checked_sub(line.len())?;
        Some(line)
    })
}

fn mark_test(waiting: &IndexVec<TestId, Vec<BlockId>>, scratch: &mut Scratch, test: TestId) {
    // A crafted request may meet one test thousands of times.
    if !scratch.marked.insert(test) {
        return;
    }
    for block in waiting.get(test).map(Vec::as_slice).unwrap_or_default() {
        scratch.candidates.insert(*block);
    }
}
