//! Documents too large or too odd to be committed as files.

use super::matches;
use super::program::{root, run};

const HEAD: &str = "apiVersion: serin.dev/v1alpha1
kind: Release
metadata: {name: reviews}
spec:
  host: reviews
  port: 80
  stable: v1
  subsets:
  - {name: v1, labels: {version: v1}}
  - {name: v2, labels: {version: v2}}
  rules:
";

fn check(text: &str) -> super::Run {
    run(root(), &["check", "-"], text.as_bytes())
}

#[test]
fn a_release_that_could_stall_a_worker_is_refused() {
    let rule = |n| {
        format!(
            "  - {{name: r{n}, match: [{{headers: {{x-a: {{regex: \"a{n}.*b\"}}}}}}], split: {{v2: 100}}}}\n"
        )
    };
    let rules: String = (0..1230).map(rule).collect();
    matches("check-worst-request", &check(&format!("{HEAD}{rules}")));
}

#[test]
fn regexes_that_are_too_large_together_are_refused() {
    let rule = |n| {
        let pattern = format!(".*a{n}.{{12}}");
        format!(
            "  - {{name: r{n}, match: [{{cookies: {{a{n}: {{regex: \"{pattern}\"}}}}}}], split: {{v2: 100}}}}\n"
        )
    };
    let rules: String = (0..200).map(rule).collect();
    matches("check-regexes-too-large", &check(&format!("{HEAD}{rules}")));
}

#[test]
fn documents_that_are_built_to_hurt_end_well() {
    let deep_lists = "[".repeat(100_000);
    let deep_maps = "a: ".repeat(3) + &"{a: ".repeat(50_000);
    let anchors = (0..40).fold("a0: &a0 [x, x]\n".to_owned(), |text, n| {
        format!("{text}a{m}: &a{m} [*a{n}, *a{n}]\n", m = n + 1)
    });
    let long = format!("{HEAD}  - {{name: {}}}\n", "x".repeat(1_000_000));
    for text in [deep_lists, deep_maps, anchors, long] {
        let run = check(&text);
        assert_eq!(run.code, Some(1), "{}{}", run.stdout, run.stderr);
        assert!(run.stdout.len() + run.stderr.len() < 20_000, "{} bytes printed", run.stdout.len());
    }
}
