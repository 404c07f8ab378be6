//! What `--requests` answers is what the real Envoy does, request by request and rule by rule.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use document::load::Source;
use document::load::folder::Origin;
use import::review::Reviewer;
use serde_json::Value;

use super::{explain, explain_with};
use crate::check::program::root;
use crate::decide::counted;
use crate::envoy::{Given, Setup, Stage, Through, wait};

/// A line's request, as the stage sends it.
fn headers(line: &Value) -> Vec<(String, Vec<u8>)> {
    let mut headers = Vec::new();
    for field in ["method", "path", "authority"] {
        if let Some(value) = line[field].as_str() {
            headers.push((format!(":{field}"), value.as_bytes().to_vec()));
        }
    }
    for pair in line["headers"].as_array().into_iter().flatten() {
        let name = pair[0].as_str().unwrap().to_ascii_lowercase();
        headers.push((name, pair[1].as_str().unwrap().as_bytes().to_vec()));
    }
    headers
}

#[test]
fn the_real_envoy_does_what_is_answered() {
    let folder = root().join("data/explain");
    let mut lines = std::fs::read_to_string(folder.join("requests.jsonl")).unwrap();
    for user in 0..100 {
        // Each in both splits of which the shares are neither none nor all.
        writeln!(lines, r#"{{"headers": [["cookie", "device-id=user-{user}"]]}}"#).unwrap();
        writeln!(lines, r#"{{"headers": [["x-user-id", "{user}"], ["cookie", "email=a@some-company-name.com"]]}}"#).unwrap();
    }
    let run = explain_with(&["release.yaml", "--requests", "-"], lines.as_bytes());
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{}", run.shown());
    let json = |line: &str| -> Value { serde_json::from_str(line).unwrap() };
    let answers: Vec<Value> = run.stdout.lines().map(json).collect();
    let requests: Vec<Value> = lines.lines().map(json).collect();
    assert_eq!(answers.len(), requests.len());
    let source = Source::read(folder.join("release.yaml").to_str().unwrap()).unwrap();
    let release =
        Reviewer::default().review(&source, Origin::Named).releases.pop().unwrap().release;
    let mut disagreements = Vec::new();
    let mut rules: BTreeMap<String, u64> = BTreeMap::new();
    let found = wait(async {
        let stage = Stage::start(Setup::new(Through::Bootstrap), &Given::new(&release)).await;
        for (request, answer) in requests.iter().zip(&answers) {
            let subset = stage.served_by(&headers(request)).await;
            let is_random = answer["random"].as_bool().unwrap();
            let is_so = if is_random {
                answer["shares"].get(&subset).is_some()
            } else {
                answer["subset"] == subset.as_str()
            };
            if !is_so {
                disagreements.push(format!("{request}: answered {answer}, Envoy took {subset}"));
            }
            *rules.entry(answer["rule"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        counted(&stage).await
    });
    assert!(disagreements.is_empty(), "{}", disagreements.join("\n"));
    assert_eq!(found, rules);
    assert_eq!(rules.len(), 5, "not every rule was asked: {rules:?}");
}

#[test]
fn all_forms_of_a_request_say_the_same() {
    let options = [
        "/api/x?draw=1",
        "-b",
        "device-id=abc; a=b",
        "-H",
        "x-lucky: 7",
        "-X",
        "PUT",
        "--format",
        "json",
    ];
    let options = explain(&[&["release.yaml"], options.as_slice()].concat());
    let line = br#"{"method": "PUT", "path": "/api/x?draw=1", "headers": [["x-lucky", "7"], ["cookie", "device-id=abc; a=b"]]}"#;
    let line = explain_with(&["release.yaml", "--requests", "-"], line);
    let curl = b"curl -X PUT 'reviews/api/x?draw=1' -b 'device-id=abc; a=b' -H 'X-Lucky: 7'";
    let curl = explain_with(&["release.yaml", "--curl", "-", "--format", "json"], curl);
    let har = br#"{"log": {"entries": [{"request": {"method": "PUT", "url": "http://reviews/api/x?draw=1", "headers":
        [{"name": "x-lucky", "value": "7"}, {"name": "Cookie", "value": "device-id=abc; a=b"}]}}]}}"#;
    let har =
        explain_with(&["release.yaml", "--har", "-", "--entry", "1", "--format", "json"], har);
    let expected: Value = serde_json::from_str(&line.stdout).unwrap();
    assert_eq!(expected["rule"], "lucky", "{}", line.shown());
    for run in [options, curl, har] {
        let found: Value =
            serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.shown()));
        for (field, value) in expected.as_object().unwrap() {
            assert_eq!(&found[field], value, "{}", run.shown());
        }
    }
}
