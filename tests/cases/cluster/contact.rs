//! No API server: every command that asks one ends soon, with one error that names the server, the context and what to
//! check. An outage in the middle of a watch is waited for, and said once.

use std::io::Read;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use super::server::{Server, answer};
use crate::check::program::{Run, path, root, run};

/// One verb of each kind: those that read, and those that write.
const VERBS: [&[&str]; 9] = [
    &["status"],
    &["status", "reviews"],
    &["history", "reviews"],
    &["watch", "reviews"],
    &["approve", "reviews"],
    &["start", "reviews"],
    &["promote", "reviews"],
    &["delete", "reviews"],
    &["rollout", "run", "reviews"],
];

/// One error with its help, nothing else; the error.
#[track_caller]
fn error(ran: &Run) -> &str {
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(3), ""), "{}", ran.shown());
    let lines: Vec<&str> = ran.stderr.lines().collect();
    let [error, help] = lines.as_slice() else { panic!("{}", ran.shown()) };
    assert!(error.starts_with("error: ") && help.starts_with("help: "), "{}", ran.shown());
    error
}

#[track_caller]
fn every_verb_says(server: &Server, scheme: &str, words: &[&str]) {
    for verb in VERBS {
        let ran = server.serin(scheme, verb);
        let error = error(&ran);
        let place = format!("{scheme}://{} (context `kind-shop`)", server.address);
        for word in words.iter().chain([&place.as_str()]) {
            assert!(error.contains(word), "no `{word}`: {}", ran.shown());
        }
    }
}

#[test]
fn a_refused_connection_is_said_once() {
    let server = Server::refusing();
    every_verb_says(&server, "https", &["does not answer: connection refused"]);
}

#[test]
fn a_server_that_never_answers_is_not_waited_for() {
    let server = Server::start(|_, stream| {
        thread::sleep(Duration::from_mins(10));
        drop(stream);
    });
    for scheme in ["http", "https"] {
        let ran = server.serin(scheme, &["status"]);
        assert!(error(&ran).ends_with("does not answer: no answer within 4 s"), "{}", ran.shown());
    }
    let ran = server.serin("http", &["approve", "reviews", "--request-timeout", "1s"]);
    assert!(error(&ran).ends_with("does not answer: no answer within 1 s"), "{}", ran.shown());
    let url = format!("http://{}", server.address);
    let ran = run(root(), &["proxy-status", "--envoy", &url], b"");
    let expected = format!("error: cannot query the Envoy at {url}: no answer within 4 s\n");
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(3), expected.as_str()), "{}", ran.shown());
}

#[test]
fn a_web_page_is_no_outage() {
    let page = |status: &'static str| {
        let words = "is not a Kubernetes API server: it answers with a web page (status ";
        (status, format!("{words}{}, titled \"Sign in\")", &status[..3]))
    };
    for (status, words) in [
        page("403 Forbidden"),
        page("502 Bad Gateway"),
        ("200 OK", "is not a Kubernetes API server: its answer is not JSON".to_owned()),
        ("302 Found", "redirects (status 302)".to_owned()),
    ] {
        let server = Server::start(match &status[..3] {
            "403" => |_, mut stream| page_of(&mut stream, "403 Forbidden"),
            "502" => |_, mut stream| page_of(&mut stream, "502 Bad Gateway"),
            "200" => |_, mut stream| page_of(&mut stream, "200 OK"),
            _ => |_, mut stream| page_of(&mut stream, "302 Found"),
        });
        every_verb_says(&server, "http", &[&words]);
        // It was asked once by each: what answers wrongly now does so later.
        assert_eq!(server.connections(), VERBS.len());
    }
}

fn page_of(stream: &mut std::net::TcpStream, status: &str) {
    let page = "<!doctype html><html><head><title>Sign in</title></head></html>";
    answer(stream, status, "text/html", page);
}

#[test]
fn another_protocol_is_no_outage() {
    let server = Server::start(|_, mut stream| page_of(&mut stream, "400 Bad Request"));
    every_verb_says(&server, "https", &["does not speak TLS"]);
    // As a server of TLS answers what is not: an alert.
    let server = Server::start(|_, mut stream| {
        use std::io::Write;
        _ = stream.read(&mut [0; 4096]);
        _ = stream.write_all(b"\x15\x03\x03\x00\x02\x02\x46");
    });
    every_verb_says(&server, "http", &["is not a Kubernetes API server: it does not speak HTTP"]);
}

#[test]
fn an_outage_after_the_first_answer_is_waited_for_and_said_once() {
    let server = Server::start(|number, mut stream| {
        let release = r#"{"apiVersion": "serin.dev/v1alpha1", "kind": "Release",
            "metadata": {"name": "reviews", "namespace": "shop"}, "status": {"phase": "Progressing"}}"#;
        match number {
            0 => answer(&mut stream, "200 OK", "application/json", release),
            // What stands before the API server while that is away.
            _ => page_of(&mut stream, "503 Service Unavailable"),
        }
    });
    let mut command = Command::new(path());
    command.args(["watch", "reviews", "--kubeconfig"]).arg(server.kubeconfig("http"));
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    while server.connections() < 5 {
        assert!(child.try_wait().unwrap().is_none(), "it ended");
        thread::sleep(Duration::from_millis(20));
    }
    child.kill().unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.starts_with("note: ") && said.contains("trying again for up to 60 s"), "{said}");
    assert!(String::from_utf8(output.stdout).unwrap().contains("Progressing"));
}
