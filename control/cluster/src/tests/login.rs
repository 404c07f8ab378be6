//! A client logs in with a plugin, once as long as what it gives is good.

use std::path::Path;
use std::sync::Arc;

use rollout::drive::cluster::{Cluster, Resource};
use serde_json::json;

use super::super::kubeconfig::Found;
use super::super::login::Login;
use super::super::session::Session;
use super::super::{Client, Tell};
use super::server::{Server, json as answer};
use super::{Hand, Test};

/// A client whose plugin gives the tokens `t1`, `t2` and so on, each good until then, and fails after so many.
async fn client(server: &Server, folder: &Path, expires: &str, most: u32) -> Client {
    let file = folder.join("count");
    std::fs::write(&file, "0").unwrap();
    let script = format!(
        "n=$(($(cat {0}) + 1)); [ $n -le {most} ] || exit 1; echo $n > {0}; \
         printf '{{\"status\": {{\"token\": \"t%s\", \"expirationTimestamp\": \"{expires}\"}}}}' $n",
        file.display()
    );
    let exec = json!({ "command": "sh", "args": ["-c", script], "interactiveMode": "Never" });
    let mut config = kube::Config::new(server.url.parse().unwrap());
    config.default_retry = false;
    config.auth_info = serde_json::from_value(json!({ "exec": exec })).unwrap();
    let login = Login::of(&mut config.auth_info, "bob").unwrap();
    let test = Test::impatient(server);
    let tell: Tell = Arc::new(|_| ());
    let found = Found::of(config, login);
    let session = Session::open(found, &Hand::default(), &tell).await.unwrap();
    Client { session: Arc::new(session), ..test.client }
}

async fn tokens(expires: &str, most: u32) -> (Vec<String>, Option<String>) {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::new(vec![answer(200, &json!({ "items": [] }))]).await;
    let client = client(&server, folder.path(), expires, most).await;
    let mut failed = None;
    for _ in 0..2 {
        let listed = client.list(&Resource::POD, None, "").await;
        failed = listed.err().map(|error| error.to_string());
    }
    let asked = server.asked();
    (asked.iter().map(|asked| asked.header("authorization").to_owned()).collect(), failed)
}

#[tokio::test]
async fn a_plugin_is_run_again_when_what_it_gave_expires() {
    // That clock stands at 1970-01-01T00:00:00Z.
    for (expires, most, expected) in [
        ("1970-01-01T01:00:00Z", 9, ["Bearer t1", "Bearer t1"]),
        ("1970-01-01T00:00:59Z", 9, ["Bearer t2", "Bearer t3"]),
        // It has not expired yet, and there is no other.
        ("1970-01-01T00:00:59Z", 1, ["Bearer t1", "Bearer t1"]),
    ] {
        let (tokens, failed) = tokens(expires, most).await;
        assert_eq!((tokens.as_slice(), failed), (&expected.map(str::to_owned)[..], None));
    }
    let (tokens, failed) = tokens("1970-01-01T00:00:00Z", 1).await;
    assert_eq!(tokens, [""; 0]);
    let failed = failed.unwrap();
    assert!(
        failed.contains("`sh`, the exec plugin of the user `bob`, ended with exit code 1"),
        "{failed}"
    );
}
