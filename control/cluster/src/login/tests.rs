use serde_json::json;

use super::*;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

/// A script that is the plugin of the user `bob`.
fn plugin(script: &str) -> Login {
    with(&json!({ "command": "sh", "args": ["-c", script], "interactiveMode": "Never" }))
}

fn with(exec: &serde_json::Value) -> Login {
    let mut user: AuthInfo = serde_json::from_value(json!({ "exec": exec })).unwrap();
    let login = Login::of(&mut user, "bob").unwrap().unwrap();
    assert!(user.exec.is_none(), "kube would run it again");
    login
}

fn gcp(config: &serde_json::Value) -> Option<Login> {
    let provider = json!({ "auth-provider": { "name": "gcp", "config": config } });
    let mut user: AuthInfo = serde_json::from_value(provider).unwrap();
    Login::of(&mut user, "bob").unwrap()
}

/// What is said of a plugin that gives nothing.
async fn refusal(login: &Login) -> String {
    login.run(NOW).await.unwrap_err()
}

/// The user as the plugin logs it in.
async fn user(login: &Login) -> AuthInfo {
    let mut user = AuthInfo::default();
    login.run(NOW).await.unwrap().give(&mut user);
    user
}

fn token(user: &AuthInfo) -> &str {
    user.token.as_ref().unwrap().expose_secret()
}

#[tokio::test]
async fn a_plugin_that_prints_without_an_end_is_stopped() {
    let said = "cannot log in: `sh`, the exec plugin of the user `bob`, printed more than 1 MiB";
    for script in ["yes", "yes >&2", "yes & yes >&2"] {
        assert_eq!(refusal(&plugin(script)).await, said, "{script}");
    }
}

#[tokio::test]
async fn a_plugin_that_does_not_end_is_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pid");
    let hanging = format!("echo $$ > {}; exec sleep 1000", file.display());
    // One that has closed its output, and one that leaves a child which holds it.
    let closed = "exec >&- 2>&-; exec sleep 1000".to_owned();
    let child = "sleep 10 & echo '{}'".to_owned();
    for script in [hanging, closed, child] {
        let mut login = plugin(&script);
        login.limit = Duration::from_secs(4);
        let said = "cannot log in: `sh`, the exec plugin of the user `bob`, did not end within 4 s";
        assert_eq!(refusal(&login).await, said, "{script}");
    }
    let id = std::fs::read_to_string(file).unwrap();
    let process = std::path::Path::new("/proc").join(id.trim()).join("exe");
    while process.exists() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn what_a_plugin_does_instead_of_giving_a_credential_is_said() {
    let neither = "printed an ExecCredential with neither a `token` nor `clientCertificateData` and \
         `clientKeyData`";
    for (script, expected) in [
        ("echo first >&2; echo 'expired ' >&2; exit 7", "ended with exit code 7: expired"),
        ("kill -9 $$", "was killed"),
        ("echo hello", "did not print an ExecCredential"),
        ("true", "did not print an ExecCredential"),
        ("echo '{}'", "printed an ExecCredential without `status`"),
        ("echo '{\"status\": {}}'", neither),
        ("echo '{\"status\": {\"clientKeyData\": \"k\"}}'", neither),
        (
            "printf '%s' '{\"status\": {\"token\": \"a\\nb\"}}'",
            "printed a token with a character that cannot be sent",
        ),
        (
            "echo '{\"status\": {\"token\": \"a\", \"expirationTimestamp\": \"soon\"}}'",
            "printed a time at which the token expires that is not like `2026-01-31T12:00:00Z`",
        ),
    ] {
        let said = format!("cannot log in: `sh`, the exec plugin of the user `bob`, {expected}");
        assert_eq!(refusal(&plugin(script)).await, said, "{script}");
    }
    let missing = with(&json!({ "command": "/no/aws", "installHint": "\nInstall it first.\n" }));
    assert_eq!(
        refusal(&missing).await,
        "cannot log in: `/no/aws`, the exec plugin of the user `bob`, cannot be run: no such file\n\
         Install it first."
    );
    let mut user: AuthInfo = serde_json::from_value(json!({ "exec": {} })).unwrap();
    let said = Login::of(&mut user, "bob").unwrap_err();
    assert_eq!(said, "cannot log in: `exec` of the user has no `command`");
}

