//! What is printed in JSON: the help of the command names each field, in every run of every test.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, OnceLock, PoisonError};

use serde_json::Value;

use crate::check::program::{root, run};

/// Maps whose keys are names of users' own things, or of kinds that the help describes.
const NAMED: [&str; 6] = ["caller", "errors", "parts", "shares", "subsets", "versions"];
/// Commands that print an object of Kubernetes: its definition describes it.
const OBJECTS: [&str; 4] = ["crd", "import", "install", "status"];
/// How a help refers to the one that lists the fields.
const REFERENCES: [(&str, &[&str]); 2] = [
    ("`serin rollout run --help` lists the fields", &["rollout", "run"]),
    ("the fields are those of `serin watch`", &["watch"]),
];

/// That the help of the command names each field of what it printed, where that is JSON.
#[track_caller]
pub(crate) fn expect_documented(arguments: &[&str], printed: &str) {
    // The help that is asked for below is a run as well.
    if !asks_for_json(arguments) {
        return;
    }
    let Some(command) = command(arguments).filter(|command| !OBJECTS.contains(&command[0])) else {
        return;
    };
    let documents: Vec<Value> = match serde_json::from_str(printed) {
        Ok(document) => vec![document],
        Err(_) => printed.lines().filter_map(|line| serde_json::from_str(line).ok()).collect(),
    };
    if documents.is_empty() {
        return;
    }
    let words = words(&command);
    let mut found = BTreeSet::new();
    for document in &documents {
        keys(document, &mut found);
    }
    let missing: Vec<&String> = found.iter().filter(|key| !words.contains(*key)).collect();
    assert!(missing.is_empty(), "the help of `serin {}` has no {missing:?}", command.join(" "));
}

fn asks_for_json(arguments: &[&str]) -> bool {
    let pairs = arguments.iter().zip(arguments.iter().skip(1));
    let apart = pairs
        .into_iter()
        .any(|(option, value)| ["-o", "--output", "--format"].contains(option) && *value == "json");
    apart || arguments.iter().any(|word| ["-ojson", "--format=json"].contains(word))
}

/// The command that is run, with the one below it.
fn command<'a>(arguments: &[&'a str]) -> Option<Vec<&'a str>> {
    let all = all();
    let is_meant = |name: &&&str| all.iter().any(|known| known.split(' ').next() == Some(**name));
    let name = *arguments.iter().find(is_meant)?;
    let is_below = |word: &&&str| all.contains(&format!("{name} {word}"));
    let below = arguments.iter().find(is_below).copied();
    Some([Some(name), below].into_iter().flatten().collect())
}

/// Every command, which are the same in every test.
fn all() -> &'static BTreeSet<String> {
    static ALL: OnceLock<BTreeSet<String>> = OnceLock::new();
    ALL.get_or_init(|| crate::help::all().into_iter().collect())
}

/// The help of a command, which is the same in every test.
fn help(command: &[&str]) -> String {
    static HELP: Mutex<BTreeMap<String, String>> = Mutex::new(BTreeMap::new());
    let mut known = HELP.lock().unwrap_or_else(PoisonError::into_inner);
    let entry = known.entry(command.join(" "));
    entry.or_insert_with(|| run(root(), &[command, &["--help"]].concat(), b"").stdout).clone()
}

/// The words below the options of a command's help, and those of the help to which it refers.
fn words(command: &[&str]) -> BTreeSet<String> {
    let mut text = help(command);
    // It is filled to the width of the terminal.
    let flowing = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for (phrase, other) in REFERENCES {
        if flowing.contains(phrase) {
            text.push_str(&help(other));
        }
    }
    let text = text.split_once("\nExamples:").map_or("", |(_, below)| below);
    text.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect()
}

fn keys(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| keys(item, found)),
        Value::Object(fields) => {
            for (key, value) in fields {
                found.insert(key.clone());
                match value {
                    Value::Object(named) if NAMED.contains(&key.as_str()) => {
                        named.values().for_each(|value| keys(value, found));
                    }
                    value => keys(value, found),
                }
            }
        }
        _ => {}
    }
}

#[test]
fn every_command_that_prints_json_says_so_below_its_options() {
    let mut count = 0;
    for command in all() {
        let command: Vec<&str> = command.split(' ').collect();
        let help = help(&command);
        let (options, below) = help.split_once("\nExamples:").unwrap_or((&help, ""));
        if !options.contains("Output format:") {
            continue;
        }
        count += 1;
        let says = below.contains("With -o json") || below.contains("With --format json");
        assert!(says, "`serin {}` does not say what its JSON has", command.join(" "));
    }
    assert!(count > 20, "{count}");
}

#[test]
#[should_panic(expected = "has no [\"colour\"]")]
fn a_field_that_the_help_does_not_name_is_found() {
    expect_documented(&["check", "-o", "json", "a.yaml"], r#"[{"code": "a", "colour": 1}]"#);
}
