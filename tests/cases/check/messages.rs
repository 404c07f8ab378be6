//! Every mistake, in a file of its own: what is printed about it.

use std::collections::BTreeSet;

use policy::Code;

use super::matches;
use super::program::{json, root, run, serin};

/// The files of tests/data/check, sorted.
fn files() -> Vec<String> {
    let entries = std::fs::read_dir(root().join("data/check")).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn every_mistake_has_its_message() {
    for file in files() {
        let name = format!("check-{}", file.replace('.', "-"));
        let text = serin(&["check", &file]);
        assert!(
            !text.stdout.contains('\x1b') && !text.stderr.contains('\x1b'),
            "{file}: colours in spite of NO_COLOR"
        );
        matches(&name, &text);
        let json_run = serin(&["check", "--format", "json", &file]);
        assert_eq!(json_run.code, text.code, "{file}: JSON ends otherwise than text");
        assert_eq!(json_run.stderr, "", "{file}");
        matches(&format!("{name}-as-json"), &json_run);
    }
}

#[test]
fn no_snapshot_is_left_behind() {
    let known: BTreeSet<_> = files().iter().map(|file| file.replace('.', "-")).collect();
    for entry in std::fs::read_dir(root().join("cases/snapshots")).unwrap() {
        let snapshot = entry.unwrap().file_name().into_string().unwrap();
        let name = snapshot.strip_suffix(".snap").unwrap_or_else(|| panic!("{snapshot}"));
        let name = name.strip_suffix("-as-json").unwrap_or(name);
        let file = name.strip_prefix("check-").filter(|file| file.ends_with("-yaml"));
        assert!(file.is_none_or(|file| known.contains(file)), "{snapshot} is of no file");
    }
}

#[test]
fn no_code_is_without_a_message() {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for file in files() {
        let run = serin(&["check", "--format", "json", &file]);
        seen.extend(json(&run).iter().map(|problem| problem["code"].as_str().unwrap().to_owned()));
    }
    // What a Release has no counterpart for stands in no Release: `import` alone says so.
    let checked = Code::ALL.iter().filter(|code| **code != Code::Unsupported);
    let missing: Vec<_> = checked.filter(|code| !seen.contains(code.as_str())).collect();
    assert!(missing.is_empty(), "no file of data/check shows {missing:?}");
    let known: BTreeSet<_> =
        Code::ALL.iter().map(|code| code.as_str()).chain(["unreadable"]).collect();
    let unknown: Vec<_> = seen.iter().filter(|code| !known.contains(code.as_str())).collect();
    assert!(unknown.is_empty(), "no `Code` is {unknown:?}");
}

#[test]
fn a_file_is_named_for_what_it_ends_with() {
    for file in files() {
        let code = serin(&["check", &file]).code;
        let strict = serin(&["check", "--deny-warnings", &file]).code;
        let expected = match file.as_str() {
            name if name.starts_with("not-utf8") => (Some(3), Some(3)),
            name if name.starts_with("valid.") => (Some(0), Some(0)),
            name if name.contains("warning") => (Some(0), Some(1)),
            _ => (Some(1), Some(1)),
        };
        assert_eq!((code, strict), expected, "{file}");
    }
}

#[test]
fn eight_different_mistakes_are_found_in_one_pass() {
    let problems = json(&serin(&["check", "--format", "json", "eight-mistakes.yaml"]));
    let codes: BTreeSet<_> =
        problems.iter().map(|problem| problem["code"].as_str().unwrap()).collect();
    assert_eq!((problems.len(), codes.len()), (8, 8), "{problems:#?}");
    for problem in &problems {
        for field in ["severity", "code", "message", "file", "line", "column", "help"] {
            assert!(problem.get(field).is_some(), "no `{field}` in {problem}");
        }
    }
}

#[test]
fn all_files_at_once() {
    let folder = root().join("data/check");
    matches(
        "check-several",
        &serin(&["check", "valid.yaml", "valid-warnings.yaml", "port-zero.yaml"]),
    );
    matches("check-there-twice", &serin(&["check", "valid.yaml", "several-documents.yaml"]));
    matches("check-no-such-file", &serin(&["check", "valid.yaml", "no-such-file.yaml"]));
    matches(
        "check-no-such-file-as-json",
        &serin(&["check", "--format", "json", "no-such-file.yaml"]),
    );
    matches("check-nothing", &serin(&["check"]));
    matches("check-unknown-option", &serin(&["check", "--frmat", "json", "valid.yaml"]));
    let valid = std::fs::read(folder.join("valid.yaml")).unwrap();
    matches("check-stdin", &run(&folder, &["check", "-"], &valid));
    let wrong = std::fs::read(folder.join("port-zero.yaml")).unwrap();
    matches("check-stdin-wrong", &run(&folder, &["check", "-"], &wrong));
    matches(
        "check-stdin-wrong-as-json",
        &run(&folder, &["check", "--format", "json", "-"], &wrong),
    );
    matches("check-stdin-empty", &run(&folder, &["check", "-"], b""));
}

#[test]
fn analyses_are_long_enough_for_the_traffic_that_is_given() {
    let text = br"
apiVersion: serin.dev/v1alpha1
kind: Release
metadata: {name: reviews, namespace: bookinfo}
spec:
  host: reviews.bookinfo.svc.cluster.local
  port: 9080
  stable: v1
  subsets:
  - {name: v1, labels: {version: v1}}
  - {name: v2, labels: {version: v2}, workload: {deployment: reviews-v2}}
  identity: [{cookie: device-id}]
  rules:
  - {name: staff, match: [{headers: {x-staff: {present: true}}}], split: {v2: 100}}
  rollout:
    candidate: v2
    steps:
    - shift: {v2: 5}
    - analyze: {for: 10m, checks: [{errors: {atMost: 1%}}]}
    - shift: {v2: 50}
    - analyze: {for: 10m, checks: [{errors: {worseThanStable: {}}}, {duration: {worseThanStable: {}}}]}
    - promote: v2
";
    let folder = root().join("data/check");
    let check = |arguments: &[&str]| run(&folder, &[&["check", "-"], arguments].concat(), text);
    matches("check-rps", &check(&["--rps", "10"]));
    matches("check-rps-as-json", &check(&["--rps", "0.5", "--format", "json"]));
    matches("check-rps-denied", &check(&["--rps", "10", "--deny-warnings"]));
    matches("check-rps-wrong", &check(&["--rps", "0"]));
    for enough in [&["--rps", "100"][..], &[]] {
        let run = check(enough);
        assert_eq!((run.code, run.stdout.lines().count()), (Some(0), 1), "{}", run.shown());
    }
}
