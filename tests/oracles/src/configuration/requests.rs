//! Requests for a policy: what each of its blocks asks for, and nearly that.

use policy::Policy;
use policy::policy::{Block, Condition, Relation, Rule, Subject, Test};

type Headers = Vec<(String, Vec<u8>)>;

/// Blocks that are tried; a configuration of a few kilobytes has no more that differ.
const MOST: usize = 32;

/// Each block's request as it asks for it, and with every value a little longer and in capitals.
pub(super) fn of(policy: &Policy) -> Vec<Headers> {
    let blocks = policy.rules().iter().flat_map(Rule::blocks).take(MOST);
    let mut requests: Vec<Headers> = blocks
        .flat_map(|block| {
            let longer = |value: &[u8]| [value, b"x"].concat();
            let capital = |value: &[u8]| value.to_ascii_uppercase();
            [request(block, <[u8]>::to_vec), request(block, longer), request(block, capital)]
        })
        .collect();
    requests.push(bare());
    for request in &mut requests {
        for identity in policy.identity() {
            add(request, identity, b"user-1");
        }
    }
    requests
}

fn bare() -> Headers {
    [(":method", "GET"), (":path", "/"), (":authority", "reviews")]
        .map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec()))
        .to_vec()
}

fn request(block: &Block, change: impl Fn(&[u8]) -> Vec<u8>) -> Headers {
    let mut headers = bare();
    for Condition { subject, test, .. } in &block.conditions {
        add(&mut headers, subject, &change(&value(test)));
    }
    headers
}

fn value(test: &Test) -> Vec<u8> {
    match test {
        Test::Present => b"a".to_vec(),
        Test::OneOf { values, .. } => values.first().cloned().unwrap_or_default(),
        Test::Text { relation: Relation::Prefix, text, .. } => [text, b"-".as_slice()].concat(),
        Test::Text { relation: Relation::Suffix, text, .. } => [b"-", text.as_slice()].concat(),
        Test::Text { relation: Relation::Contains, text, .. } => {
            [b"-", text.as_slice(), b"-"].concat()
        }
        Test::Regex { pattern, .. } => pattern.likely_example().unwrap_or_default(),
    }
}

/// Puts a value where a subject is read.
fn add(headers: &mut Headers, subject: &Subject, value: &[u8]) {
    let (name, pair) = match subject {
        Subject::Caller(_) => return,
        Subject::Header(name) if !name.as_str().starts_with(':') => {
            return headers.push((name.as_str().to_owned(), value.to_vec()));
        }
        Subject::Header(name) => (name.as_str(), None),
        Subject::Path => (":path", None),
        Subject::Query(name) => (":path", Some(name)),
        Subject::Cookie(name) => ("cookie", Some(name)),
    };
    let known = headers.iter_mut().find(|(other, _)| other == name);
    match (known, pair) {
        (Some((_, known)), None) => *known = value.to_vec(),
        (Some((_, known)), Some(pair)) => {
            let separator: &[u8] = if name == "cookie" {
                b"; "
            } else if known.contains(&b'?') {
                b"&"
            } else {
                b"?"
            };
            known.extend([separator, pair.as_bytes(), b"=", value].concat());
        }
        (None, None) => headers.push((name.to_owned(), value.to_vec())),
        (None, Some(pair)) => {
            headers.push((name.to_owned(), [pair.as_bytes(), b"=", value].concat()));
        }
    }
}
