//! Hostile input: what is said about it is bounded, and what is beyond a bound is refused.

use std::fs;

use serde_json::Value;

use crate::check::program::{Run, json, root, run};

pub(crate) const RELEASE: &str = "apiVersion: serin.dev/v1alpha1
kind: Release
metadata: {name: reviews}
spec:
  host: reviews
  port: 80
  stable: v1
  subsets:
  - {name: v1, labels: {version: v1}}
  - {name: v2, labels: {version: v2}}
";

/// The problems of a file that are more than are shown, by severity.
#[track_caller]
fn more(list: &[Value]) -> Vec<(&str, u64)> {
    let more = list.iter().filter(|problem| problem["code"] == "more");
    more.map(|p| (p["severity"].as_str().unwrap(), p["count"].as_u64().unwrap())).collect()
}

fn virtual_service(spec: &str) -> String {
    format!(
        "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {{name: reviews}}\nspec: {spec}\n"
    )
}

/// A run of `serin` beside these files.
#[track_caller]
fn beside(files: &[(&str, &str)], arguments: &[&str]) -> (Run, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    (run(folder.path(), arguments, b""), folder)
}

#[test]
fn problems_of_one_long_line_are_counted_and_the_first_shown() {
    let unknown: Vec<String> = (0..500).map(|n| format!("\"key{n}\": {n}")).collect();
    let release = format!(
        "{{\"apiVersion\": \"serin.dev/v1alpha1\", \"kind\": \"Release\", \"metadata\": {{\"name\": \"a\"}}, \
         \"spec\": {{\"host\": \"a\", {}}}}}",
        unknown.join(", ")
    );
    let list = json(&run(root(), &["check", "-o", "json", "-"], release.as_bytes()));
    assert_eq!(list.len(), 101);
    assert_eq!(more(&list), [("error", 402)]);
    let said = run(root(), &["check", "-"], release.as_bytes());
    assert!(said.stdout.ends_with("<stdin>: 502 errors\n"), "{}", said.stdout);
    assert!(said.stdout.contains("error: 402 more errors are not shown"), "{}", said.stdout);
}

#[test]
fn an_import_shows_the_first_problems_and_counts_the_rest() {
    let rules: Vec<String> = (0..400).map(|n| format!("{{bogus{n}: 1, match: [{{}}]}}")).collect();
    let (ran, _) = beside(
        &[(
            "vs.yaml",
            &virtual_service(&format!("{{hosts: [reviews], http: [{}]}}", rules.join(", "))),
        )],
        &["import", "-o", "json", "vs.yaml"],
    );
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""));
    let list: Vec<Value> = serde_json::from_str(&ran.stderr).unwrap();
    assert_eq!(more(&list), [("error", 300), ("warning", 300)]);
    let shown = list.iter().filter(|problem| problem["severity"] == "error").count() as u64;
    assert_eq!(shown, 101);
}

