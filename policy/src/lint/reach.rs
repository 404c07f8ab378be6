//! Rules and blocks that no request reaches.

use super::implies::{excludes, implies};
use crate::policy::{Block, Condition, Policy, Rule, Subject};
use crate::problem::{Code, Problem};

/// Warns of blocks whose conditions contradict each other.
pub(super) fn never(policy: &Policy) -> Vec<Problem> {
    let mut problems = Vec::new();
    for block in policy.rules().iter().flat_map(Rule::blocks) {
        let mut pairs = block.conditions.iter().enumerate().flat_map(|(index, condition)| {
            let later = block.conditions.iter().skip(index.saturating_add(1));
            later.map(move |other| (condition, other))
        });
        if let Some((first, second)) = pairs.find(|(a, b)| contradict(a, b)) {
            let message = "no request can match both this and";
            let problem = Problem::warning(Code::NeverMatches, &second.path, message);
            let problem = problem.and(&first.path);
            problems.push(problem.help("remove one of the two: this block matches no request"));
        }
    }
    problems
}

fn contradict(a: &Condition, b: &Condition) -> bool {
    a.subject == b.subject
        && match (a.holds, b.holds) {
            (true, true) => has_one_value(&a.subject) && excludes(&a.test, &b.test),
            (true, false) => implies(&a.test, &b.test),
            (false, true) => implies(&b.test, &a.test),
            (false, false) => false,
        }
}

/// Whether a request has one value of it at most: of a header that may repeat one line can pass a test, and another
/// line one that excludes it.
fn has_one_value(subject: &Subject) -> bool {
    !matches!(subject, Subject::Header(name) if name.may_repeat())
}

/// How many pairs of blocks are compared: with more than some 4000 rules the last are not looked at.
const MAX_PAIRS: usize = 10_000_000;

/// Warns of rules all of whose requests are taken by a rule before them.
pub(super) fn unreachable(policy: &Policy) -> Vec<Problem> {
    let rules = policy.rules();
    let mut problems = Vec::new();
    let (mut blocks, mut pairs) = (0_usize, 0_usize);
    for (index, rule) in rules.iter().enumerate() {
        pairs = pairs.saturating_add(blocks.saturating_mul(rule.blocks().len()));
        blocks = blocks.saturating_add(rule.blocks().len());
        if pairs > MAX_PAIRS {
            break;
        }
        let before = rules.get(..index).unwrap_or_default();
        let taker = |block: &Block| {
            before.iter().find(|earlier| earlier.blocks().iter().any(|taken| covers(taken, block)))
        };
        let takers: Option<Vec<_>> = rule.blocks().iter().map(taker).collect();
        let Some(takers) = takers.filter(|takers| !takers.is_empty()) else {
            continue;
        };
        let mut names: Vec<_> = takers.iter().map(|rule| format!("`{}`", rule.name())).collect();
        names.dedup();
        let message = format!(
            "no request reaches rule `{}`: {} matches all of its requests",
            rule.name(),
            names.join(", ")
        );
        let problem = Problem::warning(Code::Unreachable, &rule.path().key("name"), message);
        problems.push(problem.help("the first matching rule decides: move the narrower rule up"));
    }
    problems
}

/// Whether every request that meets `block` meets `taken`.
fn covers(taken: &Block, block: &Block) -> bool {
    taken
        .conditions
        .iter()
        .all(|wanted| block.conditions.iter().any(|given| entails(given, wanted)))
}

fn entails(given: &Condition, wanted: &Condition) -> bool {
    given.subject == wanted.subject
        && match (given.holds, wanted.holds) {
            (true, true) => implies(&given.test, &wanted.test),
            (false, false) => implies(&wanted.test, &given.test),
            (true, false) => has_one_value(&given.subject) && excludes(&given.test, &wanted.test),
            (false, true) => false,
        }
}

#[cfg(test)]
mod tests;
