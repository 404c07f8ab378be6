//! Tests that no request meets, or none that browsers send: their values cannot stand where they are looked for.

use super::values::{Limit, Set, VALUE_ALONE, sets};
use crate::path::Path;
use crate::policy::{Condition, Policy, Relation, Rule, Subject, Test};
use crate::problem::{Code, Problem};
use crate::regex::{Automaton, Case, Open, Search};

/// Warns of tests that never hold.
pub(super) fn tests(policy: &Policy) -> Vec<Problem> {
    let blocks = policy.rules().iter().flat_map(Rule::blocks);
    blocks.flat_map(|block| &block.conditions).flat_map(problems).collect()
}

/// Why a test never holds, for people; none where it may.
#[must_use]
pub fn why_never(condition: &Condition) -> Option<&'static str> {
    let outside = outside(condition);
    let is_all = match &condition.test {
        Test::OneOf { values, .. } => outside.len() == values.len(),
        _ => true,
    };
    outside.first().filter(|_| is_all).map(|(_, limit)| limit.reason)
}

fn problems(condition: &Condition) -> Vec<Problem> {
    let outside = outside(condition);
    outside.into_iter().map(|(at, limit)| problem(&at, limit, condition.holds)).collect()
}

/// The operands of a test that no value is or has, where they stand and why.
fn outside(condition: &Condition) -> Vec<(Path, &'static Limit)> {
    let Condition { subject, test, path, .. } = condition;
    let sets = sets(subject);
    let whole = |key: &str| {
        let outside =
            first_without(sets, |set| may_hold(set, test)).or_else(|| names_itself(condition));
        outside.map(|limit| (path.key(key), limit)).into_iter().collect()
    };
    match test {
        Test::Present => Vec::new(),
        Test::OneOf { values, case } => {
            let at = |index| match values.len() {
                // `exact` is a list of one.
                1 => path.clone(),
                _ => path.key("in").index(index),
            };
            let values = values.iter().enumerate();
            let outside = values.filter_map(|(index, value)| {
                let limit = first_without(sets, |set| admits(set, value, *case));
                Some((at(index), limit.or_else(|| names_itself_in(subject, value))?))
            });
            outside.collect()
        }
        Test::Text { relation: Relation::Prefix, .. } => whole("prefix"),
        Test::Text { relation: Relation::Suffix, .. } => whole("suffix"),
        Test::Text { relation: Relation::Contains, .. } => whole("contains"),
        Test::Regex { .. } => whole("regex"),
    }
}

/// A value that is to begin with the name of its own cookie or parameter.
fn names_itself(condition: &Condition) -> Option<&'static Limit> {
    match &condition.test {
        Test::Text { relation: Relation::Prefix, text, .. } => {
            names_itself_in(&condition.subject, text)
        }
        Test::Regex { pattern, .. } => {
            let required =
                pattern.required().filter(|required| required.case == Case::Sensitive)?;
            let mut limits =
                required.literals.iter().map(|text| names_itself_in(&condition.subject, text));
            limits.next().flatten().filter(|_| limits.all(|limit| limit.is_some()))
        }
        _ => None,
    }
}

fn names_itself_in(subject: &Subject, value: &[u8]) -> Option<&'static Limit> {
    let (Subject::Cookie(name) | Subject::Query(name)) = subject else { return None };
    let behind = value.strip_prefix(name.as_bytes())?;
    behind.starts_with(b"=").then_some(&VALUE_ALONE)
}

/// The first set that has nothing that passes.
fn first_without(sets: &[Set], passes: impl Fn(&Automaton) -> bool) -> Option<&'static Limit> {
    // Each is within the one before: mostly the last one answers for all.
    if sets.last().is_none_or(|set| passes(&set.values)) {
        return None;
    }
    sets.iter().find(|set| !passes(&set.values)).map(|set| set.limit)
}

fn admits(set: &Automaton, value: &[u8], case: Case) -> bool {
    set.admits(value, Open { before: false, behind: false }, case)
}

/// Whether a value of a set passes a test, as far as it is known.
fn may_hold(set: &Automaton, test: &Test) -> bool {
    match test {
        Test::Present => true,
        Test::OneOf { values, case } => values.iter().any(|value| admits(set, value, *case)),
        Test::Text { relation, text, case } => {
            let open = Open {
                before: *relation != Relation::Prefix,
                behind: *relation != Relation::Suffix,
            };
            set.admits(text, open, *case)
        }
        Test::Regex { pattern, .. } => {
            // Most patterns match what they look like.
            if pattern.likely_example().is_some_and(|example| set.is_match(&example)) {
                return true;
            }
            let automaton = Automaton::compile(pattern).ok();
            automaton.is_none_or(|automaton| automaton.common(set) != Search::None)
        }
    }
}

fn problem(at: &Path, limit: &Limit, holds: bool) -> Problem {
    let Limit { reason, help, is_likely_only, .. } = limit;
    let mut message = if *is_likely_only {
        format!("this does not match what browsers send: {reason}")
    } else {
        format!("no request can match this: {reason}")
    };
    if !holds {
        message.push_str("; it excludes nothing");
    }
    let problem = Problem::warning(Code::NeverMatches, at, message);
    match help {
        Some(help) => problem.help(*help),
        None => problem,
    }
}

#[cfg(test)]
mod tests;
