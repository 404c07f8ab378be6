//! A pattern and values against the crate `regex`: what Serin accepts matches the same values in both, however it reads
//! the pattern.
//!
//! An input is a byte whose lowest bit says whether case counts, the pattern up to the first line feed, and values: each
//! line behind it, and all of them as one. Strings of the pattern's own are tried, too.

use policy::regex::{Around, Automaton, Case, CookiePiece, Header, Pattern, Plain, Search};
use regex::bytes::Regex;

use crate::naive::whole;

/// Whether all readings of the pattern agree.
///
/// # Panics
/// When they do not.
pub fn run(input: &[u8]) {
    let Some((first, rest)) = input.split_first() else { return };
    let case = if first & 1 == 0 { Case::Sensitive } else { Case::Ignore };
    let mut lines = rest.splitn(2, |byte| *byte == b'\n');
    let Ok(text) = std::str::from_utf8(lines.next().unwrap_or_default()) else { return };
    let given = lines.next().unwrap_or_default();
    let pattern = match Pattern::parse(text, case) {
        Ok(pattern) => pattern,
        Err(invalid) => {
            assert!(text.get(invalid.range.clone()).is_some(), "{text:?}: {invalid:?}");
            assert!(!invalid.message.is_empty() && !invalid.message.ends_with('.'), "{invalid:?}");
            return;
        }
    };
    let regex = whole(text, case);
    let mut values: Vec<Vec<u8>> = given.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    values.push(given.to_vec());
    values.extend(own(&pattern));
    literals(text, &pattern, &regex, &values);
    plain(text, case, &regex, &mut values);
    let Ok(automaton) = Automaton::compile(&pattern) else { return };
    for value in &values {
        let found = automaton.is_match(value);
        assert_eq!(found, regex.is_match(value), "{text:?} {case:?} of {}", value.escape_ascii());
    }
    if let Search::Found(value) = automaton.common(&automaton) {
        assert!(regex.is_match(&value), "{text:?} {case:?} of {}", value.escape_ascii());
    }
}

/// Strings that the pattern is about, and others near them.
fn own(pattern: &Pattern) -> Vec<Vec<u8>> {
    let listed = pattern.literals().unwrap_or_default().into_iter().take(8);
    let required = pattern.required().map(|required| required.literals).unwrap_or_default();
    let strings = pattern.likely_example().into_iter().chain(listed).chain(required);
    let near = |string: Vec<u8>| {
        let longer = [string.as_slice(), b"a"].concat();
        let other = string.to_ascii_uppercase();
        let shorter = string.get(1..).unwrap_or_default().to_vec();
        [string, longer, other, shorter]
    };
    strings.flat_map(near).collect()
}

/// What is known of a pattern without its automaton.
fn literals(text: &str, pattern: &Pattern, regex: &Regex, values: &[Vec<u8>]) {
    let (listed, required) = (pattern.literals(), pattern.required());
    for value in values {
        let (matches, shown) = (regex.is_match(value), value.escape_ascii());
        if let Some(listed) = &listed {
            assert_eq!(listed.contains(value), matches, "{text:?} of {shown}: {listed:?}");
        }
        let Some(required) = required.as_ref().filter(|_| matches) else { continue };
        let seen = match required.case {
            Case::Sensitive => value.clone(),
            Case::Ignore => value.to_ascii_lowercase(),
        };
        let contains = |literal: &Vec<u8>| seen.windows(literal.len()).any(|part| part == literal);
        assert!(required.literals.iter().any(contains), "{text:?} of {shown}: {required:?}");
    }
}

/// What is read of a pattern without the engine. Adds the values in question.
fn plain(text: &str, case: Case, regex: &Regex, values: &mut Vec<Vec<u8>>) {
    for is_raw_cookie in [false, true] {
        match Plain::read(text, case, is_raw_cookie) {
            None => {}
            Some(Plain::Texts(texts)) => {
                values.extend(texts.iter().take(8).cloned());
                for value in values.iter() {
                    let folded = match case {
                        Case::Sensitive => value.clone(),
                        Case::Ignore => value.to_ascii_lowercase(),
                    };
                    let shown = value.escape_ascii();
                    assert_eq!(
                        texts.contains(&folded),
                        regex.is_match(value),
                        "{text:?} of {shown}"
                    );
                }
            }
            Some(Plain::Piece(piece)) => {
                values.extend(headers(&piece));
                for value in values.iter() {
                    let shown = value.escape_ascii();
                    assert_eq!(
                        has_piece(&piece, value),
                        regex.is_match(value),
                        "{text:?} of {shown}"
                    );
                }
            }
        }
    }
}

/// Headers with the text of a piece in them, with white space around it and without.
fn headers(piece: &CookiePiece) -> Vec<Vec<u8>> {
    let text = piece.texts.first().map(Vec::as_slice).unwrap_or_default();
    let around = [
        ["", ""],
        [" ", ""],
        ["a;", ""],
        ["a; ", ""],
        ["a;\t", ""],
        ["a;  ", " "],
        ["", ";a"],
        ["", " ;a"],
        ["", "\t;a"],
        ["a; ", " ;a"],
        ["a;", ";a"],
        ["\n;", ""],
        ["", ";\n"],
        ["a ", ""],
        ["", " "],
        ["\x0b", ""],
        [";", ";"],
    ];
    let around = around.iter().map(|[before, behind]| [before.as_bytes(), text, behind.as_bytes()]);
    around.map(|parts| parts.concat()).collect()
}

fn has_piece(piece: &CookiePiece, header: &[u8]) -> bool {
    let CookiePiece { texts, around } = piece;
    let whole = Header::new(header);
    let mut found = false;
    policy::cookie::for_each_piece(header, |part| {
        let is_text = texts.iter().any(|text| text == part.text.trim_ascii());
        found |= is_text && Around::allows(around, &part, &whole);
    });
    found
}
