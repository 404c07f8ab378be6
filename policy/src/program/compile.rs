//! From a policy to a program: what it reads and asks is numbered, and each block put behind its pivot.

use super::bound;
use super::index::{BlockId, IndexVec, InputId, TestId};
use super::number::Numbered;
use super::outcome::Outcomes;
use super::pivot::{self, Pivot};
use super::sets::BitSet;
use super::{Block, Check, Literal, Program};
use crate::path::Path;
use crate::policy::{MAX_AUTOMATA, MAX_COMPILED, Policy};
use crate::problem::{Code, Problem, Problems};

pub(super) fn program(policy: &Policy, path: &Path, problems: &mut Problems) -> Option<Program> {
    let rules = path.key("spec").key("rules");
    let mut numbered = Numbered::default();
    let identity = policy.identity().iter().map(|subject| numbered.slot(subject)).collect();
    let blocks = number_blocks(policy, &mut numbered, problems);
    let help = "use `exact`, `in`, `prefix`, `suffix` or `contains` where possible";
    if numbered.compiled.memory > MAX_AUTOMATA {
        let message = format!("the regexes take over {MAX_AUTOMATA} bytes");
        problems.add(Problem::error(Code::RegexTooLarge, &rules, message).help(help));
    } else if numbered.compiled.are_too_many() {
        let message = format!("there are {MAX_COMPILED} different regexes or more");
        problems.add(Problem::error(Code::RegexTooLarge, &rules, message).help(help));
    }
    let worst_request = bound::worst_request(&numbered.loads());
    bound::check(worst_request, &rules, problems);
    build_scanners(&mut numbered);
    if !problems.allow() {
        return None;
    }
    let placed = Placed::new(&blocks, &mut numbered);
    let Numbered { inputs, slots, checks, automata, needs_engine, .. } = numbered;
    Some(Program {
        inputs,
        slots,
        tests: checks,
        waiting: placed.waiting,
        blocks,
        always: placed.always,
        probes: placed.probes,
        automata,
        outcomes: Outcomes::new(policy, identity),
        worst_request,
        needs_engine,
    })
}

fn number_blocks(
    policy: &Policy,
    numbered: &mut Numbered,
    problems: &mut Problems,
) -> IndexVec<BlockId, Block> {
    let mut blocks = IndexVec::default();
    for (rule, written) in policy.rules().iter().enumerate() {
        for block in written.blocks() {
            let (mut cheap, mut costly) = (Vec::new(), Vec::new());
            for (index, condition) in block.conditions.iter().enumerate() {
                let test = numbered.test(condition, problems);
                let literal = Literal { test, holds: condition.holds, condition: index };
                match numbered.checks.get(test) {
                    Some(Check::Automaton { .. }) => costly.push(literal),
                    _ => cheap.push(literal),
                }
            }
            // What is cheap to ask may save what is not.
            cheap.append(&mut costly);
            blocks.push(Block { rule, literals: cheap });
        }
    }
    blocks
}

fn build_scanners(numbered: &mut Numbered) {
    let texts = std::mem::take(&mut numbered.texts);
    for ([plain, folded], slot) in texts.into_iter().zip(numbered.slots.iter_mut()) {
        slot.plain.scanner = plain.build();
        slot.folded.scanner = folded.build();
    }
}

/// Blocks behind their pivots.
struct Placed {
    always: BitSet<BlockId>,
    waiting: IndexVec<TestId, Vec<BlockId>>,
    probes: Vec<(BlockId, InputId)>,
}

impl Placed {
    fn new(blocks: &IndexVec<BlockId, Block>, numbered: &mut Numbered) -> Self {
        let mut shared_by = IndexVec::from(vec![0_usize; numbered.checks.len()]);
        for literal in blocks.iter().flat_map(|block| &block.literals) {
            if let Some(count) = shared_by.get_mut(literal.test) {
                *count = count.saturating_add(1);
            }
        }
        let mut always = BitSet::new(blocks.len());
        let mut waiting = IndexVec::from(vec![Vec::new(); numbered.checks.len()]);
        // Blocks come in their order, and so do the first ones of each input.
        let mut probes: Vec<(BlockId, InputId)> = Vec::new();
        let mut waited_for = IndexVec::from(vec![false; numbered.inputs.len()]);
        for (number, block) in blocks.entries() {
            let must_hold = block.literals.iter().filter(|literal| literal.holds);
            let must_hold = must_hold.map(|literal| literal.test);
            let pivot = pivot::choose(must_hold, &numbered.checks, &numbered.rarities, &shared_by);
            let slot = match pivot {
                None => None,
                Some(Pivot::Slot(slot)) => Some(slot),
                Some(Pivot::Test(test)) => {
                    if let Some(blocks) = waiting.get_mut(test) {
                        blocks.push(number);
                    }
                    numbered.checks.get(test).map(Check::slot)
                }
            };
            let Some(slot) = slot.and_then(|slot| numbered.slots.get_mut(slot)) else {
                always.insert(number);
                continue;
            };
            if matches!(pivot, Some(Pivot::Slot(_))) {
                slot.waiting.push(number);
            }
            if let Some(waited_for) = waited_for.get_mut(slot.input).filter(|known| !**known) {
                *waited_for = true;
                probes.push((number, slot.input));
            }
        }
        Self { always, waiting, probes }
    }
}
