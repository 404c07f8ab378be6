//! `serin rollout status` waits until a rollout is over, as `kubectl rollout status` does.

use std::net::TcpStream;

use serde_json::{Value, json};

use super::server::{Server, path, respond};

/// The Release `shop/reviews` in this phase, and what is true of it.
fn release(phase: &str, condition: &str) -> Value {
    json!({
        "apiVersion": "serin.dev/v1alpha1", "kind": "Release",
        "metadata": { "name": "reviews", "namespace": "shop", "generation": 1 },
        "status": {
            "observedGeneration": 1, "phase": phase, "step": "3/8", "message": "so it is",
            "conditions": [{ "type": condition, "status": "True" }],
        },
    })
}

/// Answers with each of these in turn, then with the last.
fn answer(number: usize, mut stream: TcpStream, answers: &[(&str, &str)]) {
    _ = path(&mut stream);
    let (phase, condition) = answers[number.min(answers.len() - 1)];
    let body = release(phase, condition).to_string();
    respond(&mut stream, "200 OK", "application/json", &body);
}

fn completing(number: usize, stream: TcpStream) {
    let answers =
        [("Progressing", "Reconciling"), ("AwaitingApproval", "Ready"), ("Completed", "Ready")];
    answer(number, stream, &answers);
}

fn failing(number: usize, stream: TcpStream) {
    answer(number, stream, &[("RollingBack", "Reconciling"), ("RolledBack", "Ready")]);
}

fn stalling(number: usize, stream: TcpStream) {
    answer(number, stream, &[("Progressing", "Stalled")]);
}

fn awaiting(number: usize, stream: TcpStream) {
    answer(number, stream, &[("AwaitingApproval", "Ready")]);
}

const STATUS: [&str; 3] = ["rollout", "status", "reviews"];
const APPROVE: &str =
    "note: the rollout waits for an approval: `serin approve reviews -n shop --step 3`\n";

#[test]
fn it_ends_when_the_rollout_is_over() {
    let ran = Server::start(completing).serin("http", &STATUS);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), APPROVE), "{}", ran.shown());
    let phases: Vec<&str> =
        ran.stdout.lines().filter_map(|line| line.split_whitespace().nth(1)).collect();
    assert_eq!(phases, ["PHASE", "Progressing", "AwaitingApproval", "Completed"]);
    let ran = Server::start(completing).serin("http", &[&STATUS[..], &["-o", "json"]].concat());
    assert_eq!((ran.code, ran.stdout.lines().count()), (Some(0), 3), "{}", ran.shown());
}

#[test]
fn a_rollout_that_failed_ends_it_with_1() {
    for (serve, error) in [
        (failing as fn(usize, TcpStream), "error: rolled back: so it is\n"),
        (stalling, "error: the rollout cannot continue: so it is\n"),
    ] {
        for options in [&[][..], &["--watch=true"]] {
            let ran = Server::start(serve).serin("http", &[&STATUS[..], options].concat());
            assert_eq!(ran.code, Some(1), "{}", ran.shown());
            assert!(ran.stderr.starts_with(error), "{}", ran.shown());
        }
    }
}

#[test]
fn it_waits_no_longer_than_it_may() {
    let server = Server::start(awaiting);
    let ran = server.serin("http", &[&STATUS[..], &["--timeout", "2s"]].concat());
    let error = "error: timed out: AwaitingApproval 3/8: so it is\n";
    assert_eq!(ran.code, Some(1), "{}", ran.shown());
    assert!(ran.stderr.starts_with(&format!("{APPROVE}{error}help: ")), "{}", ran.shown());
    assert!(server.connections() > 1);
}

#[test]
fn it_looks_once_where_it_is_not_to_watch() {
    for (serve, code) in [(awaiting as fn(usize, TcpStream), 0), (completing, 0), (stalling, 1)] {
        let server = Server::start(serve);
        let ran = server.serin("http", &[&STATUS[..], &["--watch=false"]].concat());
        assert_eq!((ran.code, server.connections()), (Some(code), 1), "{}", ran.shown());
        assert_eq!(ran.stdout.lines().count(), 2, "{}", ran.shown());
    }
}
