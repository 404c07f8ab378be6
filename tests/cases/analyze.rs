//! `serin analyze` against a server on loopback that answers as Prometheus does, or does not.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;

use serde_json::{Value, json};

use crate::check::program::{Run, root, run};

/// When the range begins: 2023-11-14T22:20:00Z, ten minutes after the first sample.
const FROM: &str = "2023-11-14T22:20:00Z";
const TO: &str = "2023-11-14T22:50:00Z";
const FIRST: u64 = 1_699_999_800;
/// A Release with the candidate v2.
const RELEASE: &str = "
apiVersion: serin.dev/v1alpha1
kind: Release
metadata: {name: reviews, namespace: bookinfo}
spec:
  host: reviews
  port: 9080
  stable: v1
  subsets:
  - {name: v1, labels: {version: v1}}
  - {name: v2, labels: {version: v2}}
  attach:
  - sidecar: {labels: {app: productpage}}
  identity:
  - cookie: device-id
  split: {v2: 10}
";

/// A server that gives this answer to each request; its URL. Its thread ends with the test.
fn server(status: &'static str, headers: &'static str, body: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let (mut bytes, mut some) = (Vec::new(), [0; 4096]);
            while !bytes.ends_with(b"\r\n\r\n") {
                match stream.read(&mut some).unwrap_or(0) {
                    0 => break,
                    count => bytes.extend(&some[..count]),
                }
            }
            let length = body.len();
            let head = format!(
                "HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n"
            );
            // Who has read enough hangs up.
            let _ = stream.write_all(head.as_bytes());
            let _ = stream.write_all(body.as_bytes());
        }
    });
    url
}

/// Counters that grow by this in each 15 seconds of 40 minutes: version, code, by how much.
fn counters(each: &[(&str, &str, u64)]) -> String {
    let series = each.iter().map(|(version, code, each)| {
        let values = (0..=168).map(|at| json!([FIRST + at * 15, (at * each).to_string()]));
        json!({
            "metric": {
                "__name__": "istio_requests_total", "reporter": "source", "response_code": code,
                "destination_version": version, "pod": "productpage-1", "instance": "10.0.0.1:15020",
            },
            "values": values.collect::<Vec<_>>(),
        })
    });
    let result: Vec<Value> = series.collect();
    json!({ "status": "success", "data": { "resultType": "matrix", "result": result } }).to_string()
}

#[track_caller]
fn analyze(url: &str, more: &[&str]) -> Run {
    let words = [
        "analyze",
        "-f",
        "-",
        "--from",
        FROM,
        "--to",
        TO,
        "--check",
        "errors",
        "--prometheus",
        url,
    ];
    run(root(), &[&words, more].concat(), RELEASE.as_bytes())
}

#[track_caller]
fn document(url: &str) -> (Value, Option<i32>) {
    let run = analyze(url, &["-o", "json"]);
    let document = serde_json::from_str(&run.stdout);
    (document.unwrap_or_else(|error| panic!("{error}: {}", run.shown())), run.code)
}

#[test]
fn each_candidate_has_its_verdict_with_its_numbers_and_its_exit_code() {
    for (case, counters, outcome, reason, code) in [
        (
            "worse",
            counters(&[("v1", "200", 135), ("v2", "200", 14), ("v2", "503", 1)]),
            "worse",
            Value::Null,
            4,
        ),
        ("healthy", counters(&[("v1", "200", 135), ("v2", "200", 15)]), "healthy", Value::Null, 0),
        (
            "little",
            counters(&[("v1", "200", 9), ("v2", "200", 1)]),
            "inconclusive",
            json!("not-enough"),
            5,
        ),
        ("unused", counters(&[("v1", "200", 9)]), "inconclusive", json!("no-candidate-traffic"), 5),
        ("no data", counters(&[]), "inconclusive", json!("missing"), 5),
    ] {
        let url = server("200 OK", "", counters);
        let (document, exit) = document(&url);
        assert_eq!(
            (&document["outcome"], &document["reason"]),
            (&json!(outcome), &reason),
            "{case}: {document}"
        );
        assert_eq!(exit, Some(code), "{case}");
        assert_eq!(document["release"], "bookinfo/reviews");
        let check = &document["checks"][0];
        let [evidence, limit] =
            ["evidence", "limit"].map(|key| check["worse"][key].as_f64().unwrap());
        assert_eq!(evidence >= limit, outcome == "worse", "{case}: {document}");
        assert!((limit - 100.0).abs() < 1e-9, "{document}");
        let text = analyze(&url, &[]);
        assert_eq!(text.code, Some(code), "{}", text.shown());
        let message = document["message"].as_str().unwrap();
        assert!(
            text.stdout.starts_with(&format!("bookinfo/reviews: {message}\n")),
            "{}",
            text.shown()
        );
        let noted = document["notes"].as_array().unwrap().iter();
        assert_eq!(
            noted.clone().any(|note| note.as_str().unwrap().contains("has no series")),
            case == "no data"
        );
    }
}

