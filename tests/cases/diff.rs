//! `serin diff` as people and programs see it: every pair of Releases in tests/data/diff is a snapshot, text and
//! JSON, of the real program.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::check::matches;
use crate::check::program::{Run, root, run};
use crate::readme::repository;

/// The folders of tests/data/diff, each with an `old.yaml` and a `new.yaml`.
fn pairs() -> BTreeSet<String> {
    let entries = fs::read_dir(root().join("data/diff")).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[track_caller]
fn diff(arguments: &[&str], input: &[u8]) -> Run {
    run(&root().join("data/diff"), &[&["diff"], arguments].concat(), input)
}

fn files(pair: &str) -> [String; 2] {
    [format!("{pair}/old.yaml"), format!("{pair}/new.yaml")]
}

/// What `--format json` prints.
#[track_caller]
fn document(old: &str, new: &str) -> (Value, Option<i32>) {
    let run = diff(&[old, new, "--format", "json"], b"");
    let document = serde_json::from_str(&run.stdout);
    (document.unwrap_or_else(|error| panic!("{error}: {}", run.shown())), run.code)
}

#[test]
fn every_pair_is_described_as_committed() {
    let pairs = pairs();
    assert!(pairs.len() >= 12, "{pairs:?}");
    for pair in pairs {
        let [old, new] = files(&pair);
        matches(&format!("diff-{pair}"), &diff(&[&old, &new], b""));
        let json = diff(&[&old, &new, "--format", "json"], b"");
        matches(&format!("diff-{pair}-as-json"), &json);
    }
}

#[test]
fn the_exit_code_says_whether_users_move() {
    for pair in pairs().iter().filter(|pair| *pair != "invalid") {
        let [old, new] = files(pair);
        let (document, code) = document(&old, &new);
        let expected = if document["moves"] == true { Some(4) } else { Some(0) };
        assert_eq!(code, expected, "{pair}");
        let moved = document["groups"].as_array().unwrap().iter();
        let is_any_moved = moved.clone().any(|group| group["movedPercent"].as_f64().unwrap() > 0.0);
        assert!(document["moves"] == true || !is_any_moved, "{pair}");
        for group in moved {
            let percents = group["transitions"].as_array().unwrap().iter();
            let sum: f64 = percents.map(|transition| transition["percent"].as_f64().unwrap()).sum();
            let moved = group["movedPercent"].as_f64().unwrap();
            let is_random =
                group["reasons"].as_array().unwrap().iter().any(|word| word == "random");
            assert!(is_random || (sum - moved).abs() < 1e-6, "{pair}: {group}");
        }
    }
}

#[test]
fn nobody_moves_between_a_release_and_itself() {
    for pair in pairs().iter().filter(|pair| *pair != "invalid") {
        for file in files(pair) {
            let (document, code) = document(&file, &file);
            assert_eq!((code, &document["moves"]), (Some(0), &Value::Bool(false)), "{file}");
            assert_eq!(document["changes"], Value::Array(Vec::new()), "{file}");
            assert_eq!(diff(&[&file, &file], b"").stdout, "no users move\n", "{file}");
        }
    }
}

#[test]
fn there_and_back_moves_the_same_users() {
    for pair in pairs().iter().filter(|pair| *pair != "invalid") {
        let [old, new] = files(pair);
        let ways = |document: &Value, from: &str, to: &str| -> BTreeSet<String> {
            let groups = document["groups"].as_array().unwrap().iter();
            let transitions = groups.flat_map(|group| group["transitions"].as_array().unwrap());
            transitions.map(|way| format!("{} {} {}", way[from], way[to], way["percent"])).collect()
        };
        let (there, back) = (document(&old, &new).0, document(&new, &old).0);
        assert_eq!(ways(&there, "from", "to"), ways(&back, "to", "from"), "{pair}");
    }
}

#[test]
fn one_of_the_two_may_come_from_standard_input() {
    let [old, new] = files("grow");
    let text = fs::read(root().join("data/diff").join(&old)).unwrap();
    let given = diff(&["-", &new], &text);
    assert_eq!((given.stdout, given.code), (diff(&[&old, &new], b"").stdout, Some(4)));
    let both = diff(&["-", "-"], &text);
    assert_eq!(both.code, Some(2));
    matches("diff-both-from-stdin", &both);
}

#[test]
fn what_cannot_be_compared_is_said_of_both() {
    let several = "../check/several-documents.yaml";
    matches("diff-no-such-file", &diff(&["grow/old.yaml", "nowhere.yaml"], b""));
    matches("diff-invalid-and-no-such-file", &diff(&["invalid/old.yaml", "nowhere.yaml"], b""));
    matches("diff-several", &diff(&[several, "grow/new.yaml"], b""));
    matches("diff-one-file", &diff(&["grow/old.yaml"], b""));
}

/// The blocks of code of a page: language and text.
fn blocks(page: &str) -> Vec<(&str, &str)> {
    let blocks = page.split("\n```").collect::<Vec<_>>();
    // Every other fence ends a block.
    blocks.iter().skip(1).step_by(2).filter_map(|block| block.split_once('\n')).collect()
}

#[test]
fn the_page_shows_what_is_printed() {
    let text = |page: &str| fs::read_to_string(repository().join("docs").join(page)).unwrap();
    let (page, first) = (text("diff.md"), text("sidecar.md"));
    let folder = tempfile::tempdir().unwrap();
    for (_, file) in blocks(&first).iter().chain(&blocks(&page)).filter(|(kind, _)| *kind == "yaml")
    {
        let name = file.lines().next().and_then(|line| line.strip_prefix("# ")).unwrap();
        fs::write(folder.path().join(name), file).unwrap();
    }
    let mut shown = 0;
    let blocks = blocks(&page);
    for pair in blocks.windows(2) {
        let [("sh", command), ("text", output)] = pair else { continue };
        let arguments: Vec<&str> = command.split_whitespace().skip(1).collect();
        let run = run(folder.path(), &arguments, b"");
        assert_eq!(run.stdout.trim_end(), *output, "{}", run.shown());
        shown += 1;
    }
    assert_eq!(shown, 4, "the page shows another number of commands");
}
