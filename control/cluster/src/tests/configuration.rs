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

/// Aliases of aliases, which stand for a billion values.
fn bomb() -> String {
    let level = |level: u32| {
        let below = vec![format!("*a{}", level - 1); 10].join(", ");
        format!("a{level}: &a{level} [{below}]\n")
    };
    let above: String = (1..9).map(level).collect();
    format!("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n{above}")
}

#[tokio::test]
async fn a_huge_file_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config");
    std::fs::File::create(&file).unwrap().set_len(16 * 1024 * 1024 + 1).unwrap();
    let expected = format!(
        "cannot connect to a cluster: cannot read the kubeconfig `{}`: it is larger than 16 MiB",
        file.display()
    );
    assert_eq!(refusal(&file).await, expected);
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
        ("apiVersion: v1\nclusters: 3\n".to_owned(), ":2:11: expected a list"),
        ("contexts: [".to_owned(), ":1:11: unclosed bracket '['"),
        (
            "apiVersion: v1\nclusters:\n- name: a\n  name: b\n".to_owned(),
            ":4:3: the key `name` stands there twice",
        ),
        ("contexts:\n- name: [a]\n".to_owned(), ":2:9: expected a string"),
        (String::new(), ": no current context"),
        (
            kubeconfig(&server, &json!({})).replace("here", ""),
            ": no current context (contexts: ``)",
        ),
        (kubeconfig(&json!({}), &json!({})), ": the context's cluster has no `server`"),
        (
            with("server", "127.0.0.1:6443"),
            ": `server` of the context's cluster is `127.0.0.1:6443`: expected a URL such as `https://HOST:PORT`",
        ),
        (
            with("server", "ftp://127.0.0.1"),
            ": `server` of the context's cluster is `ftp://127.0.0.1/`: expected a URL such as `https://HOST:PORT`",
        ),
        (
            user(json!({ "token": "a\nb" })),
            ": `token` of the context's user has a line break, or another character that cannot be sent",
        ),
        (
            with("server", "ht!tp://x y"),
            ": `server` of the context's cluster is not a URL: `ht!tp://x y`: expected a URL such as `https://HOST:PORT`",
        ),
        (
            with("certificate-authority", "/none.crt"),
            ": cannot read `/none.crt`, the `certificate-authority`: no such file",
        ),
        (
            with("certificate-authority-data", "@@"),
            ": `certificate-authority-data` is not base64: expected a PEM file, encoded with `base64 -w0`",
        ),
        (
            user(json!({ "client-certificate-data": "!", "client-key-data": "!" })),
            ": `client-certificate-data` is not base64: expected a PEM file, encoded with `base64 -w0`",
        ),
        (
            user(json!({ "tokenFile": "/none" })),
            ": cannot log in: cannot read the token `/none`: no such file",
        ),
        (
            plugin("echo first >&2; echo 'the session has expired' >&2; exit 7"),
            ": cannot log in: `sh`, the exec plugin of the user `u`, ended with exit code 7: the session has expired",
        ),
        (
            plugin("echo hi"),
            ": cannot log in: `sh`, the exec plugin of the user `u`, did not print an ExecCredential",
        ),
        (
            with("certificate-authority-data", "aGVsbG8K"),
            ": `certificate-authority` has no certificate in PEM format",
        ),
        (
            with("proxy-url", "ftp://10.0.0.1"),
            ": `proxy-url` is `ftp://10.0.0.1`: expected `http://HOST:PORT`, `https://HOST:PORT` or `socks5://HOST:PORT`",
        ),
    ];
    are_refused(&file, cases).await;
}

/// Each kubeconfig is refused in these words, behind the name of its file.
async fn are_refused(file: &Path, cases: impl IntoIterator<Item = (String, &str)>) {
    let (mut found, mut right) = (Vec::new(), Vec::new());
    for (text, expected) in cases {
        std::fs::write(file, &text).unwrap();
        found.push(refusal(file).await);
        right.push(format!("cannot connect to a cluster: {}{expected}", file.display()));
    }
    assert_eq!(found, right);
}

