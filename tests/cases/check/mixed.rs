//! Releases among other objects: in streams, lists and folders, beside what no reader could read.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use super::Run;
use super::program::{json, root, run};

const RELEASE: &str = "apiVersion: serin.dev/v1alpha1
kind: Release
metadata: {name: reviews, namespace: shop}
spec:
  host: reviews
  port: 80
  stable: v1
  subsets:
  - {name: v1, labels: {version: v1}}
  - {name: v2, labels: {version: v2}}
  split: {v2: 10}
";
const SERVICE: &str = "apiVersion: v1\nkind: Service\nmetadata: {name: reviews}\n";
const DEPLOYMENT: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: reviews-v1}\n";

/// A folder that is as deployments are kept in a repository.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    file(
        "kustomization.yaml",
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n",
    );
    file("base/service.yaml", &format!("{SERVICE}---\n{DEPLOYMENT}"));
    file("base/release.yaml", RELEASE);
    file("chart/values.yaml", "image: reviews\n");
    file("chart/templates/service.yaml", "{{ if .Values.x }}\nkind: Service\n{{ end }}\n");
    file(".git/release.yaml", RELEASE);
    folder
}

fn check(folder: &Path, arguments: &[&str], input: &str) -> Run {
    run(folder, &[&["check"], arguments].concat(), input.as_bytes())
}

fn list(items: &[&str]) -> String {
    let items = items.iter().map(|text| "- ".to_owned() + &text.trim_end().replace('\n', "\n  "));
    format!("apiVersion: v1\nkind: List\nitems:\n{}\n", items.collect::<Vec<_>>().join("\n"))
}

#[test]
fn a_folder_is_checked_at_any_depth_and_what_else_is_in_it_is_counted() {
    let folder = repository();
    let run = check(folder.path(), &["."], "");
    assert_eq!(run.code, Some(0), "{}", run.shown());
    assert_eq!(run.stdout, "./base/release.yaml: ok, no rules, no regular expressions\n");
    assert_eq!(run.stderr, "note: 3 other objects, 2 other files skipped\n");
    let named = check(folder.path(), &["--verbose", "."], "");
    for line in [
        "./base/service.yaml:1: Service reviews skipped\n",
        "./base/service.yaml:5: Deployment reviews-v1 skipped\n",
        "./chart/values.yaml: skipped, it has no objects\n",
    ] {
        assert!(named.stderr.contains(line), "{}", named.shown());
    }
    // A folder with nothing to be checked is no success.
    let run = check(folder.path(), &["chart"], "");
    assert_eq!((run.code, run.stdout.as_str()), (Some(3), ""), "{}", run.shown());
    let said = "no Release or VirtualService in `chart` (2 other files skipped)";
    assert!(run.stderr.contains(said), "{}", run.shown());
}

#[test]
fn a_mistyped_kind_is_an_error_wherever_it_is() {
    let folder = repository();
    let wrong = RELEASE.replace("kind: Release", "kind: Relase");
    fs::write(folder.path().join("base/release.yaml"), &wrong).unwrap();
    for (arguments, input) in [
        (["."], ""),
        (["base/release.yaml"], ""),
        (["-"], wrong.as_str()),
        (["-"], &list(&[&wrong])),
    ] {
        let run = check(folder.path(), &arguments, input);
        assert_eq!(run.code, Some(1), "{}", run.shown());
        assert!(run.stdout.contains("help: did you mean `Release`?"), "{}", run.shown());
    }
}

#[test]
fn a_mixed_stream_is_taken_from_standard_input_and_from_files() {
    let folder = repository();
    let stream = [SERVICE, RELEASE, DEPLOYMENT].join("---\n");
    let note = "note: 2 other objects skipped\n";
    for (arguments, input) in
        [(vec!["-"], stream.as_str()), (vec!["base/release.yaml", "base/service.yaml"], "")]
    {
        let run = check(folder.path(), &arguments, input);
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), note), "{}", run.shown());
        let as_json = [&["--format", "json"], arguments.as_slice()].concat();
        let as_json = check(folder.path(), &as_json, input);
        assert_eq!(
            (as_json.code, as_json.stdout.as_str(), as_json.stderr.as_str()),
            (Some(0), "[]\n", "")
        );
    }
    // Where nothing is to be checked, that is wrong.
    let run = check(folder.path(), &["base/service.yaml", "kustomization.yaml"], "");
    assert_eq!(run.code, Some(1), "{}", run.shown());
    assert!(
        run.stdout.contains("none of the 2 objects in this file is a Release"),
        "{}",
        run.shown()
    );
    assert!(run.stdout.contains("expected the kind `Release`, found `Kustomization`"));
}

#[test]
fn a_list_is_read_item_by_item_with_the_places_of_its_items() {
    let wrong = RELEASE.replace("name: reviews,", "name: ratings,").replace("port: 80", "port: 0");
    let input = list(&[RELEASE, SERVICE, &wrong]);
    let run = check(root(), &["-"], &input);
    assert_eq!(run.code, Some(1), "{}", run.shown());
    assert!(run.stdout.contains("--> <stdin>:23:11\n"), "{}", run.shown());
    assert!(run.stdout.contains("expected a port from 1 to 65535"), "{}", run.shown());
    assert_eq!(run.stderr, "note: 1 other object skipped\n");
    let problems = json(&check(root(), &["--format", "json", "-"], &input));
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(problems[0]["path"], "items[2].spec.port");
}

