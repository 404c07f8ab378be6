//! What is said about requests, and about what is none.

use serde_json::Value;

use super::{explain, explain_with, matches};

const RELEASE: &str = "release.yaml";

#[track_caller]
fn said(name: &str, code: i32, arguments: &[&str]) {
    let run = explain(&[&[RELEASE], arguments].concat());
    assert_eq!(run.code, Some(code), "{}", run.shown());
    matches(name, &run);
}

#[test]
fn a_request_is_explained_rule_by_rule() {
    said("nothing", 0, &[]);
    said(
        "almost",
        0,
        &["/api/x", "-b", "version=v20; device-id=abc", "-H", "x-canary: 1", "-A", "GoogleBot"],
    );
    said("staff", 0, &["-b", "email=a@some-company-name.com", "-b", "device-id=4"]);
    said("second-block", 0, &["/api/x", "-H", "X-Canary;", "-H", "x-user-id: 7"]);
    said("chance", 0, &["/?draw=1", "-H", "x-lucky: no", "-H", "x-lucky: 77"]);
    said("other-host", 0, &["https://beta.example.com/?a=b", "-X", "POST"]);
}

#[test]
fn labels_of_the_caller_are_given() {
    let path = crate::check::program::root().join("data/explain/release.yaml");
    let release = std::fs::read_to_string(path).unwrap();
    let release = release.replace("path: {prefix: /api/}", "caller: {app: {exact: cart}}");
    for (label, rule) in [("app=cart", "insiders"), ("app=shop", "default")] {
        let arguments = ["-", "-H", "x-canary: 1", "--caller", label];
        let run = explain_with(&arguments, release.as_bytes());
        assert_eq!(run.code, Some(0), "{}", run.shown());
        let found = run.stdout.contains("caller app: exact \"cart\"; found \"shop\"");
        assert_eq!(found, rule == "default", "{}", run.shown());
        assert_eq!(run.stdout.starts_with("v2, by the rule insiders"), rule == "insiders");
    }
    said("caller-wrong", 2, &["--caller", "app"]);
}

#[test]
fn why_a_test_does_not_hold_is_said_where_it_is_not_seen() {
    let release = |block: &str| {
        format!(
            "apiVersion: serin.dev/v1alpha1\nkind: Release\nmetadata: {{name: cart}}\nspec:\n  host: cart\n  \
             stable: v1\n  subsets: [{{name: v1}}, {{name: v2}}]\n  rules:\n  - name: canary\n    match: [{block}]\n    \
             split: {{v2: 100}}\n"
        )
    };
    let phone = ["-A", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0)"];
    for (block, arguments, expected) in [
        (
            r"{headers: {user-agent: {regex: '^.*\biPhone|Pixel\b.*$'}}}",
            &phone[..],
            Some(
                "a regex must match the whole value: this one matches only a part of it; add `.*` before and after",
            ),
        ),
        (
            "{headers: {user-agent: {regex: 'Pixel'}}}",
            &phone[..],
            Some("a regex must match the whole value"),
        ),
        ("{headers: {user-agent: {regex: 'Pixel'}}}", &[], None),
        (
            "{cookies: {email: {suffix: '@example.com'}}}",
            &["-b", "email=jo%40example.com"],
            Some("the value is percent-encoded, and is tested as sent: decoded it would match"),
        ),
        (
            "{query: {q: {exact: 'a,b'}}}",
            &["/?q=a%2Cb"],
            Some("the value is percent-encoded, and is tested as sent: decoded it would match"),
        ),
        (
            "{cookies: {user: {exact: '\"7f\"'}}}",
            &["-b", "user=\"7f\""],
            Some(
                "such a value is not sent: quotes around a cookie's value are removed before the test",
            ),
        ),
        (
            "{headers: {x-tester: {exact: 'Yes'}}}",
            &["-H", "x-tester: yes"],
            Some("it differs only in case: `ignoreCase: true` ignores that"),
        ),
        (
            "{caller: {app: {exact: web}}}",
            &[],
            Some("labels of the calling pod are not part of the request: use `--caller app=…`"),
        ),
        ("{caller: {app: {exact: web}}}", &["--caller", "app=shop"], None),
        ("{cookies: {version: {exact: v2}}}", &["-b", "version=v3"], None),
        ("{path: {prefix: /}, without: {headers: {x: {regex: a}}}}", &["-H", "x: a"], None),
    ] {
        let arguments = [&["-"], arguments].concat();
        let run = explain_with(&arguments, release(block).as_bytes());
        assert_eq!(run.code, Some(0), "{}", run.shown());
        let mut lines = run.stdout.lines().skip_while(|line| !line.contains("; found "));
        let note = lines.nth(1).unwrap_or_default();
        assert_eq!(note.strip_prefix("    "), expected, "{}", run.shown());
        let arguments = [arguments.as_slice(), &["--format", "json"]].concat();
        let run = explain_with(&arguments, release(block).as_bytes());
        let found: Value = serde_json::from_str(&run.stdout).unwrap();
        let conditions = found["rules"][0]["blocks"][0]["conditions"].as_array().unwrap();
        let notes: Vec<_> = conditions.iter().filter_map(|asked| asked["note"].as_str()).collect();
        assert_eq!(notes, Vec::from_iter(expected), "{}", run.shown());
    }
}

