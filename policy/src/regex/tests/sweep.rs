//! Thousands of patterns: Serin refuses one, or it matches what RE2 matches (`tests/data/regex/re2.jsonl`).
//!
//! `SERIN_RE2_ROWS` names another file that `tests/dialect/sweep.py` wrote, say with another seed.

use std::collections::BTreeMap;
use std::{env, fs};

use serde_json::Value;

use crate::regex::{Automaton, Case, InvalidPattern, Pattern, Required};

struct Row {
    pattern: String,
    case: Case,
    accepted: bool,
    matches: Vec<Vec<u8>>,
    misses: Vec<Vec<u8>>,
}

/// What Serin makes of a row.
enum Reading {
    Refused(InvalidPattern),
    TooLarge(Pattern),
    Compiled(Pattern, Box<Automaton>),
}

fn rows() -> Vec<Row> {
    let committed = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/regex/re2.jsonl");
    let file = env::var("SERIN_RE2_ROWS").unwrap_or_else(|_| committed.to_owned());
    let text = fs::read_to_string(file).unwrap();
    let mut lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let shared = strings(&lines.next().unwrap()["haystacks"]);
    lines.map(|line| row(&line, &shared)).collect()
}

fn row(line: &Value, shared: &[Vec<u8>]) -> Row {
    let accepted = line["accepted"].as_bool().unwrap();
    let mut row = Row {
        pattern: line["pattern"].as_str().unwrap().to_owned(),
        case: if line["ignoreCase"].is_null() { Case::Sensitive } else { Case::Ignore },
        accepted,
        matches: Vec::new(),
        misses: Vec::new(),
    };
    if accepted {
        row.matches = strings(&line["matches"]);
        row.misses = strings(&line["misses"]);
        let digits: Vec<u32> = line["shared"]
            .as_str()
            .unwrap()
            .chars()
            .rev()
            .map(|c| c.to_digit(16).unwrap())
            .collect();
        for (n, haystack) in shared.iter().enumerate() {
            let hit = digits.get(n / 4).is_some_and(|digit| digit & (1 << (n % 4)) != 0);
            if hit { &mut row.matches } else { &mut row.misses }.push(haystack.clone());
        }
    }
    row
}

/// Latin-1, as the file writes bytes.
fn strings(list: &Value) -> Vec<Vec<u8>> {
    let bytes = |text: &Value| {
        text.as_str().unwrap().chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
    };
    list.as_array().unwrap().iter().map(bytes).collect()
}

fn read(row: &Row) -> Reading {
    let pattern = match Pattern::parse(&row.pattern, row.case) {
        Ok(pattern) => pattern,
        Err(problem) => return Reading::Refused(problem),
    };
    match Automaton::compile(&pattern) {
        Ok(automaton) => Reading::Compiled(pattern, Box::new(automaton)),
        Err(_) => Reading::TooLarge(pattern),
    }
}

/// Why the two do not agree, if they do not.
fn difference(row: &Row) -> Option<String> {
    let Reading::Compiled(_, automaton) = read(row) else {
        return None;
    };
    if !row.accepted {
        return Some("RE2 refuses it".to_owned());
    }
    let missed = row.matches.iter().find(|value| !automaton.is_match(value));
    let matched = row.misses.iter().find(|value| automaton.is_match(value));
    match (missed, matched) {
        (Some(value), _) => Some(format!("RE2 matches `{}`", value.escape_ascii())),
        (_, Some(value)) => Some(format!("RE2 does not match `{}`", value.escape_ascii())),
        _ => None,
    }
}

#[test]
fn no_pattern_is_read_otherwise_than_re2_reads_it() {
    let rows = rows();
    assert!(rows.len() > 4000, "{} rows", rows.len());
    let differences: Vec<_> = rows
        .iter()
        .filter_map(|row| Some(format!("{:?} {:?}: {}", row.pattern, row.case, difference(row)?)))
        .collect();
    assert!(
        differences.is_empty(),
        "{} differences:\n{}",
        differences.len(),
        differences.join("\n")
    );
}

#[test]
fn most_of_what_re2_accepts_is_accepted() {
    let (mut both, mut large, mut neither) = (0_u32, 0_u32, 0_u32);
    let mut refused = BTreeMap::<String, u32>::new();
    for row in rows() {
        match (row.accepted, read(&row)) {
            (true, Reading::Compiled(..)) => both += 1,
            (true, Reading::Refused(problem)) => {
                *refused.entry(kind(&problem.message)).or_default() += 1;
            }
            (true, Reading::TooLarge(_)) => large += 1,
            (false, _) => neither += 1,
        }
    }
    let alone = refused.values().sum::<u32>();
    println!(
        "accepted by both {both}, by RE2 alone {alone}, too large {large}, refused by RE2 {neither}; {refused:#?}"
    );
    let share = f64::from(both) / f64::from(both + alone + large);
    assert!(share > 0.85, "only {share:.3} of what RE2 accepts");
}

/// A message without the piece of the pattern in it.
fn kind(message: &str) -> String {
    message.split('`').step_by(2).collect::<Vec<_>>().join("…")
}

#[test]
fn every_match_contains_a_required_literal() {
    let (mut with, mut without) = (0, 0);
    for row in rows().into_iter().filter(|row| row.accepted) {
        let (Reading::Compiled(pattern, _) | Reading::TooLarge(pattern)) = read(&row) else {
            continue;
        };
        let Some(required) = pattern.required() else {
            without += 1;
            continue;
        };
        with += 1;
        assert!(
            required.literals.len() <= 16 && !required.literals.is_empty(),
            "{}: {required:?}",
            row.pattern
        );
        assert!(
            required.literals.iter().all(|literal| !literal.is_empty()),
            "{}: {required:?}",
            row.pattern
        );
        for value in &row.matches {
            let shown = value.escape_ascii();
            assert!(
                contains_one(value, &required),
                "{}: {required:?} are not in `{shown}`",
                row.pattern
            );
        }
    }
    assert!(with > without, "{with} with, {without} without");
}

fn contains_one(value: &[u8], required: &Required) -> bool {
    let value = match required.case {
        Case::Sensitive => value.to_vec(),
        Case::Ignore => value.to_ascii_lowercase(),
    };
    required
        .literals
        .iter()
        .any(|literal| value.windows(literal.len()).any(|window| window == literal.as_slice()))
}

#[test]
fn listed_patterns_match_exactly_their_literals() {
    let mut listed = 0;
    for row in rows().into_iter().filter(|row| row.accepted) {
        let Reading::Compiled(pattern, automaton) = read(&row) else {
            continue;
        };
        let Some(literals) = pattern.literals() else {
            continue;
        };
        listed += 1;
        assert!(literals.is_sorted_by(|a, b| a < b), "{}: {literals:?}", row.pattern);
        assert!(
            literals.iter().all(|literal| automaton.is_match(literal)),
            "{}: {literals:?}",
            row.pattern
        );
        let unlisted = row.matches.iter().find(|value| literals.binary_search(value).is_err());
        assert_eq!(unlisted, None, "{}: {literals:?}", row.pattern);
    }
    assert!(listed > 500, "{listed}");
}
