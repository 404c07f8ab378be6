//! Values to try on a test: some that pass it, and some that just do not.

use policy::policy::{Relation, Subject, Test};
use policy::regex::Case;

/// A value that passes these tests of one input, as far as a guess goes: what can stand in a row does.
pub(super) fn passing(subject: &Subject, tests: &[&Test]) -> Option<Vec<u8>> {
    let whole = tests.iter().find_map(|test| match test {
        Test::OneOf { values, .. } => values.first().cloned(),
        Test::Regex { pattern, .. } => pattern.example(),
        Test::Text { .. } | Test::Present => None,
    });
    let value = whole.unwrap_or_else(|| {
        let texts = |wanted: Relation| {
            tests.iter().filter_map(move |test| match test {
                Test::Text { relation, text, .. } if *relation == wanted => Some(text.as_slice()),
                _ => None,
            })
        };
        let longest = |wanted| texts(wanted).max_by_key(|text| text.len()).unwrap_or_default();
        let between: Vec<u8> = texts(Relation::Contains).collect::<Vec<_>>().concat();
        [longest(Relation::Prefix), &between, longest(Relation::Suffix)].concat()
    });
    let is_regex = tests.iter().any(|test| matches!(test, Test::Regex { .. }));
    match subject {
        // An example that is none says nothing.
        _ if value.is_empty() && is_regex => None,
        Subject::Path => Some(rooted(value)),
        _ if value.is_empty() && tests.iter().all(|test| matches!(test, Test::Present)) => {
            Some(b"1".to_vec())
        }
        _ => Some(value),
    }
}

/// Values around the border of the test, on either side.
pub(super) fn around(subject: &Subject, test: &Test) -> Vec<Vec<u8>> {
    let mut values = Vec::new();
    let mut near = |value: &[u8], case: Case| {
        values.push(value.to_vec());
        values.push([value, b"x"].concat());
        values.push([b"x", value].concat());
        values.push([b"x", value, b"x"].concat());
        values.push(value.to_ascii_uppercase());
        if case == Case::Sensitive {
            values.push(value.to_ascii_lowercase());
        }
    };
    match test {
        Test::Present => values.push(b"1".to_vec()),
        Test::OneOf { values, case } => values.iter().for_each(|value| near(value, *case)),
        Test::Text { text, case, .. } => near(text, *case),
        Test::Regex { pattern, case, .. } => {
            for value in pattern.literals().unwrap_or_default() {
                near(&value, *case);
            }
            if let Some(example) = pattern.example() {
                near(&example, *case);
                // What stands in raw cookie headers, before and behind.
                values.push([b"a=b; ".as_slice(), &example].concat());
                values.push([&example, b"; a=b".as_slice()].concat());
            }
        }
    }
    if *subject == Subject::Path {
        values = values.into_iter().map(rooted).collect();
    }
    values
}

/// Every path starts with `/`.
fn rooted(mut value: Vec<u8>) -> Vec<u8> {
    if !value.starts_with(b"/") {
        value.insert(0, b'/');
    }
    value
}
