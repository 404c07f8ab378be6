//! What a test says about another one of the same input. Every answer is a proof: "no" may mean "unknown".

use crate::policy::{Relation, Test};
use crate::regex::{Automaton, Case};

/// Whether every value that passes `test` passes `other`.
pub(super) fn implies(test: &Test, other: &Test) -> bool {
    match (test, other) {
        (_, Test::Present) => true,
        // No header has a line break, the one byte that `.` does not match.
        (_, Test::Regex { source, .. }) if source == ".*" => true,
        (Test::OneOf { values, case }, _) => {
            values.iter().all(|value| passes(value, *case, other) == Some(true))
        }
        (
            Test::Text { relation, text, case },
            Test::Text { relation: wanted, text: part, case: wanted_case },
        ) => {
            let Some(text) = comparable(text, *case, *wanted_case) else {
                return false;
            };
            match (relation, wanted) {
                (Relation::Prefix, Relation::Prefix) => text.starts_with(part),
                (Relation::Suffix, Relation::Suffix) => text.ends_with(part),
                (_, Relation::Contains) => contains(&text, part),
                _ => false,
            }
        }
        (
            Test::Regex { source, case, .. },
            Test::Regex { source: other_source, case: other_case, .. },
        ) => source == other_source && (case == other_case || *other_case == Case::Ignore),
        _ => false,
    }
}

/// Whether no value passes both.
pub(super) fn excludes(test: &Test, other: &Test) -> bool {
    let none = |values: &[Vec<u8>], case, other| {
        values.iter().all(|value| passes(value, case, other) == Some(false))
    };
    match (test, other) {
        (Test::OneOf { values, case }, _) if none(values, *case, other) => true,
        (_, Test::OneOf { values, case }) => none(values, *case, test),
        (
            Test::Text { relation: Relation::Prefix, text: a, case: Case::Sensitive },
            Test::Text { relation: Relation::Prefix, text: b, case: Case::Sensitive },
        ) => !a.starts_with(b) && !b.starts_with(a),
        (
            Test::Text { relation: Relation::Suffix, text: a, case: Case::Sensitive },
            Test::Text { relation: Relation::Suffix, text: b, case: Case::Sensitive },
        ) => !a.ends_with(b) && !b.ends_with(a),
        _ => false,
    }
}

/// Whether a value passes a test; `None` where that depends on its case, which is not known.
fn passes(value: &[u8], case: Case, test: &Test) -> Option<bool> {
    match test {
        Test::Present => Some(true),
        Test::OneOf { values, case: wanted } => {
            let value = comparable(value, case, *wanted)?;
            Some(values.contains(&value))
        }
        Test::Text { relation, text, case: wanted } => {
            let value = comparable(value, case, *wanted)?;
            Some(match relation {
                Relation::Prefix => value.starts_with(text),
                Relation::Suffix => value.ends_with(text),
                Relation::Contains => contains(&value, text),
            })
        }
        Test::Regex { pattern, case: wanted, .. } => {
            let value = comparable(value, case, *wanted)?;
            Some(Automaton::compile(pattern).ok()?.is_match(&value))
        }
    }
}

/// A value in the case in which a test of case `wanted` looks at it.
fn comparable(value: &[u8], case: Case, wanted: Case) -> Option<Vec<u8>> {
    match (case, wanted) {
        (Case::Sensitive, Case::Sensitive) | (Case::Ignore, Case::Ignore) => Some(value.to_vec()),
        (Case::Sensitive, Case::Ignore) => Some(value.to_ascii_lowercase()),
        (Case::Ignore, Case::Sensitive) => None,
    }
}

fn contains(value: &[u8], part: &[u8]) -> bool {
    part.is_empty() || value.windows(part.len()).any(|window| window == part)
}
