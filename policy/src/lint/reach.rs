//! Rules and blocks that no request reaches.

use super::implies::Known;
use crate::policy::{Block, Policy, Rule, Subject, Test};
use crate::problem::{Code, Problem};

/// Warns of blocks whose conditions contradict each other.
pub(super) fn never(policy: &Policy) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut compared = 0_usize;
    for block in policy.rules().iter().flat_map(Rule::blocks) {
        let conditions = known(block);
        let weight = weight(&conditions);
        compared = compared.saturating_add(weight.saturating_mul(weight));
        if compared > MAX_COMPARED {
            break;
        }
        let mut pairs = conditions.iter().enumerate().flat_map(|(index, condition)| {
            let later = conditions.iter().skip(index.saturating_add(1));
            later.map(move |other| (condition, other))
        });
        if let Some((first, second)) = pairs.find(|(a, b)| contradict(a, b)) {
            let message = "no request can match both this and";
            let (first, second) = (&first.condition.path, &second.condition.path);
            let problem = Problem::warning(Code::NeverMatches, second, message);
            let problem = problem.and(first);
            problems.push(problem.help("remove one of the two: this block matches no request"));
        }
    }
    problems
}

fn known(block: &Block) -> Vec<Known<'_>> {
    block.conditions.iter().map(Known::new).collect()
}

fn contradict(a: &Known<'_>, b: &Known<'_>) -> bool {
    let subject = &a.condition.subject;
    *subject == b.condition.subject
        && match (a.condition.holds, b.condition.holds) {
            (true, true) => has_one_value(subject) && a.excludes(b),
            (true, false) => a.implies(b),
            (false, true) => b.implies(a),
            (false, false) => false,
        }
}

/// Whether a request has one value of it at most: of a header that may repeat one line can pass a test, and another
/// line one that excludes it.
fn has_one_value(subject: &Subject) -> bool {
    !matches!(subject, Subject::Header(name) if name.may_repeat())
}

/// How many pairs of values and tests are compared: with more than some 4000 rules the last are not looked at.
const MAX_COMPARED: usize = 10_000_000;

/// How much it takes to compare conditions: the values of `in` are compared one by one.
fn weight(conditions: &[Known<'_>]) -> usize {
    let weight = |known: &Known<'_>| match &known.condition.test {
        Test::OneOf { values, .. } => values.len(),
        _ => 1,
    };
    conditions.iter().map(weight).fold(0, usize::saturating_add)
}

/// Warns of rules all of whose requests are taken by a rule before them.
pub(super) fn unreachable(policy: &Policy) -> Vec<Problem> {
    let rules: Vec<(&Rule, Vec<Vec<Known<'_>>>)> = policy
        .rules()
        .iter()
        .map(|rule| (rule, rule.blocks().iter().map(known).collect()))
        .collect();
    let mut problems = Vec::new();
    let (mut all, mut compared) = (0_usize, 0_usize);
    for (index, (rule, own)) in rules.iter().enumerate() {
        let weight = own.iter().map(|block| weight(block)).fold(0, usize::saturating_add);
        compared = compared.saturating_add(all.saturating_mul(weight));
        all = all.saturating_add(weight);
        if compared > MAX_COMPARED {
            break;
        }
        let before = rules.get(..index).unwrap_or_default();
        let taker = |block: &Vec<Known<'_>>| {
            let is_taken = |(_, earlier): &&(&Rule, Vec<Vec<Known<'_>>>)| {
                earlier.iter().any(|taken| covers(taken, block))
            };
            before.iter().find(is_taken).map(|(rule, _)| *rule)
        };
        let takers: Option<Vec<_>> = own.iter().map(taker).collect();
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
fn covers(taken: &[Known<'_>], block: &[Known<'_>]) -> bool {
    taken
        .iter()
        .all(|wanted| block.iter().any(|given| entails(given, wanted)) || wanted.is_always_met())
}

fn entails(given: &Known<'_>, wanted: &Known<'_>) -> bool {
    let subject = &given.condition.subject;
    *subject == wanted.condition.subject
        && match (given.condition.holds, wanted.condition.holds) {
            (true, true) => given.implies(wanted),
            (false, false) => wanted.implies(given),
            (true, false) => has_one_value(subject) && given.excludes(wanted),
            (false, true) => false,
        }
}

#[cfg(test)]
mod tests;