#[test]
fn an_import_says_the_first_notes_only() {
    let gateways: Vec<String> = (0..500).map(|n| format!("shop/g{n}")).collect();
    let spec = format!(
        "{{hosts: [a.example.com], gateways: [{}], http: [{{route: [{{destination: {{host: reviews, subset: v1}}}}]}}]}}",
        gateways.join(", ")
    );
    let (ran, _) = beside(&[("vs.yaml", &virtual_service(&spec))], &["import", "vs.yaml"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stderr.lines().count() < 110, "{}", ran.stderr);
    assert!(ran.stderr.contains("more notes are not shown\n"), "{}", ran.stderr);
    assert!(ran.stdout.contains("more notes are not shown\n"), "{}", ran.stdout);
}

#[test]
fn what_keeps_rules_from_being_woven_is_capped() {
    let rules: Vec<String> = (0..300)
        .map(|n| format!("{{name: \"\", match: [{{uri: {{exact: /{n}}}}}], route: [{{destination: {{host: reviews}}}}]}}"))
        .collect();
    let own = virtual_service(&format!("{{hosts: [reviews], http: [{}]}}", rules.join(", ")));
    let release = format!("{RELEASE}  attach: [{{sidecar: {{}}}}]\n");
    let options = ["--into", "own.yaml", "--module-file", "/serin.wasm", "--output", "mesh"];
    let arguments = [&["render", "release.yaml"], &options[..]].concat();
    let (ran, folder) = beside(&[("release.yaml", &release), ("own.yaml", &own)], &arguments);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert_eq!(ran.stderr.matches("error[empty]").count(), 100, "{}", ran.stderr);
    assert!(ran.stderr.contains("error: 200 more errors are not shown"), "{}", ran.stderr);
    assert_eq!(fs::read_to_string(folder.path().join("own.yaml")).unwrap(), own);
}

#[test]
fn many_rules_are_woven_in_and_taken_out_again() {
    for is_json in [false, true] {
        let rules: Vec<String> = (0..100)
            .map(|n| {
                format!(
                    "{{\"match\": [{{\"uri\": {{\"exact\": \"/{n}\"}}}}], \"route\": [{{\"destination\": {{\"host\": \
                     \"reviews\"}}}}]}}"
                )
            })
            .collect();
        let http = if is_json {
            format!("{{\"hosts\": [\"reviews\"], \"http\": [{}]}}", rules.join(", "))
        } else {
            format!("\n  hosts: [reviews]\n  http:\n  - {}", rules.join("\n  - "))
        };
        let own = virtual_service(&http);
        let release = format!("{RELEASE}  attach: [{{sidecar: {{labels: {{app: a}}}}}}]\n");
        let options =
            ["--route", "virtual-service", "--into", "own.yaml", "--module-file", "/serin.wasm"];
        let arguments = [&["render", "release.yaml", "--output", "mesh"], &options[..]].concat();
        let (ran, folder) = beside(&[("release.yaml", &release), ("own.yaml", &own)], &arguments);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        let woven = fs::read_to_string(folder.path().join("own.yaml")).unwrap();
        assert!(woven.len() > own.len() * 2, "{}", woven.len());
        let undone =
            run(folder.path(), &["render", "release.yaml", "--undo", "--into", "own.yaml"], b"");
        assert_eq!(undone.code, Some(0), "{}", undone.stderr);
        assert!(fs::read_to_string(folder.path().join("own.yaml")).unwrap() == own, "{is_json}");
    }
}

#[test]
fn many_virtual_services_beside_a_release_are_compared_with_those_of_their_hosts() {
    let others: Vec<String> = (0..300)
        .map(|n| {
            format!(
                "---\n{{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {{name: a{n}}}, spec: {{hosts: \
                 [h{n}], http: [{{route: [{{destination: {{host: h{n}}}}}]}}]}}}}\n"
            )
        })
        .collect();
    let rival = "---\n{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: z}, spec: {hosts: [h7], \
                 http: [{route: [{destination: {host: h7}}]}]}}\n";
    let text = format!("{RELEASE}{}{rival}", others.concat());
    let ran = run(root(), &["check", "-"], text.as_bytes());
    assert_eq!(ran.code, Some(0), "{}", ran.stdout);
    let warned: Vec<&str> = ran.stdout.lines().filter(|line| line.starts_with("warning")).collect();
    assert_eq!(warned.len(), 2, "{warned:?}");
    assert!(warned[0].contains("default/z is for `h7.default.svc.cluster.local`"), "{warned:?}");
}

#[test]
fn what_is_beyond_a_bound_is_refused_with_what_was_found_and_what_is_accepted() {
    let many = |count: usize, item: fn(usize) -> String| -> String {
        (0..count).map(item).collect::<Vec<_>>().join(", ")
    };
    let attach = many(300, |n| format!("{{sidecar: {{labels: {{app: a{n}}}}}}}"));
    let hosts = many(2100, |n| format!("h{n}.example.com"));
    let subsets = many(300, |n| format!("{{name: s{n}, labels: {{version: s{n}}}}}"));
    let key = "k".repeat(2000);
    for (text, message) in [
        (format!("{RELEASE}  attach: [{attach}]\n"), "`attach` has at most 256 entries, found 300"),
        (
            format!(
                "{RELEASE}  attach: [{{gateway: {{namespace: a, labels: {{a: b}}, hosts: [{hosts}]}}}}]\n"
            ),
            "gateways have at most 2048 hosts together, found 2100",
        ),
        (
            RELEASE.replace("subsets:\n", &format!("subsets: [{subsets}]\n  x:\n")),
            "a Release has at most 256 subsets, found 300",
        ),
        (
            format!("{RELEASE}  ? {key}\n  : 1\n"),
            "expected a key of at most 1024 bytes, found 2000",
        ),
        (format!("{RELEASE}  x: &x {key}\n  y: {{? *x : 1}}\n"), "a key of at most 1024 bytes"),
    ] {
        let ran = run(root(), &["check", "-"], text.as_bytes());
        assert_eq!(ran.code, Some(1), "{message}");
        assert!(ran.stdout.contains(message), "{message}: {}", ran.stdout);
        assert!(ran.stdout.len() < 20_000, "{message}: {} bytes", ran.stdout.len());
    }
}

#[test]
fn a_switch_of_more_patches_than_an_object_holds_is_refused() {
    let hosts: Vec<String> = (0..70).map(|n| format!("h{n}.example.com")).collect();
    let rules: Vec<String> = (0..60)
        .map(|n| {
            format!(
                "{{match: [{{uri: {{exact: /{n}}}}}], route: [{{destination: {{host: reviews}}}}]}}"
            )
        })
        .collect();
    let own = virtual_service(&format!(
        "{{hosts: [{}], gateways: [edge], http: [{}]}}",
        hosts.join(", "),
        rules.join(", ")
    ));
    let release = format!(
        "{RELEASE}  attach: [{{gateway: {{namespace: a, labels: {{a: b}}, hosts: [{}]}}}}]\n",
        hosts.join(", ")
    );
    let options = ["--into", "own.yaml", "--module-file", "/serin.wasm", "--output", "mesh"];
    let arguments = [&["render", "release.yaml"], &options[..]].concat();
    let (ran, folder) = beside(&[("release.yaml", &release), ("own.yaml", &own)], &arguments);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(ran.stderr.contains("would have 4200 patches"), "{}", ran.stderr);
    assert!(ran.stderr.contains("expected at most 4096"), "{}", ran.stderr);
    assert_eq!(fs::read_to_string(folder.path().join("own.yaml")).unwrap(), own);
}

#[test]
fn a_list_without_items_is_a_problem_wherever_it_stands() {
    for (list, message) in [
        ("apiVersion: v1\nkind: List\n", "missing field `items` of a List"),
        ("apiVersion: v1\nkind: List\nitems: {a: 1}\n", "expected a list of objects, found a map"),
        (
            "apiVersion: v1\nkind: List\nitems: none\n",
            "expected a list of objects, found the string `none`",
        ),
    ] {
        for text in
            [list.to_owned(), format!("{RELEASE}---\n{list}"), format!("{list}---\n{RELEASE}")]
        {
            let ran = run(root(), &["check", "-"], text.as_bytes());
            assert_eq!(ran.code, Some(1), "{text}{}", ran.stdout);
            assert!(ran.stdout.contains(message), "{text}{}", ran.stdout);
        }
        let ran = run(root(), &["import", "-"], list.as_bytes());
        assert_eq!(ran.code, Some(1), "{list}");
        assert!(ran.stderr.contains(message), "{list}{}", ran.stderr);
    }
    let ran = run(root(), &["check", "-"], b"apiVersion: v1\nkind: List\nitems: []\n");
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), "<stdin>: ok, 0 Releases\n"));
}
