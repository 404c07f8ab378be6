//! The command line as `kubectl` users type it, against an API server with one Release.

use std::net::TcpStream;

use serde_json::{Value, json};

use super::server::{Server, path, respond};
use crate::check::program::{Run, root, run};

/// The Release `shop/reviews`, in this phase.
fn release(phase: &str) -> Value {
    json!({
        "apiVersion": "serin.dev/v1alpha1", "kind": "Release",
        "metadata": { "name": "reviews", "namespace": "shop" },
        "spec": {
            "host": "reviews", "port": 9080, "stable": "v1",
            "identity": [{ "cookie": "id" }],
            "subsets": [{ "name": "v1", "labels": { "version": "v1" } },
                { "name": "v2", "labels": { "version": "v2" } }],
            "split": { "v2": 10 },
            "attach": [{ "sidecar": { "labels": { "app": "productpage" } } }],
        },
        "status": {
            "phase": phase,
            "history": [{ "time": "2026-11-21T10:00:00Z", "by": "alice", "verb": "start", "what": "10 %" }],
        },
    })
}

fn serve(number: usize, mut stream: TcpStream) {
    let (status, body) = match path(&mut stream).trim_end_matches('?') {
        "/version" => ("200 OK", json!({ "gitVersion": "v1.36.0" })),
        path if path.contains("customresourcedefinitions") => {
            let annotations = json!({ "serin.dev/schema-revision": "0" });
            (
                "200 OK",
                json!({ "kind": "CustomResourceDefinition", "metadata": { "name": "releases.serin.dev", "annotations": annotations } }),
            )
        }
        path if path.contains("/namespaces/shop/releases/reviews") => {
            ("200 OK", release(if number == 0 { "Progressing" } else { "Completed" }))
        }
        path if path.ends_with("/releases") => {
            ("200 OK", json!({ "kind": "ReleaseList", "items": [release("Progressing")] }))
        }
        _ => (
            "404 Not Found",
            json!({ "kind": "Status", "status": "Failure", "code": 404, "reason": "NotFound",
                "details": { "name": "other", "kind": "releases" } }),
        ),
    };
    respond(&mut stream, status, "application/json", &body.to_string());
}

#[track_caller]
fn serin(arguments: &[&str]) -> Run {
    Server::start(serve).serin("http", arguments)
}

/// What a run prints, which ends well.
#[track_caller]
fn printed(arguments: &[&str]) -> String {
    let ran = serin(arguments);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{}", ran.shown());
    ran.stdout
}

/// A file with the Releases `shop/reviews` and `shop/ratings`.
fn file() -> tempfile::NamedTempFile {
    let mut other = release("Idle");
    other["metadata"]["name"] = "ratings".into();
    other["spec"]["split"]["v2"] = 20.into();
    let list = json!({ "apiVersion": "v1", "kind": "List", "items": [release("Idle"), other] });
    let file = tempfile::NamedTempFile::with_suffix(".yaml").unwrap();
    std::fs::write(file.path(), list.to_string()).unwrap();
    file
}

#[test]
fn status_and_history_are_printed_in_every_format() {
    assert!(printed(&["status"]).starts_with("NAME      PHASE"));
    let name = "release.serin.dev/reviews\n";
    for arguments in [&["status", "-o", "name"][..], &["status", "reviews", "--output=name"]] {
        assert_eq!(printed(arguments), name);
    }
    for option in ["-o", "--output", "--format"] {
        let one: Value =
            serde_json::from_str(&printed(&["status", "reviews", option, "json"])).unwrap();
        assert_eq!(one["metadata"]["name"], "reviews", "{one}");
        let all: Value = serde_json::from_str(&printed(&["status", option, "json"])).unwrap();
        assert_eq!(all[0]["metadata"]["name"], "reviews", "{all}");
    }
    assert!(printed(&["status", "reviews", "-oyaml"]).contains("\n  name: reviews\n"));
    let history = printed(&["history", "reviews", "-o", "yaml"]);
    assert!(history.starts_with("- time: ") && history.contains("  by: alice\n"), "{history}");
}

#[test]
fn a_release_is_named_as_kubectl_does() {
    let plain = printed(&["status", "reviews"]);
    for arguments in [
        &["status", "release/reviews"][..],
        &["status", "release.serin.dev/reviews"],
        &["-n", "shop", "status", "reviews"],
        &["status", "reviews", "--namespace", "shop"],
        &["--context", "kind-shop", "status", "reviews"],
    ] {
        assert_eq!(printed(arguments), plain, "{arguments:?}");
    }
    let file = file();
    let file = file.path().to_str().unwrap();
    let named = printed(&["status", "-f", file, "--name", "reviews"]);
    assert_eq!(named, plain);
    let several = serin(&["status", "-f", file]);
    assert_eq!(several.code, Some(1), "{}", several.shown());
    for word in ["`shop/reviews`, `shop/ratings`", "`--name shop/reviews`"] {
        assert!(several.stderr.contains(word), "{}", several.shown());
    }
}