#[tokio::test]
async fn a_plugin_logs_in_by_a_token_or_a_certificate() {
    let script = "printf 'status: {token: a, expirationTimestamp: \"1970-01-01T01:00:00Z\"}'";
    let login = plugin(script);
    assert_eq!(login.run(NOW).await.unwrap().expires, "1970-01-01T01:00:00Z".parse().ok());
    assert_eq!(token(&user(&login).await), "a");
    let both = json!({ "status": { "clientCertificateData": "C", "clientKeyData": "K" } });
    let user = user(&plugin(&format!("echo '{both}'"))).await;
    assert_eq!(user.client_certificate_data.as_deref(), Some("Qw=="));
    assert_eq!(user.client_key_data.as_ref().map(ExposeSecret::expose_secret), Some("Sw=="));
    assert!(user.token.is_none());
}

#[tokio::test]
async fn a_plugin_is_told_what_is_asked() {
    let script = "printf '{\"status\": {\"token\": \"%s\"}}' \"$(echo \"$A$KUBERNETES_EXEC_INFO\" | tr -d '\"')\"";
    let login = with(&json!({
        "apiVersion": "client.authentication.k8s.io/v1", "command": "sh", "args": ["-c", script],
        "env": [{ "name": "A", "value": "b" }, { "name": "C" }], "interactiveMode": "Never",
    }));
    assert_eq!(
        token(&user(&login).await),
        "b{kind:ExecCredential,apiVersion:client.authentication.k8s.io/v1,spec:{interactive:false}}"
    );
}

#[test]
fn other_credentials_come_before_a_plugin() {
    for mut other in [json!({ "token": "a" }), json!({ "username": "a", "password": "b" })] {
        other["exec"] = json!({ "command": "sh" });
        let mut user: AuthInfo = serde_json::from_value(other).unwrap();
        assert!(Login::of(&mut user, "bob").unwrap().is_none());
    }
}

#[tokio::test]
async fn the_command_of_an_auth_provider_is_bounded_as_well() {
    let endless = gcp(&json!({ "cmd-path": "yes" })).unwrap();
    assert_eq!(
        refusal(&endless).await,
        "cannot log in: `yes`, the `cmd-path` of the auth provider `gcp` of the user `bob`, printed \
         more than 1 MiB"
    );
    let plain = gcp(&json!({ "cmd-path": "echo", "cmd-args": " secret  one " })).unwrap();
    assert_eq!(token(&user(&plain).await), "secret one");
    let printed = r#"{"credential":{"access_token":"a","token_expiry":"1970-01-01T01:00:00Z"}}"#;
    let keys = json!({
        "cmd-path": "echo", "cmd-args": printed,
        "token-key": "{.credential.access_token}", "expiry-key": "{.credential.token_expiry}",
    });
    let credential = gcp(&keys).unwrap().run(NOW).await.unwrap();
    assert_eq!(credential.expires, "1970-01-01T01:00:00Z".parse().ok());
    let mut other = keys.clone();
    other["token-key"] = json!("{.token}");
    assert!(
        refusal(&gcp(&other).unwrap())
            .await
            .ends_with("printed no text at `{.token}`, the `token-key`")
    );
    // A token that is still good is taken as it is.
    for (expiry, expected) in [("1970-01-01T00:02:00Z", "kept"), ("1970-01-01T00:00:59Z", "a")] {
        let mut kept = keys.clone();
        kept["access-token"] = json!("kept");
        kept["expiry"] = json!(expiry);
        assert_eq!(token(&user(&gcp(&kept).unwrap()).await), expected);
    }
    assert!(gcp(&json!({ "id-token": "a", "cmd-path": "yes" })).is_none());
}
