//! Kubeconfigs that cannot be used: what is said of each, in the words of a kubeconfig.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use serde_json::{Value, json};

use super::super::{Client, Options};

async fn refusal(file: &Path) -> String {
    let options = Options { kubeconfig: Some(file.to_owned()), ..Options::default() };
    Client::connect(&options, Arc::new(|_| ())).await.unwrap_err().to_string()
}

fn kubeconfig(cluster: &Value, user: &Value) -> String {
    let kubeconfig = json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "here",
        "clusters": [{ "name": "c", "cluster": cluster }],
        "users": [{ "name": "u", "user": user }],
        "contexts": [{ "name": "here", "context": { "cluster": "c", "user": "u" } }],
    });
    kubeconfig.to_string()
}

#[tokio::test]
async fn what_is_wrong_with_a_kubeconfig_is_said_in_its_own_words() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config");
    let server = json!({ "server": "https://127.0.0.1:1" });
    let with = |field: &str, value: &str| {
        let mut cluster = server.clone();
        cluster[field] = json!(value);
        kubeconfig(&cluster, &json!({}))
    };
    let user = |user: Value| kubeconfig(&server, &user);
    let plugin = |script: &str| {
        let exec = json!({
            "command": "sh", "args": ["-c", script], "interactiveMode": "Never",
            "apiVersion": "client.authentication.k8s.io/v1",
        });
        user(json!({ "exec": exec }))
    };
    let cases = [
        (
            "apiVersion: v1\nclusters: 3\n".to_owned(),
            "the kubeconfig cannot be read: line 2 column 11: expected a list",
        ),
        (String::new(), "the kubeconfig has no current context"),
        (kubeconfig(&json!({}), &json!({})), "the context's cluster has no `server`"),
        (
            with("server", "127.0.0.1:6443"),
            "`server` of the context's cluster is `127.0.0.1:6443`: expected a URL such as `https://HOST:PORT`",
        ),
        (
            with("server", "ftp://127.0.0.1"),
            "`server` of the context's cluster is `ftp://127.0.0.1/`: expected a URL such as `https://HOST:PORT`",
        ),
        (
            user(json!({ "token": "a\nb" })),
            "`token` of the context's user has a line break, or another character that cannot be sent",
        ),
        (with("server", "ht!tp://x y"), "`server` of the context's cluster is not a URL"),
        (
            with("certificate-authority", "/none.crt"),
            "cannot read `/none.crt`, the `certificate-authority`: no such file",
        ),
        (with("certificate-authority-data", "@@"), "`certificate-authority-data` is not base64"),
        (
            user(json!({ "client-certificate-data": "!", "client-key-data": "!" })),
            "`client-certificate-data` is not base64",
        ),
        (
            user(json!({ "tokenFile": "/none" })),
            "cannot log in: cannot read the token `/none`: no such file",
        ),
        (
            plugin("echo first >&2; echo 'the session has expired' >&2; exit 7"),
            "cannot log in: the exec plugin ended with exit code 7: the session has expired",
        ),
        (plugin("echo hi"), "cannot log in: the exec plugin did not print an ExecCredential"),
    ];
    for (text, expected) in cases {
        std::fs::write(&file, &text).unwrap();
        assert_eq!(
            refusal(&file).await,
            format!("cannot connect to a cluster: {expected}"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_kubeconfig_that_has_no_end_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("config");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let expected = format!(
        "cannot connect to a cluster: cannot read the kubeconfig `{}`: it is a FIFO",
        fifo.display()
    );
    assert_eq!(refusal(&fifo).await, expected);
}