#[test]
fn watch_prints_one_object_a_line() {
    let lines = printed(&["watch", "reviews", "-o", "json"]);
    let phases: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["phase"].take())
        .collect();
    assert_eq!(phases, ["Progressing", "Completed"], "{lines}");
    let documents = printed(&["watch", "reviews", "-o", "yaml"]);
    assert!(documents.starts_with("---\nnamespace: shop\nname: reviews\n"), "{documents}");
}

#[test]
fn versions_are_those_of_the_client_and_of_the_cluster() {
    let text = printed(&["version"]);
    for line in
        ["Client Version: ", "Client Schema:  ", "Server Version: v1.36.0\n", "Server Schema:  0\n"]
    {
        assert!(text.contains(line), "{text}");
    }
    let versions: Value = serde_json::from_str(&printed(&["version", "-o", "json"])).unwrap();
    assert_eq!(versions["clientVersion"], env!("CARGO_PKG_VERSION"));
    assert_eq!(
        (&versions["serverVersion"], &versions["serverSchema"]),
        (&json!("v1.36.0"), &json!(0))
    );
    let client = printed(&["version", "--client", "-o", "yaml"]);
    assert!(client.starts_with("clientVersion: ") && !client.contains("server"), "{client}");
    // Without a cluster, the client's are still printed.
    let ran = Server::refusing().serin("http", &["version"]);
    assert_eq!(ran.code, Some(3), "{}", ran.shown());
    assert!(ran.stdout.starts_with("Client Version: "), "{}", ran.shown());
    assert!(ran.stderr.contains("connection refused"), "{}", ran.shown());
}

#[test]
fn a_file_is_compared_with_the_cluster() {
    let file = file();
    let file = file.path().to_str().unwrap();
    let same = printed(&["diff", "-f", file, "--name", "reviews", "-o", "json"]);
    assert_eq!(serde_json::from_str::<Value>(&same).unwrap()["moves"], false);
    let missing = serin(&["diff", "-f", file, "--name", "ratings"]);
    assert_eq!(missing.code, Some(1), "{}", missing.shown());
    assert!(missing.stderr.contains("Release shop/ratings"), "{}", missing.shown());
}

#[test]
fn combinations_without_a_meaning_are_refused() {
    let release = "tests.yaml";
    for (arguments, words) in [
        (&["status", "reviews", "-f", release][..], "cannot be used with"),
        (&["status", "-A", "-f", release], "cannot be used with"),
        (&["approve"], "required"),
        (&["approve", "reviews", "-f", release], "cannot be used with"),
        (&["approve", "reviews", "--name", "reviews"], "cannot be used with"),
        (&["approve", "--name", "reviews"], "required"),
        (&["apply", release, "-f", release], "cannot be used with"),
        (&["diff", release], "required"),
        (&["diff", release, release, "-f", release], "cannot be used with"),
        (&["check"], "required"),
        (&["-n", "shop", "check", release], "`--namespace`: this command does not use a cluster"),
        (
            &["check", release, "--context", "kind"],
            "`--context`: this command does not use a cluster",
        ),
        (&["check", release, "-o", "name"], "invalid value 'name'"),
        (&["status", "-o", "table"], "[possible values: text, json, yaml, name]"),
        (&["approve", "bookinfo/reviews"], "`--namespace`"),
        (&["approve", "pod/reviews"], "expected NAME or release/NAME"),
        (
            &["render", "../envoyfilter/cookie-tutorial/release.yaml", "-o", "yaml"],
            "`--output yaml`",
        ),
        (&["image", "serin.wasm", "-o", "json"], "`--output json`"),
        (&["explain", "-f", release, "/a", "/b"], "`/b`"),
    ] {
        let ran = run(root(), arguments, b"");
        assert!(ran.stderr.contains(words), "no `{words}`: {}", ran.shown());
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{}", ran.shown());
    }
}

#[test]
fn commands_that_move_users_are_never_suggested() {
    for (typed, destructive) in [
        ("delet", "delete"),
        ("reject-", "reject"),
        ("retir", "retire"),
        ("promot", "promote"),
        ("rolback", "rollback"),
        ("aproove", "approve"),
        ("abor", "abort"),
        ("und", "undo"),
    ] {
        let ran = run(root(), &[typed, "reviews"], b"");
        assert_eq!(ran.code, Some(2), "{}", ran.shown());
        assert!(!ran.stderr.contains(&format!("'{destructive}'")), "{}", ran.shown());
        assert!(
            ran.stderr.contains(&format!("unrecognized subcommand '{typed}'")),
            "{}",
            ran.shown()
        );
        assert!(!ran.stderr.contains("\n\n\n"), "{}", ran.shown());
    }
    let ran = run(root(), &["statu"], b"");
    assert!(ran.stderr.contains("a similar subcommand exists: 'status'"), "{}", ran.shown());
}

#[test]
fn aliases_are_the_verbs_that_kubectl_and_argo_users_know() {
    for (alias, verb) in [("abort", "rollback"), ("undo", "rollback"), ("retry", "start")] {
        let help = |name: &str| run(root(), &[name, "--help"], b"").stdout;
        assert_eq!(help(alias), help(verb));
        assert!(run(root(), &["--help"], b"").stdout.contains(alias));
    }
}