#[test]
fn the_last_look_of_a_worse_candidate_is_the_first_that_shows_it() {
    let url =
        server("200 OK", "", counters(&[("v1", "200", 135), ("v2", "200", 14), ("v2", "503", 1)]));
    let (document, _) = document(&url);
    let (until, to) = (document["until"].as_str().unwrap(), document["to"].as_str().unwrap());
    assert!(until < to, "{document}");
    assert_eq!(document["blocksBefore"], 40, "{document}");
    let counts = &document["checks"][0]["candidate"];
    let blocks = document["blocks"].as_u64().unwrap();
    assert_eq!(counts["events"].as_u64(), Some(blocks), "{document}");
    assert_eq!(counts["requests"].as_u64(), Some(blocks * 15), "{document}");
}

#[test]
fn what_is_no_answer_is_an_error_that_says_what_it_is() {
    let nowhere = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nowhere = format!("http://{nowhere}");
    for (url, parts) in [
        (nowhere, ["cannot reach Prometheus", "refused"]),
        (
            server("401 Unauthorized", "", "no token".to_owned()),
            ["401 Unauthorized: no token", "--prometheus-token-file"],
        ),
        (
            server("200 OK", "", "<html>sign in</html>".to_owned()),
            ["does not answer as Prometheus does", "sign in"],
        ),
        (
            server(
                "302 Found",
                "location: https://login.example.com/?token=hush\r\n",
                String::new(),
            ),
            ["302 Found", "redirects are not followed"],
        ),
    ] {
        let run = analyze(&url, &[]);
        assert_eq!((run.code, run.stdout.as_str()), (Some(3), ""), "{}", run.shown());
        for part in parts {
            assert!(run.stderr.contains(part) && run.stderr.contains(&url), "{}", run.shown());
        }
        assert!(!run.stderr.contains("hush"), "{}", run.shown());
    }
}

#[test]
fn wrong_arguments_are_refused_before_anything_is_asked() {
    for (url, more, part) in [
        ("http://u:hush@127.0.0.1:1", &[][..], "a user name or password"),
        ("http://127.0.0.1:1/?token=hush", &[], "a token or signature"),
        ("127.0.0.1:1", &[], "expected a URL"),
        ("http://127.0.0.1:1", &["--candidate", "v9"], "`v9`"),
        ("http://127.0.0.1:1", &["--check", "latency"], "expected `errors`, `duration`"),
        ("http://127.0.0.1:1", &["--alpha", "0"], "expected a rate between"),
        ("http://127.0.0.1:1", &["--every", "1ms"], "`--every`"),
        ("http://127.0.0.1:1", &["--before", "48h"], "expected at most 24h"),
        ("http://127.0.0.1:1", &["--series", "envoy", "--decided-tag", "a"], "`--decided-tag`"),
    ] {
        let run = analyze(url, more);
        assert_eq!(run.code, Some(2), "{}", run.shown());
        assert!(run.stderr.contains(part) && !run.stderr.contains("hush"), "{}", run.shown());
    }
}
