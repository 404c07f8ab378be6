//! Other people's VirtualServices and strategies of KubeSphere, and what a real Envoy answered to requests under them; both stand beside the
//! repository, if they do (`shared/cases`), and are read in place.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use inspect::explain::{Explainer, Request, lines};
use policy::policy::Split;
use policy::{Checked, Node};
use serde_json::Value;

use crate::check::program::{Run, root, run};
use crate::release;

/// Where the cases are.
fn cases() -> Option<PathBuf> {
    root().ancestors().map(|folder| folder.join("shared/cases")).find(|folder| folder.is_dir())
}

/// The files of VirtualServices.
fn files(cases: &Path) -> Vec<PathBuf> {
    let folders = ["virtualservices", "kubesphere"].map(|name| cases.join(name));
    let mut files: Vec<PathBuf> = folders
        .iter()
        .filter_map(|folder| fs::read_dir(folder).ok())
        .flat_map(|entries| entries.map(|entry| entry.unwrap().path()))
        .filter(|path| {
            let text = fs::read_to_string(path).unwrap();
            ["VirtualService", "Strategy"]
                .iter()
                .any(|kind| text.contains(&format!("\nkind: {kind}\n")))
        })
        .collect();
    files.sort();
    files
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}

/// What the file of answers begins with, besides the name.
fn prefix(path: &Path) -> &'static str {
    let is_strategy = path.parent().is_some_and(|folder| folder.ends_with("kubesphere"));
    if is_strategy { "ks-" } else { "" }
}

fn expected(cases: &Path, name: &str) -> Vec<Value> {
    let text = fs::read_to_string(cases.join("expected").join(format!("{name}.jsonl"))).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn import(path: &Path) -> Run {
    run(root(), &["import", "--format", "json", path.to_str().unwrap()], b"")
}

/// The codes of the errors of a run.
fn errors(run: &Run) -> Vec<String> {
    let listed: Vec<Value> = serde_json::from_str(&run.stderr).unwrap();
    let errors = listed.iter().filter(|problem| problem["severity"] == "error");
    errors.map(|problem| problem["code"].as_str().unwrap().to_owned()).collect()
}

/// Why a file is refused whose name begins with `bad-`.
fn reason(name: &str) -> &'static str {
    match name {
        "bad-delegate-bookinfo" | "bad-tcp-only-80-20" | "bad-strategy-tcp" => "unsupported",
        "bad-live-details-fork-apiversion" => "kind",
        "bad-duplicate-http-key" => "duplicate-key",
        "bad-match-cookie-key" | "bad-weight-inside-destination-exact-cookie" => "unknown-field",
        "bad-pipecd-before-rule-without-route" => "missing-field",
        "bad-regex-lone-question-mark" | "bad-regex-question-mark-group" => "invalid-regex",
        "bad-weight-float" => "type",
        other => panic!("no reason is known for `{other}`"),
    }
}

#[test]
fn every_file_is_routed_as_envoy_did_or_refused_by_name() {
    let Some(cases) = cases() else {
        println!("no shared/cases beside the repository: nothing compared");
        return;
    };
    let (mut imported, mut refused, mut bad, mut compared, mut apart) = (0, 0, 0, 0, 0);
    for path in files(&cases) {
        let name = name(&path);
        let run = import(&path);
        if run.code == Some(1) {
            assert!(run.stdout.is_empty(), "{}", run.shown());
            let is_bad = name.starts_with("bad-");
            let wanted = if is_bad { reason(&name) } else { "unsupported" };
            assert!(errors(&run).iter().any(|code| code == wanted), "{name}: {}", run.shown());
            if is_bad {
                bad += 1;
            } else {
                refused += 1;
            }
            continue;
        }
        assert!(run.code == Some(0) && !name.starts_with("bad-"), "{}", run.shown());
        imported += 1;
        let node: Node = serde_json::from_str(&run.stdout).unwrap();
        let checked = release::try_check_node(&node).unwrap();
        for line in expected(&cases, &format!("{}{name}", prefix(&path))) {
            // Of several `cookie` lines Serin looks at the first, Envoy at each: a difference on purpose.
            if repeats_cookie(&line) {
                apart += 1;
            } else {
                compare(&name, &line, &checked);
                compared += 1;
            }
        }
    }
    println!(
        "{imported} imported, {refused} refused as unsupported, {bad} refused as bad; {compared} requests decided as \
         Envoy did, {apart} with several `cookie` lines left out"
    );
    assert!(imported > 0 && refused > 0 && bad > 0 && compared > 100);
}

fn caller(line: &Value) -> BTreeMap<String, String> {
    let labels = line["context"]["labels"].as_str().unwrap_or_default();
    let labels = labels.split(',').filter_map(|label| label.split_once('='));
    labels.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

fn request(line: &Value) -> Request {
    lines::read(&line["request"].to_string(), "localhost").unwrap()
}

fn repeats_cookie(line: &Value) -> bool {
    request(line).headers().filter(|(name, _)| *name == "cookie").count() > 1
}

/// Asserts that the rule that takes the request splits as Envoy did.
#[track_caller]
fn compare(name: &str, line: &Value, checked: &Checked) {
    let request = request(line);
    let rule = Explainer::new(checked, caller(line)).explain(&request).trace.decision.rule;
    let policy = &checked.policy;
    let split = match rule {
        Some(rule) => policy.rules()[rule].split(),
        None => policy.split(),
    };
    assert_eq!(shares(checked, split), wanted(line), "{name}: {line}");
}

fn shares(checked: &Checked, split: &Split) -> BTreeMap<String, u64> {
    let named = |subset| checked.policy.subset_name(subset).to_owned();
    split.shares().map(|(subset, share)| (named(subset), u64::from(share.hundredths()))).collect()
}

/// What Envoy's route splits, in hundredths of a percent by subset.
fn wanted(line: &Value) -> BTreeMap<String, u64> {
    let weights = if line["weights"].is_object() { &line["weights"] } else { &line["counts"] };
    let weights = weights.as_object().unwrap();
    let is_single = weights.len() == 1;
    let sum: u64 = weights.values().map(|weight| weight.as_u64().unwrap()).sum();
    let share =
        |weight: &Value| if is_single { 10_000 } else { weight.as_u64().unwrap() * 10_000 / sum };
    let subset =
        |destination: &str| destination.split_once('/').map_or("", |(_, name)| name).to_owned();
    let shares = weights.iter().map(|(destination, weight)| (subset(destination), share(weight)));
    shares.filter(|(_, share)| *share > 0).collect()
}
