//! Subjects, tests and values in words, for people.

use policy::policy::{Relation, Subject, Test};
use policy::regex::{Case, MAX_VALUE};

use super::explanation::Asked;
use super::quote::quoted;

/// The values of an `in` that are shown.
const MAX_LISTED: usize = 5;

/// `cookie version`.
#[must_use]
pub fn subject(subject: &Subject) -> String {
    match subject {
        Subject::Header(name) => match name.as_str() {
            ":method" => "method".to_owned(),
            ":authority" => "authority".to_owned(),
            name => format!("header {name}"),
        },
        Subject::Cookie(name) => format!("cookie {name}"),
        Subject::Query(name) => format!("query {name}"),
        Subject::Path => "path".to_owned(),
        Subject::Caller(label) => format!("caller {label}"),
    }
}

/// `exact "v2"`, what a test asks for.
#[must_use]
pub fn test(test: &Test) -> String {
    let (text, case) = match test {
        Test::Present => return "present".to_owned(),
        Test::OneOf { values, case } => (one_of(values), case),
        Test::Text { relation, text, case } => {
            let relation = match relation {
                Relation::Prefix => "prefix",
                Relation::Suffix => "suffix",
                Relation::Contains => "contains",
            };
            (format!("{relation} {}", quoted(text)), case)
        }
        Test::Regex { source, case, .. } => (format!("regex {}", quoted(source.as_bytes())), case),
    };
    match case {
        Case::Sensitive => text,
        Case::Ignore => format!("{text}, in any case"),
    }
}

fn one_of(values: &[Vec<u8>]) -> String {
    if let [value] = values {
        return format!("exact {}", quoted(value));
    }
    let listed: Vec<String> = values.iter().take(MAX_LISTED).map(|value| quoted(value)).collect();
    match values.len().saturating_sub(MAX_LISTED) {
        0 => format!("in [{}]", listed.join(", ")),
        more => format!("in [{}, and {more} more]", listed.join(", ")),
    }
}

/// `cookie version: exact "v2"`, what a condition asks for.
#[must_use]
pub fn condition(asked: &Asked<'_>) -> String {
    let not = if asked.condition.holds { "" } else { "not " };
    format!("{}: {not}{}", subject(&asked.condition.subject), test(&asked.condition.test))
}

/// `"v20"`, what a request has; several lines of a header are told apart.
#[must_use]
pub fn found(asked: &Asked<'_>) -> String {
    let values: Vec<String> = asked.answer.values.iter().map(|value| quoted(value)).collect();
    if values.is_empty() {
        return "none".to_owned();
    }
    let values = values.join(" and ");
    if asked.answer.too_long {
        return format!("{values}: over {MAX_VALUE} bytes, which regexes ignore");
    }
    values
}