#[tokio::test]
async fn what_may_be_secret_or_is_too_much_is_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let plain = json!({ "server": "https://127.0.0.1:1" });
    let with = |field: &str, value: &str| kubeconfig(&json!({ field: value }), &json!({}));
    let cases = [
        (
            with("server", "ftp://bob:hunter2@x"),
            ": `server` of the context's cluster is `ftp://x/`: expected a URL such as `https://HOST:PORT`",
        ),
        (
            with("server", "https://bob:hunter2@a b"),
            ": `server` of the context's cluster is not a URL: `https://a b`: expected a URL such as `https://HOST:PORT`",
        ),
        (
            with("server", "https://bob:hun#ter2@127.0.0.1:1"),
            ": `server` of the context's cluster is not a URL: expected a URL such as `https://HOST:PORT`",
        ),
        (
            with("server", "127.0.0.1:1?token=hunter2"),
            ": `server` of the context's cluster is not a URL: `127.0.0.1:1`: expected a URL such as `https://HOST:PORT`",
        ),
        (
            kubeconfig(&plain, &json!({})).replace("\"user\":\"u\"", "\"user\":\"nosuch\""),
            ": no user `nosuch`, to which the context `here` refers (users: `u`)",
        ),
        (
            "contexts: &a\n- name: x\n  context: *a\n".to_owned(),
            ":3:12: an alias (`*NAME`) refers to the value in which it stands",
        ),
        (format!("contexts: {}", "[".repeat(3000)), ":1:266: it is nested too deeply"),
        (bomb(), ":6:15: it has too many values, or its aliases (`*NAME`) stand for too many"),
    ];
    are_refused(&folder.path().join("config"), cases).await;
}

#[tokio::test]
async fn an_auth_provider_that_is_gone_is_named_with_what_replaces_it() {
    let folder = tempfile::tempdir().unwrap();
    let server = json!({ "server": "https://127.0.0.1:1" });
    let user = |user: Value| kubeconfig(&server, &user);
    let cases = [
        (
            user(json!({ "auth-provider": { "name": "azure" } })),
            ": cannot log in: the auth provider `azure` is not supported: use the exec plugin kubelogin (`kubelogin convert-kubeconfig`)",
        ),
        (
            user(json!({ "auth-provider": { "name": "gcp" } })),
            ": cannot log in: the auth provider `gcp` has no valid token and no `cmd-path`: use the exec plugin gke-gcloud-auth-plugin (`gcloud container clusters get-credentials CLUSTER`)",
        ),
        (
            user(json!({ "auth-provider": { "name": "oidc" } })),
            ": cannot log in: the auth provider `oidc` has no `id-token`: log in with the tool that wrote the kubeconfig, or use the exec plugin kubelogin",
        ),
        (
            user(
                json!({ "auth-provider": { "name": "gcp", "config": { "cmd-path": "/no/gcloud" } } }),
            ),
            ": cannot log in: `/no/gcloud`, the `cmd-path` of the auth provider `gcp` of the user `u`, cannot be run: no such file",
        ),
    ];
    are_refused(&folder.path().join("config"), cases).await;
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

#[tokio::test]
async fn a_file_without_an_end_that_a_kubeconfig_names_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config");
    let fifo = folder.path().join("fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let path = fifo.to_str().unwrap();
    let server = json!({ "server": "https://127.0.0.1:1" });
    let in_cluster = json!({ "server": "https://127.0.0.1:1", "certificate-authority": "fifo" });
    let read = |field: &str| format!("cannot read `{path}`, the `{field}`: it is a FIFO");
    for (cluster, user, expected) in [
        (&in_cluster, json!({}), read("certificate-authority")),
        (&server, json!({ "client-certificate": path }), read("client-certificate")),
        (&server, json!({ "client-key": "fifo" }), read("client-key")),
        (
            &server,
            json!({ "tokenFile": "fifo" }),
            format!("cannot log in: cannot read the token `{path}`: it is a FIFO"),
        ),
    ] {
        std::fs::write(&file, kubeconfig(cluster, &user)).unwrap();
        let expected = format!("cannot connect to a cluster: {}: {expected}", file.display());
        assert_eq!(refusal(&file).await, expected, "{user}");
    }
}
