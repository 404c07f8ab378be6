//! What a test says about another one of the same input. Every answer is a proof: "no" may mean "unknown".

use std::cell::OnceCell;

use super::values;
use crate::policy::{Condition, Relation, Subject, Test};
use crate::regex::{Automaton, Case};

/// A condition, and what was found out about it.
pub(super) struct Known<'p> {
    pub(super) condition: &'p Condition,
    automaton: OnceCell<Option<Automaton>>,
    takes: OnceCell<Takes>,
}

/// Which values of its input pass a test, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Takes {
    All,
    AllButTheEmpty,
    Some,
}

impl<'p> Known<'p> {
    pub(super) fn new(condition: &'p Condition) -> Self {
        Self { condition, automaton: OnceCell::new(), takes: OnceCell::new() }
    }

    /// Whether every request meets it: each has a path, a method and an authority.
    pub(super) fn is_always_met(&self) -> bool {
        let is_there = match &self.condition.subject {
            Subject::Path => true,
            Subject::Header(name) => name.as_str().starts_with(':') || name.as_str() == "host",
            Subject::Cookie(_) | Subject::Query(_) | Subject::Caller(_) => false,
        };
        is_there && self.condition.holds && self.takes() == Takes::All
    }

    /// Whether every value that passes this passes `other`.
    pub(super) fn implies(&self, other: &Self) -> bool {
        let (test, wanted) = (&self.condition.test, &other.condition.test);
        match other.takes() {
            Takes::All => return true,
            Takes::AllButTheEmpty if !self.takes_empty() => return true,
            Takes::AllButTheEmpty | Takes::Some => {}
        }
        match (test, wanted) {
            (Test::OneOf { values, case }, _) => {
                values.iter().all(|value| other.passes(value, *case) == Some(true))
            }
            (
                Test::Text { relation, text, case },
                Test::Text { relation: wanted, text: part, case: wanted_case },
            ) => {
                let Some(text) = comparable(text, *case, *wanted_case) else {
                    return false;
                };
                (relation == wanted || *wanted == Relation::Contains) && wanted.holds(&text, part)
            }
            (
                Test::Regex { source, case, .. },
                Test::Regex { source: other_source, case: other_case, .. },
            ) => source == other_source && (case == other_case || *other_case == Case::Ignore),
            _ => false,
        }
    }

    /// Whether no value passes both.
    pub(super) fn excludes(&self, other: &Self) -> bool {
        let none = |values: &[Vec<u8>], case, other: &Self| {
            values.iter().all(|value| other.passes(value, case) == Some(false))
        };
        match (&self.condition.test, &other.condition.test) {
            (Test::OneOf { values, case }, _) if none(values, *case, other) => true,
            (_, Test::OneOf { values, case }) => none(values, *case, self),
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

    fn takes(&self) -> Takes {
        *self.takes.get_or_init(|| match &self.condition.test {
            Test::Present => Takes::All,
            Test::Text { relation: Relation::Prefix, text, .. }
                if text == b"/" && self.is_path() =>
            {
                Takes::All
            }
            // What requires a text does not take all.
            Test::Regex { pattern, .. }
                if pattern.required().is_none_or(|required| required.literals == [b"/"]) =>
            {
                self.regex_takes().unwrap_or(Takes::Some)
            }
            _ => Takes::Some,
        })
    }

    fn regex_takes(&self) -> Option<Takes> {
        let all = values::all(&self.condition.subject)?;
        let automaton = self.automaton()?;
        // `OPTIONS *` is the one request whose path is no path: what takes all others takes all.
        let start: &[u8] = if self.is_path() { b"/" } else { b"" };
        Some(if automaton.covers(all, start) {
            Takes::All
        } else if !automaton.is_match(b"") && automaton.covers_all_but_the_empty(all) {
            Takes::AllButTheEmpty
        } else {
            Takes::Some
        })
    }

    fn is_path(&self) -> bool {
        match &self.condition.subject {
            Subject::Path => true,
            Subject::Header(name) => name.as_str() == ":path",
            _ => false,
        }
    }

    /// Whether an empty value passes, as far as it is known.
    fn takes_empty(&self) -> bool {
        match &self.condition.test {
            Test::Present => true,
            Test::OneOf { values, .. } => values.iter().any(Vec::is_empty),
            Test::Text { .. } => false,
            Test::Regex { .. } => self.automaton().is_none_or(|automaton| automaton.is_match(b"")),
        }
    }

    /// Whether a value passes; `None` where that depends on its case, which is not known.
    fn passes(&self, value: &[u8], case: Case) -> Option<bool> {
        match &self.condition.test {
            Test::Present => Some(true),
            Test::OneOf { values, case: wanted } => {
                let value = comparable(value, case, *wanted)?;
                Some(values.contains(&value))
            }
            Test::Text { relation, text, case: wanted } => {
                let value = comparable(value, case, *wanted)?;
                Some(relation.holds(&value, text))
            }
            Test::Regex { case: wanted, .. } => {
                let value = comparable(value, case, *wanted)?;
                Some(self.automaton()?.is_match(&value))
            }
        }
    }

    fn automaton(&self) -> Option<&Automaton> {
        let compiled = self.automaton.get_or_init(|| match &self.condition.test {
            Test::Regex { pattern, .. } => Automaton::compile(pattern).ok(),
            _ => None,
        });
        compiled.as_ref()
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
