//! Istio's test of a text (`StringMatch`), as a test of a Release.

use istio::field::Field;
use policy::lint;
use policy::policy::Subject;
use policy::regex::{Automaton, Case, Pattern};
use policy::{Code, Node, Path, Problem, Problems};
use serde_json::json;

use super::draft::Draft;

/// A test.
#[derive(Clone, Debug)]
pub(super) struct StringMatch<'n> {
    /// Where it stands.
    pub(super) path: Path,
    pub(super) operator: Operator<'n>,
}

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator<'n> {
    /// That there is a value: `{}`, nothing at all, or the regex `*`, which Istio takes for that.
    Present,
    Exact(&'n str),
    Prefix(&'n str),
    /// Of the whole value.
    Regex(&'n str),
}

impl<'n> StringMatch<'n> {
    /// Reads the test of a path, where `*` is a regex like others: neither Istio's webhook nor Envoy takes it.
    pub(super) fn read_uri(field: &Field<'n>, problems: &mut Problems) -> Option<Self> {
        let test = Self::read(field, problems)?;
        let is_asterisk = test.operator == Operator::Present && field.word("regex") == Some("*");
        Some(if is_asterisk { Self { operator: Operator::Regex("*"), ..test } } else { test })
    }

    /// Reads a test; none where it is wrong. Values of other types were found before.
    pub(super) fn read(field: &Field<'n>, problems: &mut Problems) -> Option<Self> {
        let operand = |key: &str| {
            let operand = field.get(key)?;
            Some(match operand.node {
                Node::String(text) => Some(text.as_str()),
                _ => None,
            })
        };
        let (exact, prefix, regex) = (operand("exact"), operand("prefix"), operand("regex"));
        let operator = match (exact, prefix, regex) {
            (None, None, None) => Operator::Present,
            (Some(text), None, None) => Operator::Exact(text?),
            (None, Some(text), None) => Operator::Prefix(text?),
            (None, None, Some(text)) => match text? {
                "*" => Operator::Present,
                text => Operator::Regex(text),
            },
            _ => {
                let message = "expected exactly one of `exact`, `prefix` or `regex`, found more";
                let problem = Problem::error(Code::OneOf, &field.path, message);
                problems
                    .add(problem.help("keep one; if all must match, combine them in one `regex`"));
                return None;
            }
        };
        Some(Self { path: field.path.clone(), operator })
    }

    /// Reports what Istio refuses: an operand that every value would pass, or none.
    pub(super) fn refuse_empty(&self, problems: &mut Problems) {
        let (key, message) = match self.operator {
            Operator::Prefix("") => {
                ("prefix", "an empty `prefix` matches every value: Envoy rejects it")
            }
            Operator::Regex("") => ("regex", "an empty `regex` is not a regex: Istio rejects it"),
            _ => return,
        };
        let problem = Problem::error(Code::Empty, &self.path.key(key), message);
        problems.add(problem.help("to test that there is a value, write `{}`"));
    }

    /// Warns of what Istio's routes take for "is there", but its webhook does not let pass.
    pub(super) fn warn_of_strange(&self, field: &Field<'_>, problems: &mut Problems) {
        let (at, message) = match (field.node, field.get("regex")) {
            (Node::Null, _) => (field.path.clone(), "this is empty: Istio's webhook rejects that"),
            (_, Some(regex)) if self.operator == Operator::Present => (
                regex.path,
                "`*` is not a regex: Istio's webhook rejects it here, and its routes read it as \"is present\"",
            ),
            _ => return,
        };
        let problem = Problem::warning(Code::RegexTrap, &at, message);
        problems.add(problem.help("to test that there is a value, write `{}`"));
    }

    /// Whether every value passes that this input of a request can have, however the test is spelled.
    pub(super) fn takes_every_value(&self, subject: &Subject) -> bool {
        match self.operator {
            Operator::Present => true,
            Operator::Exact(_) | Operator::Prefix(_) => false,
            Operator::Regex(regex) => Pattern::parse(regex, Case::Sensitive)
                .is_ok_and(|pattern| lint::takes_every_value(subject, &pattern)),
        }
    }

    /// Whether the empty text passes.
    pub(super) fn takes_empty(&self) -> bool {
        !matches!(self.operator, Operator::Present | Operator::Prefix(_)) && self.takes("")
    }

    /// Whether a text passes.
    pub(super) fn takes(&self, value: &str) -> bool {
        match self.operator {
            Operator::Present => true,
            Operator::Exact(text) => text == value,
            Operator::Prefix(text) => value.starts_with(text),
            Operator::Regex(text) => {
                let pattern = Pattern::parse(text, Case::Sensitive).ok();
                let automaton = pattern.and_then(|pattern| Automaton::compile(&pattern).ok());
                automaton.is_some_and(|automaton| automaton.is_match(value.as_bytes()))
            }
        }
    }

    /// As a test of a Release.
    pub(super) fn draft(&self, case: Case) -> Draft {
        let (key, operand) = match self.operator {
            Operator::Present => return present(true).made_of(&self.path),
            Operator::Exact(text) => ("exact", text),
            Operator::Prefix(text) => ("prefix", text),
            Operator::Regex(text) => ("regex", text),
        };
        let operand = Draft::text(operand).made_of(&self.path.key(key));
        // Envoy looks away from the case of a path for all but regexes.
        let fold = (case == Case::Ignore && key != "regex").then(|| ("ignoreCase", true.into()));
        let fold = fold.map(|(key, value): (_, serde_json::Value)| (key, Draft::leaf(value)));
        Draft::map([(key, operand)].into_iter().chain(fold)).made_of(&self.path)
    }
}

/// The test whether there is a value.
pub(super) fn present(is_present: bool) -> Draft {
    Draft::map([("present", Draft::leaf(json!(is_present)))])
}
