//! `serin traffic` against servers on loopback: who answered, what failed, and how it ends.

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use envoy::proxy::Server;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::http::{Request, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::check::program::{Run, path, root, run};

/// A server whose answers are a function of the user's number (0: none is said) and of the request's.
struct Site {
    url: String,
    requests: Arc<AtomicU64>,
    _server: Server,
    _runtime: Runtime,
}

impl Site {
    fn start(answer: fn(user: u64, number: u64) -> Response<Full<Bytes>>) -> Self {
        let runtime = Runtime::new().unwrap();
        let requests = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&requests);
        let (server, address) = runtime.block_on(async {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
            let address = listener.local_addr().unwrap();
            let answer = move |request: Request<Incoming>| {
                let number = count.fetch_add(1, Ordering::Relaxed);
                std::future::ready(answer(user(&request), number))
            };
            (Server::start(listener, answer), address)
        });
        Self { url: format!("http://{address}/"), requests, _server: server, _runtime: runtime }
    }

    fn traffic(&self, options: &[&str]) -> Run {
        run(root(), &[&["traffic", &self.url, "--rate", "1000"], options].concat(), b"")
    }

    /// What `--format json` says, and the exit code.
    fn report(&self, options: &[&str]) -> (Value, Option<i32>) {
        let run = self.traffic(&[options, &["--format", "json"]].concat());
        let report =
            serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.shown()));
        (report, run.code)
    }
}

/// The number at the end of the cookie `id`.
fn user(request: &Request<Incoming>) -> u64 {
    let cookie = request.headers().get("cookie").and_then(|cookie| cookie.to_str().ok());
    let id = cookie.and_then(|cookie| cookie.split("id=user-").nth(1)).unwrap_or_default();
    id.parse().unwrap_or_default()
}

fn page(status: u16, served_by: &str) -> Response<Full<Bytes>> {
    let body = format!("<h1>reviews-{served_by}-7d6b</h1>{}", "x".repeat(1 << 21));
    let answer = Response::builder().status(status).header("x-served-by", served_by);
    answer.body(body.into()).unwrap()
}

/// Every tenth user is on v2.
fn tenth(user: u64, _number: u64) -> Response<Full<Bytes>> {
    page(200, if user.is_multiple_of(10) { "v2" } else { "v1" })
}

const USERS: [&str; 8] =
    ["--identity", "cookie=id", "--users", "50", "--requests", "100", "--expect", "v2=10"];

#[test]
fn users_are_told_apart_and_held_against_what_was_promised() {
    let site = Site::start(tenth);
    let (report, code) = site.report(&[&USERS[..], &["--sticky"]].concat());
    assert_eq!(code, Some(0), "{report}");
    let v2 = json!({
        "requests": 10,
        "users": 5,
        "percent": 10.0,
        "expected": { "percent": 10.0, "least": 0, "most": 21 },
    });
    assert_eq!(report["versions"]["v2"], v2);
    assert_eq!(report["versions"]["v1"]["users"], 45);
    assert_eq!((&report["requests"], &report["failed"]), (&json!(100), &json!(0)));
    assert_eq!((&report["moved"], &report["ok"]), (&json!(0), &json!(true)));
    assert!(report["latency"]["p50Millis"].as_f64().is_some_and(|millis| millis > 0.0));

    let (report, code) = site.report(&["--requests", "20", "--expect", "v2=100"]);
    assert_eq!(code, Some(0), "without an identity all are user 0: {report}");
    let problems = json!(["20 of 20 answers on v2, expected 0"]);
    let (report, code) = site.report(&["--requests", "20", "--expect", "v2=0"]);
    assert_eq!((&report["problems"], code), (&problems, Some(1)));
}

#[test]
fn versions_are_found_in_bodies() {
    let site = Site::start(tenth);
    let regex = ["--version-body", "reviews-(v[0-9]+)-"];
    let texts = ["--version-text", "v2=reviews-v2", "--version-text", "v1="];
    for sign in [&regex[..], &texts] {
        let (report, code) = site.report(&[&USERS[..], sign].concat());
        assert_eq!((&report["versions"]["v2"]["users"], code), (&json!(5), Some(0)), "{report}");
    }
    let (report, code) = site.report(&["--requests", "3", "--version-header", "x-pod"]);
    let problems = json!(["3 of 3 responses have no version"]);
    assert_eq!((&report["problems"], code), (&problems, Some(1)));
}

#[test]
fn what_fails_and_who_moves_is_a_problem() {
    let site = Site::start(|_, number| match number % 10 {
        0 => page(503, "v1"),
        1 | 2 => page(200, "v2"),
        _ => page(200, "v1"),
    });
    let users = ["--identity", "cookie=id", "--users", "1", "--requests", "20", "--sticky"];
    let run = site.traffic(&users);
    assert_eq!(run.code, Some(1), "{}", run.shown());
    let last: Vec<&str> = run.stdout.lines().rev().take(2).collect();
    let expected =
        "failed  2 of 20 requests failed; 1 of 1 users were answered by more than one version";
    assert_eq!(last, [expected, "  2 status 503"]);
}

#[test]
fn a_server_that_closes_its_connections_loses_nothing() {
    let site = Site::start(|_, _| {
        let answer = Response::builder().header("connection", "close");
        answer.header("x-served-by", "v1").body(Full::default()).unwrap()
    });
    let (report, code) = site.report(&["--requests", "200", "--expect", "v1=100"]);
    assert_eq!((&report["failed"], code), (&json!(0), Some(0)), "{report}");
}

#[test]
fn who_cannot_be_asked_is_said() {
    let site = Site::start(tenth);
    let url = site.url.clone();
    drop(site);
    let run = run(root(), &["traffic", &url], b"");
    assert_eq!(run.code, Some(3), "{}", run.shown());
    assert_eq!(run.stderr, format!("error: cannot ask {url}: connection refused\n"));
    let run = crate::check::program::run(
        root(),
        &["traffic", "https://shop.example.com/", "--expect", "v2", "--identity", "cookie"],
        b"",
    );
    crate::check::matches("traffic-usage", &run);
}

#[test]
fn an_interrupt_ends_it_with_what_was_found() {
    let site = Site::start(tenth);
    let mut command = Command::new(path());
    command.args(["traffic", &site.url, "--for", "50s", "--rate", "200", "--format", "json"]);
    let child = command.stdout(Stdio::piped()).spawn().unwrap();
    while site.requests.load(Ordering::Relaxed) < 20 {
        std::thread::yield_now();
    }
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["interrupted"], true, "{report}");
    assert!(report["requests"].as_u64().is_some_and(|requests| requests > 0), "{report}");
}
