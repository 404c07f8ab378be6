//! What is not there cannot be deleted, unless that is said to be no error, as by `kubectl delete`.

use std::fs;
use std::net::TcpStream;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::server::{Server, path, respond};

fn absent(_: usize, mut stream: TcpStream) {
    let path = path(&mut stream);
    let name = path.split(['?', '/']).next_back().unwrap_or_default().to_owned();
    let is_list = path.contains("labelSelector") || path.ends_with('?');
    let (status, body) = if is_list {
        ("200 OK", json!({ "kind": "List", "items": [] }))
    } else {
        let details = json!({ "name": name });
        let status = json!({ "kind": "Status", "status": "Failure", "code": 404,
            "reason": "NotFound", "message": "not found", "details": details });
        ("404 Not Found", status)
    };
    respond(&mut stream, status, "application/json", &body.to_string());
}

fn rule() -> Value {
    json!({
        "apiVersion": "networking.istio.io/v1", "kind": "EnvoyFilter",
        "metadata": {
            "name": "serin-reviews", "namespace": "shop", "uid": "u-1",
            "labels": { "app.kubernetes.io/managed-by": "serin" },
            "annotations": { "serin.dev/release": "shop/reviews" },
        },
        "spec": {},
    })
}

fn there(_: usize, mut stream: TcpStream) {
    _ = path(&mut stream);
    respond(&mut stream, "200 OK", "application/json", &rule().to_string());
}

#[test]
fn a_release_that_is_not_there_is_an_error() {
    for arguments in [
        &["delete", "typo"][..],
        &["delete", "typo", "--dry-run"],
        &["delete", "typo", "-o", "name"],
    ] {
        let ran = Server::start(absent).serin("http", arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{}", ran.shown());
        let error = "error: there is no Release shop/typo, and nothing that serin created for it\n";
        assert!(ran.stderr.starts_with(error), "{}", ran.shown());
        assert!(ran.stderr.contains("--ignore-not-found"), "{}", ran.shown());
    }
    for option in ["--ignore-not-found", "--ignore-not-found=true"] {
        let ran = Server::start(absent).serin("http", &["delete", "typo", option]);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{}", ran.shown());
        assert_eq!(ran.stdout, "  note: no objects made by serin were found\n");
        let name = ["delete", "typo", "-o", "name", option];
        assert_eq!(Server::start(absent).serin("http", &name).stdout, "");
    }
    let ran = Server::start(absent).serin("http", &["delete", "typo", "--ignore-not-found=false"]);
    assert_eq!(ran.code, Some(1), "{}", ran.shown());
}

/// A deletion of several that was interrupted is repeated as a whole.
#[test]
fn one_that_is_not_there_does_not_keep_the_others() {
    let folder = TempDir::new().unwrap();
    let file = |name: &str| {
        let release = json!({
            "apiVersion": "serin.dev/v1alpha1", "kind": "Release",
            "metadata": { "name": name, "namespace": "shop" },
            "spec": { "host": name, "stable": "v1", "subsets": [{ "name": "v1" }] },
        });
        let path = folder.path().join(name);
        fs::write(&path, release.to_string()).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (one, other) = (file("one"), file("other"));
    let ran = Server::start(absent).serin("http", &["delete", "-f", &one, "-f", &other]);
    assert_eq!(ran.code, Some(1), "{}", ran.shown());
    for name in ["shop/one,", "shop/other,"] {
        assert!(ran.stderr.contains(name), "{}", ran.shown());
    }
}

#[test]
fn rendered_files_of_which_nothing_is_there_are_an_error() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("40-rule.yaml");
    fs::write(&file, rule().to_string()).unwrap();
    let delete = ["mesh", "delete", file.to_str().unwrap()];
    let ran = Server::start(absent).serin("http", &delete);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{}", ran.shown());
    assert!(
        ran.stderr.starts_with("error: no objects made by serin were found\n"),
        "{}",
        ran.shown()
    );
    let ignoring = [&delete[..], &["--ignore-not-found"]].concat();
    let ran = Server::start(absent).serin("http", &ignoring);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{}", ran.shown());
    // What would be deleted is said to be no more than that.
    let trial = [&delete[..], &["--dry-run"]].concat();
    let ran = Server::start(there).serin("http", &trial);
    let said =
        "  EnvoyFilter shop/serin-reviews would be removed\n  note: dry run: nothing was changed\n";
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), said), "{}", ran.shown());
    let ran = Server::start(there).serin("http", &[&trial[..], &["-o", "json"]].concat());
    let events: Vec<Value> =
        ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let [removal, note] = events.as_slice() else { panic!("{}", ran.shown()) };
    assert_eq!(
        (&removal["what"], &removal["change"], &removal["dryRun"]),
        (&json!("would be removed"), &json!("removed"), &json!(true))
    );
    assert_eq!((&note["event"], &note["note"]), (&json!("note"), &json!("trial")));
    assert!(!ran.stdout.contains("deleted"), "{}", ran.shown());
}