#[test]
fn a_list_without_items_has_no_releases_which_is_no_problem() {
    // What `kubectl get releases -o yaml` prints in a namespace without Releases.
    let empty = "apiVersion: v1\nitems: []\nkind: List\nmetadata:\n  resourceVersion: \"\"\n";
    let checked = check(root(), &["-"], empty);
    assert_eq!(
        (checked.code, checked.stdout.as_str(), checked.stderr.as_str()),
        (Some(0), "<stdin>: ok, 0 Releases\n", "")
    );
    let checked = check(root(), &["--format", "json", "-"], empty);
    assert_eq!((checked.code, checked.stdout.as_str()), (Some(0), "[]\n"));
    let cost = run(root(), &["cost", "-"], empty.as_bytes());
    assert_eq!((cost.code, cost.stderr.as_str()), (Some(0), "note: <stdin>: 0 Releases\n"));
    // A command that needs a Release says what is missing.
    let explain = run(root(), &["explain", "-"], empty.as_bytes());
    assert_eq!(explain.code, Some(1), "{}", explain.shown());
    let message = "this list has no Release: it is empty";
    assert!(explain.stderr.contains(message), "{}", explain.shown());
}

#[test]
fn every_verb_that_takes_a_release_finds_it_among_other_objects() {
    let one = [SERVICE, &list(&[DEPLOYMENT, RELEASE])].join("---\n");
    let other = RELEASE.replace("name: reviews,", "name: ratings,");
    let two = list(&[RELEASE, &other]);
    let render = ["render", "-", "--module-file", "/serin.wasm", "--output", "mesh"];
    let temporary = tempfile::tempdir().unwrap();
    fs::write(temporary.path().join("old.yaml"), RELEASE).unwrap();
    for arguments in [
        &["explain", "-"][..],
        &["diff", "old.yaml", "-"],
        &["render", "-", "--undo", "--into", "vs.yaml"],
        &render,
    ] {
        if arguments.contains(&"vs.yaml") {
            fs::write(temporary.path().join("vs.yaml"), SERVICE).unwrap();
        }
        let found = run(temporary.path(), arguments, one.as_bytes());
        assert!(found.stderr.contains("note: 2 other objects skipped\n"), "{}", found.shown());
        assert!(!found.stderr.contains("expected one Release"), "{}", found.shown());
        let several = run(temporary.path(), arguments, two.as_bytes());
        assert_eq!(several.code, Some(1), "{}", several.shown());
        let said = "expected one Release in `<stdin>`, found 2: `shop/reviews`, `shop/ratings`";
        assert!(several.stderr.contains(said), "{}", several.shown());
        let none = run(temporary.path(), arguments, SERVICE.as_bytes());
        assert_eq!((none.code, none.stdout.as_str()), (Some(1), ""), "{}", none.shown());
        let said = "expected the kind `Release`, found `Service`";
        assert!(none.stderr.contains(said), "{}", none.shown());
    }
    let cost = run(temporary.path(), &["cost", "-"], one.as_bytes());
    assert_eq!(cost.code, Some(0), "{}", cost.shown());
    assert_eq!(cost.stderr, "note: 2 other objects skipped\n");
    let none = run(temporary.path(), &["cost", "-"], SERVICE.as_bytes());
    assert_eq!((none.code, none.stdout.as_str()), (Some(1), ""), "{}", none.shown());
    // What is wrong with a Release in a list is said with its place there.
    let without = list(&[SERVICE, &RELEASE.replace("  port: 80\n", "")]);
    let refused = run(temporary.path(), &render, without.as_bytes());
    assert_eq!(refused.code, Some(1), "{}", refused.shown());
    assert!(refused.stderr.contains("--> <stdin>:10:3\n"), "{}", refused.shown());
}

#[test]
fn nothing_that_has_no_end_is_waited_for() {
    let folder = repository();
    let fifo = folder.path().join("base/fifo.yaml");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    symlink("/dev/zero", folder.path().join("base/zero.json")).unwrap();
    symlink("..", folder.path().join("base/up")).unwrap();
    for verb in ["check", "cost"] {
        let found = run(folder.path(), &[verb, "."], b"");
        assert_eq!(found.code, Some(0), "{}", found.shown());
        for line in [
            "./base/fifo.yaml: skipped, it is a FIFO\n",
            "./base/zero.json: skipped, it is a device\n",
            ", 1 link to a folder skipped\n",
        ] {
            assert!(found.stderr.contains(line), "{}", found.shown());
        }
    }
    let render = ["render", "base/fifo.yaml", "--module-file", "/serin.wasm", "--output", "mesh"];
    for arguments in [
        &["check", "base/fifo.yaml"][..],
        &["cost", "base/fifo.yaml"],
        &["explain", "base/fifo.yaml"],
        &["diff", "base/fifo.yaml", "base/release.yaml"],
        &["import", "base/fifo.yaml"],
        &["image", "base/fifo.yaml", "--output", "image"],
        &["apply", "base/fifo.yaml"],
        &render,
    ] {
        let refused = run(folder.path(), arguments, b"");
        assert_eq!(refused.code, Some(3), "{}", refused.shown());
        let said = "cannot read `base/fifo.yaml`: it is a FIFO";
        assert!(refused.stderr.contains(said), "{}", refused.shown());
    }
}

#[test]
fn what_a_shell_passes_as_a_file_is_read() {
    let folder = repository();
    let script = "\"$SERIN\" check <(cat base/release.yaml) && \"$SERIN\" check /dev/stdin <base/release.yaml";
    let output = Command::new("bash")
        .args(["-c", script])
        .env("SERIN", super::program::path())
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(String::from_utf8_lossy(&output.stdout).matches(": ok, ").count(), 2, "{output:?}");
}