#[test]
fn headers_are_as_envoy_has_them() {
    let path = crate::check::program::root().join("data/explain/release.yaml");
    let release = std::fs::read_to_string(path).unwrap();
    // Envoy joins the lines of this one, and looks at those of others one by one.
    let release = release.replace("x-canary: {present: true}", "origin: {exact: \"a,b\"}");
    let release = release.replace("x-lucky: {regex: \"[0-9]+\"}", "x-lucky: {exact: \"a,b\"}");
    for (name, rule) in [("origin", "insiders"), ("x-lucky", "default")] {
        let [one, other] = ["a", "b"].map(|value| format!("{name}: {value}"));
        let arguments = ["-", "/api/?draw=1", "-H", &one, "-H", &other, "--format", "json"];
        let run = explain_with(&arguments, release.as_bytes());
        let found: Value =
            serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.shown()));
        assert_eq!(found["rule"], rule, "{}", run.shown());
    }
}

#[test]
fn values_that_do_not_print_are_shown_safely() {
    let long = format!("x-lucky: {}", "7".repeat(9000));
    let cookie = "version=\u{1b}]0;v2\"ä\u{202e}; device-id=\u{9b}31m";
    // Control characters cannot be sent, but what is no ASCII can.
    said("control", 2, &["-b", cookie]);
    let run = explain(&[
        RELEASE,
        "/?draw=1",
        "-H",
        &long,
        "-b",
        "version=ä\u{202e}\"; device-id=\u{9b}31m",
    ]);
    assert_eq!(run.code, Some(0), "{}", run.shown());
    assert!(
        run.stdout.contains("\u{2026}\" (9000 bytes): over 8192 bytes, which regexes ignore"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains(r#"found "ä\u{202e}\"""#), "{}", run.stdout);
    assert!(run.stdout.contains(r#"identity cookie device-id "\u{9b}31m""#), "{}", run.stdout);
}

#[test]
fn the_same_for_programs() {
    said(
        "json",
        0,
        &[
            "/api/x",
            "-b",
            "version=v20; device-id=abc",
            "-H",
            "x-canary: 1",
            "-A",
            "bot",
            "--format",
            "json",
        ],
    );
    said("json-anonymous", 0, &["--format", "json"]);
}

#[test]
fn curl_lines_are_read_from_files_and_arguments() {
    said("chrome", 0, &["--curl", "chrome.sh"]);
    let words = [
        "--",
        "curl",
        "-sSL",
        "https://shop.example.com/api/",
        "-H",
        "x-canary: 1",
        "--compressed",
    ];
    said("curl-words", 0, &words);
    said("curl-wrong", 1, &["--curl", "wrong.sh"]);
    said("curl-windows", 1, &["--curl", "windows.txt"]);
    said("curl-words-wrong", 2, &["--", "curl", "--tell", "-H", "nothing", "-n"]);
    said("curl-is-missing", 2, &["--", "/api", "-H", "x: y"]);
}

#[test]
fn har_files_are_read() {
    said("har", 0, &["--har", "shop.har"]);
    said("har-json", 0, &["--har", "shop.har", "--format", "json"]);
    said("har-entry", 0, &["--har", "shop.har", "--entry", "3"]);
    said("har-entry-no-request", 1, &["--har", "shop.har", "--entry", "2"]);
    said("har-entry-absent", 2, &["--har", "shop.har", "--entry", "5"]);
    said("har-is-yaml", 1, &["--har", "release.yaml"]);
    let wrong = br#"{"log": {"entries": [{"request": {"method": "GET", "headers": []}}]}}"#;
    let run = explain_with(&[RELEASE, "--har", "-"], wrong);
    assert_eq!(run.code, Some(1), "{}", run.shown());
    matches("har-without-url", &run);
}

#[test]
fn lines_are_answered_by_lines() {
    said("requests", 0, &["--requests", "requests.jsonl"]);
    said("requests-wrong", 1, &["--requests", "wrong.jsonl"]);
}

#[test]
fn the_page_shows_what_is_printed() {
    let page = |name: &str| {
        let path = crate::check::program::root().join("../docs").join(name);
        std::fs::read_to_string(path).unwrap()
    };
    let sidecar = page("sidecar.md");
    let (_, release) = sidecar.split_once("```yaml\n# release.yaml\n").unwrap();
    let (release, _) = release.split_once("```").unwrap();
    let arguments = ["-", "/api/cart", "-b", "group=stuff", "-b", "device-id=7"];
    let run = explain_with(&arguments, release.as_bytes());
    let indented =
        |line: &str| if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") };
    let shown: String = run.stdout.lines().map(indented).collect();
    let page = page("explain.md");
    assert!(page.contains(&format!("serin explain release.yaml {}", arguments[1..].join(" "))));
    assert!(page.contains(&shown), "docs/explain.md does not show\n{shown}");
}

#[test]
fn users_are_drawn_through_every_split() {
    said("users", 0, &["--users", "10000"]);
    let run = explain(&[RELEASE, "--users", "20000", "--format", "json"]);
    let drawn: Value = serde_json::from_str(&run.stdout).unwrap();
    let mut subsets = 0;
    for rule in drawn["rules"].as_array().unwrap() {
        let mut users = 0;
        for subset in rule["subsets"].as_array().unwrap() {
            let (promised, found) =
                (subset["promised"].as_f64().unwrap(), subset["drawn"].as_f64().unwrap());
            // Six standard deviations of 20,000 users are at most 2.1 %.
            assert!((promised - found).abs() < 2.2, "{}: {subset}", rule["rule"]);
            users += subset["users"].as_u64().unwrap();
            subsets += 1;
        }
        assert_eq!(users, 20000, "{rule}");
    }
    assert_eq!(subsets, 9, "{drawn}");
}

#[test]
fn bad_usage_is_said() {
    said("url-wrong", 2, &["ftp://reviews/", "-H", "x", "-b", "jar", "-X", "A B"]);
    said("two-sources", 2, &["/", "--users", "3"]);
    said("no-file", 3, &["--requests", "nothing.jsonl"]);
    let run = explain(&["-", "--curl", "-"]);
    assert_eq!(run.code, Some(2), "{}", run.shown());
    matches("stdin-twice", &run);
}

#[test]
fn releases_are_reported_as_render_does() {
    let two = "../check/eight-mistakes.yaml";
    let run = explain(&[two, "--curl", "wrong.sh"]);
    assert_eq!(run.code, Some(1), "{}", run.shown());
    matches("release-wrong", &run);
    let release =
        std::fs::read_to_string(crate::check::program::root().join("data/explain/release.yaml"))
            .unwrap();
    let several = format!("{release}---\n{}", release.replace("{name: reviews,", "{name: other,"));
    let run = explain_with(&["-"], several.as_bytes());
    assert_eq!(run.code, Some(1), "{}", run.shown());
    matches("release-several", &run);
    let run = explain_with(&["-"], b"kind: ConfigMap\n");
    assert_eq!(run.code, Some(1), "{}", run.shown());
    matches("release-kind", &run);
}
