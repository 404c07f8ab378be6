//! Curl lines, HAR files and JSON lines with bytes lost, changed and moved, and very large ones: each is read or
//! refused, never a panic, and no problem points outside of the text.

use oracles::curl::{read_curl, read_har, read_lines};

use super::explain_with;
use crate::check::mutations::Chance;
use crate::check::program::root;

/// Bytes of a file; the largest that is read has this many.
const MAX: usize = 10 * 1024 * 1024;

fn file(name: &str) -> String {
    std::fs::read_to_string(root().join("data/explain").join(name)).unwrap()
}

/// Texts, and how they are read; the number of problems.
type Kind<'a> = (&'a [String], fn(&str) -> usize);

#[test]
fn mutated_requests_are_read_to_the_end() {
    let curl = [
        file("chrome.sh"),
        file("wrong.sh"),
        file("windows.txt"),
        "curl -G --data-urlencode 'c=ä 1' --json '{}' -u a:b --url-query +x $'\\u00e4\\x41\\101' \"a\\\"b\" h | jq".to_owned(),
    ];
    let har = [file("shop.har")];
    let json = [file("requests.jsonl"), file("wrong.jsonl")];
    let kinds: [Kind<'_>; 3] = [(&curl, read_curl), (&har, read_har), (&json, read_lines)];
    let mut chance = Chance::new(2026);
    for (seeds, read) in kinds {
        let mut wrong = 0;
        for round in 0..4000 {
            let seed = &seeds[round % seeds.len()];
            let other = &seeds[chance.below(seeds.len())];
            wrong += usize::from(read(&chance.mutate(seed, other)) > 0);
        }
        assert!(wrong > 1000, "only {wrong} of 4000 mutations did any harm");
    }
}

/// A text of the largest size that is read.
fn large(start: &str, filling: &str, end: &str) -> String {
    let times = (MAX - start.len() - end.len()) / filling.len();
    format!("{start}{}{end}", filling.repeat(times))
}

#[test]
fn the_largest_files_are_read_or_refused() {
    let cases = [
        ("--curl", large("curl h -H 'x: ", "a", "'"), 0),
        ("--curl", large("curl h ", "-H x:1 ", ""), 0),
        ("--curl", large("curl h ", "-Z ", "'"), 1),
        ("--curl", large("", "\n", "curl h"), 0),
        ("--curl", large("curl h $'", "\\u00e4", ""), 1),
        ("--har", large("{\"log\": {\"entries\": [", " ", "]}}"), 0),
        ("--har", large("", "[", ""), 1),
        ("--har", large("{\"log\": {\"x\": ", "{\"a\":", ""), 1),
        ("--requests", large("{\"headers\": [[\"x\", \"", "a", "\"]]}"), 0),
        ("--requests", large("", "[", ""), 1),
        ("--requests", large("{}\n", "{}\n", "x"), 1),
    ];
    for (option, text, code) in cases {
        let run = explain_with(&["release.yaml", option, "-"], text.as_bytes());
        let start: String = text.chars().take(30).collect();
        assert_eq!(run.code, Some(code), "{option} {start}: {:.2000}", run.stderr);
        assert!(
            run.stderr.len() < 20_000,
            "{option} {start}: {} bytes of problems",
            run.stderr.len()
        );
        let over = format!("{text}{}", " ".repeat(MAX + 1 - text.len().min(MAX)));
        let run = explain_with(&["release.yaml", option, "-"], over.as_bytes());
        assert_eq!(run.code, Some(3), "{option} {start}: {:.2000}", run.stderr);
        assert!(run.stderr.contains("larger than 10 MiB"), "{:.2000}", run.stderr);
    }
}
