//! `serin cost` as people and programs see it, and against what was measured.

mod held;
mod page;

use serde_json::Value;

use crate::check::matches;
use crate::check::program::{Run, root, run};

const RELEASES: [&str; 3] = ["cookie", "headers", "regexes"];
const ROUTES: [&str; 4] = ["matcher", "virtual-service", "cluster-header", "envoy"];

#[track_caller]
fn cost(arguments: &[&str], input: &[u8]) -> Run {
    run(&root().join("data/cost"), &[&["cost"], arguments].concat(), input)
}

/// What `--format json` prints.
#[track_caller]
fn documents(arguments: &[&str]) -> Vec<Value> {
    let run = cost(&[arguments, &["--format", "json"]].concat(), b"");
    assert_eq!(run.code, Some(0), "{}", run.shown());
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {}", run.shown()))
}

/// The instructions of a class, the dearest of its kind.
#[track_caller]
fn class(document: &Value, name: &str) -> i64 {
    let classes = document["classes"].as_array().unwrap().iter();
    let class = classes.clone().find(|class| class["class"] == name);
    class.unwrap_or_else(|| panic!("no `{name}`: {document}"))["instructions"].as_i64().unwrap()
}

#[test]
fn every_release_is_priced_as_committed() {
    for release in RELEASES {
        let file = format!("{release}.yaml");
        matches(&format!("cost-{release}"), &cost(&[&file], b""));
        matches(&format!("cost-{release}-as-json"), &cost(&[&file, "--format", "json"], b""));
    }
    for route in ["virtual-service", "envoy"] {
        matches(&format!("cost-cookie-{route}"), &cost(&["cookie.yaml", "--route", route], b""));
    }
}

#[test]
fn the_parts_sum_up_to_the_whole() {
    for route in ROUTES {
        for document in documents(&[".", "--route", route]) {
            for class in document["classes"].as_array().unwrap() {
                let parts = class["parts"].as_object().unwrap().values();
                let sum: i64 = parts.map(|part| part.as_i64().unwrap()).sum();
                let whole = class["instructions"].as_i64().unwrap();
                assert!((sum - whole).abs() <= 700, "{route}: {class}");
            }
        }
    }
}

#[test]
fn a_gate_a_header_and_a_second_read_show() {
    let of = |route| documents(&["cookie.yaml", "--route", route]).remove(0);
    let matcher = of("matcher");
    for route in ["envoy", "virtual-service"] {
        let gated = of(route);
        assert_eq!(gated["gate"], true, "{route}");
        assert!(class(&gated, "gated") * 3 < class(&matcher, "default"), "{route}: {gated}");
    }
    let by_header = class(&of("cluster-header"), "canary");
    assert!(by_header + 5000 < class(&matcher, "canary"), "{by_header}");

    // All headers are read at once, and then nothing is known that a request without cookies would spare.
    let several = documents(&["headers.yaml"]).remove(0);
    let classes = several["classes"].as_array().unwrap().iter();
    assert!(classes.clone().all(|class| class["class"] != "no-cookie"), "{several}");
    let many = documents(&["headers.yaml", "--headers", "16"]).remove(0);
    assert!(class(&many, "default") > class(&several, "default"), "{many}");
    let longer = documents(&["cookie.yaml", "--cookie-bytes", "1147"]).remove(0);
    assert!(class(&longer, "default") > class(&matcher, "default") + 5_000, "{longer}");
    for (release, module) in [("cookie", "serin-lite.wasm"), ("regexes", "serin.wasm")] {
        assert_eq!(documents(&[&format!("{release}.yaml")]).remove(0)["module"], module);
    }
}

#[test]
fn what_is_wrong_with_a_file_is_said_and_the_others_are_priced() {
    let release = std::fs::read(root().join("data/cost/cookie.yaml")).unwrap();
    let from_stdin = cost(&["-"], &release);
    assert_eq!(from_stdin.stdout, cost(&["cookie.yaml"], b"").stdout);

    let with_a_bad_one = cost(&["../check/empty.yaml", "cookie.yaml"], b"");
    assert_eq!(with_a_bad_one.code, Some(1), "{}", with_a_bad_one.shown());
    assert_eq!(with_a_bad_one.stdout, from_stdin.stdout);
    assert!(with_a_bad_one.stderr.contains("the file is empty"), "{}", with_a_bad_one.shown());

    let without_a_file = cost(&["none.yaml", "cookie.yaml"], b"");
    assert_eq!(without_a_file.code, Some(3), "{}", without_a_file.shown());
    assert_eq!(without_a_file.stdout, from_stdin.stdout);
}
