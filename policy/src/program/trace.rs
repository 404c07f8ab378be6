//! How a request is decided, for people: the answer of every test, and who the user is taken for.
//!
//! It asks the very tests that [`decide`](super::Program::decide) asks, only all of them.

use super::index::TestId;
use super::outcome::Choice;
use super::run::{self, Run, seen_by_regexes};
use super::{Check, Decision, Program, Request, Scratch};

/// How a request was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// What was decided.
    pub decision: Decision,
    /// By rule, block and condition, as written.
    pub rules: Vec<Vec<Vec<Answer>>>,
    /// Who the user is taken for, whether or not the split asks.
    pub identity: Option<Identified>,
    /// How the subset was chosen.
    pub choice: Choice,
}

/// What one condition says of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Whether the request meets the condition.
    pub met: bool,
    /// What its test looked at: nothing where that is absent, several where a header has several lines.
    pub values: Vec<Vec<u8>>,
    /// Whether a regex did not look because a value is too long for it.
    pub too_long: bool,
}

/// Who a user is taken for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identified {
    /// The position in [`Policy::identity`](crate::Policy::identity).
    pub by: usize,
    /// The value.
    pub value: Vec<u8>,
    /// Where the user stands in the draw of the Release's cohort.
    pub draw: u64,
}

pub(super) fn trace(program: &Program, request: &mut impl Request, scratch: &mut Scratch) -> Trace {
    let decision = run::decide(program, request, scratch);
    let mut run = Run { program, request, scratch };
    let mut rules: Vec<Vec<Vec<Answer>>> = Vec::new();
    for block in &program.blocks {
        let mut answers = vec![Answer::default(); block.literals.len()];
        for literal in &block.literals {
            if let Some(answer) = answers.get_mut(literal.condition) {
                *answer = run.answer(literal.test);
                answer.met = answer.met == literal.holds;
            }
        }
        if rules.len() <= block.rule {
            rules.resize_with(block.rule.saturating_add(1), Vec::new);
        }
        if let Some(rule) = rules.get_mut(block.rule) {
            rule.push(answers);
        }
    }
    let identity = program.outcomes.identity.iter().enumerate().find_map(|(by, slot)| {
        let value = run.identity_value(*slot)?.to_vec();
        let draw = program.outcomes.position(&value);
        Some(Identified { by, value, draw })
    });
    let known = || identity.as_ref().map(|identified| identified.draw);
    let choice = program.outcomes.choice(decision.rule, known);
    Trace { decision, rules, identity, choice }
}

impl<R: Request> Run<'_, R> {
    fn answer(&mut self, test: TestId) -> Answer {
        let met = self.test(test);
        let Some(check) = self.program.tests.get(test) else { return Answer::default() };
        let lines = self.scratch.lines(self.program, check.slot());
        let values: Vec<Vec<u8>> = lines.map(<[u8]>::to_vec).collect();
        let is_regex = matches!(check, Check::Automaton { .. });
        let lines = values.iter().map(Vec::as_slice);
        let too_long = is_regex && seen_by_regexes(lines).any(|seen| seen.is_none());
        Answer { met, values, too_long }
    }
}
