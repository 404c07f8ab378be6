//! What each answer that no API server gives, or one that is not well, is taken for.

use std::time::Duration;

use rollout::drive::cluster::{Cluster, Error, Resource};
use serde_json::json;

use super::super::server::{Server, json as answer, text, with};
use super::super::{Test, failure};
use super::applying;

#[tokio::test]
async fn what_passes_is_an_outage() {
    let busy = "Too many requests, please try again later.";
    let unavailable = failure(503, "ServiceUnavailable", "starting up", &json!({}));
    let webhook = "Internal error occurred: failed calling webhook \"validation.istio.io\": connection refused";
    let webhook = failure(500, "InternalError", webhook, &json!({}));
    let leader = failure(500, "", "etcdserver: leader changed", &json!({}));
    let broken = failure(500, "InternalError", "it is broken", &json!({}));
    for (reply, said) in [
        // As the API server says it when it is overloaded: in plain words.
        (
            with(
                429,
                &format!(
                    "retry-after: 1\r\ncontent-type: text/plain\r\ncontent-length: {}\r\n",
                    busy.len()
                ),
                busy,
            ),
            "the API server is unavailable: Too many requests, please try again later. (try again later)",
        ),
        (
            answer(
                429,
                &failure(429, "TooManyRequests", "too many", &json!({ "retryAfterSeconds": 1 })),
            ),
            "the API server is unavailable: too many (try again later)",
        ),
        (answer(503, &unavailable), "the API server is unavailable: starting up (try again later)"),
        (answer(500, &webhook), "a webhook of the API server does not answer: Internal error"),
        (
            answer(500, &leader),
            "the API server is unavailable: etcdserver: leader changed (try again later)",
        ),
        (answer(500, &broken), "the API server is unavailable: it is broken (try again later)"),
        (
            answer(503, &failure(503, "ServiceUnavailable", "", &json!({}))),
            "the API server is unavailable: ServiceUnavailable (try again later)",
        ),
        (
            text(503, "text/plain", ""),
            "the API server is unavailable: it answers with status 503 and says nothing (try again later)",
        ),
        (
            text(502, "text/plain", "no healthy upstream"),
            "the API server is unavailable: no healthy upstream (try again later)",
        ),
        (
            text(504, "application/json", r#"{"message": "upstream timed out"}"#),
            "the API server is unavailable: upstream timed out (try again later)",
        ),
        (
            text(500, "application/json", "{}"),
            "the API server is unavailable: it answers with status 500 and says nothing (try again later)",
        ),
        (
            text(599, "application/json", r#"{"kind": "Status", "message": "odd"}"#),
            "the API server is unavailable: odd (try again later)",
        ),
    ] {
        let (error, found) = applying(reply).await;
        assert!(error.is_passing(), "{error:?}");
        assert!(found.starts_with(said), "{found}");
    }
}

/// More than an answer may have, in chunks, and no end.
fn endless() -> Vec<u8> {
    let chunk = format!("{:x}\r\n{}\r\n", 1 << 20, "[".repeat(1 << 20));
    let headers = "content-type: application/json\r\ntransfer-encoding: chunked\r\n";
    with(200, headers, &chunk.repeat(65))
}

#[tokio::test]
async fn what_is_no_api_server_is_told_from_an_outage() {
    let page = "<html><head><title>502 Bad Gateway</title></head></html>";
    for (reply, said) in [
        (
            text(500, "text/html", page),
            "it answers with a web page (status 500, titled \"502 Bad Gateway\")",
        ),
        (
            text(403, "text/html", "<!doctype html><p>Log in"),
            "it answers with a web page (status 403)",
        ),
        (text(200, "text/html", page), "its answer is not JSON"),
        (text(200, "text/plain", "hello"), "its answer is not JSON"),
        (endless(), "its answer is larger than 64 MiB"),
        (text(200, "application/json", "[5]"), "its answer is not a Kubernetes object"),
        (
            text(200, "application/json", r#"{"hello": "world"}"#),
            "its answer is not a Kubernetes object",
        ),
        (
            text(404, "application/json", r#"{"message": "no route"}"#),
            "its answer is not a Kubernetes object",
        ),
        (b"SSH-2.0-OpenSSH_9.6\r\n".to_vec(), "it does not speak HTTP"),
    ] {
        let (error, found) = applying(reply).await;
        assert!(matches!(error, Error::WrongServer { .. }), "{error:?}");
        let begin = format!(
            "the server at URL (context `shop`) is not a Kubernetes API server: {said} (a proxy, "
        );
        assert!(found.starts_with(&begin), "{found}");
    }
    let plain = text(400, "text/plain", "Client sent an HTTP request to an HTTPS server.\n");
    let (error, found) = applying(plain).await;
    assert!(matches!(error, Error::WrongServer { .. }), "{error:?}");
    assert!(found.starts_with("URL (context `shop`) expects TLS (write `https://`"), "{found}");
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_an_outage() {
    let body = json!({ "metadata": { "name": "serin.shop.a" } }).to_string();
    let half = &body[..body.len() / 2];
    let length = format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len());
    let chunked = "content-type: application/json\r\ntransfer-encoding: chunked\r\n";
    for reply in [
        with(200, &length, half),
        with(200, chunked, &format!("{:x}\r\n{half}\r\n", half.len())),
        with(500, &length, half),
        b"HTTP/1.1 200 OK\r\ncontent-le".to_vec(),
        Vec::new(),
    ] {
        let shown = String::from_utf8_lossy(&reply).into_owned();
        let (error, said) = applying(reply).await;
        assert!(error.is_passing(), "{shown}: {error:?}");
        assert!(
            said.starts_with("the API server at URL (context `shop`) does not answer: "),
            "{shown}: {said}"
        );
    }
}

#[tokio::test]
async fn a_port_that_unauthorized_listens_at_is_named() {
    let server = Server::new(vec![Vec::new()]).await;
    let url = server.url.clone();
    drop(server);
    // Once the task has ended the port is closed.
    tokio::task::yield_now().await;
    let test = Test::new(&url, Duration::from_mins(1), Some(Duration::from_secs(30)));
    let error = test.client.get(&Resource::POD, Some("shop"), "a").await.unwrap_err();
    assert!(error.is_passing());
    let said =
        format!("the API server at {url} (context `shop`) does not answer: connection refused");
    assert_eq!(error.to_string(), said);
    assert!(
        error.help().unwrap().starts_with("check that the cluster is running"),
        "{:?}",
        error.help()
    );
}

#[tokio::test]
async fn a_redirect_is_named_and_not_followed() {
    for (location, said) in [
        (
            "location: https://login.example/start?token=secret\r\n",
            "redirects to https://login.example/start (status 302) (redirects are not followed: ",
        ),
        (
            "location: https://127.0.0.1/\r\n",
            "redirects to https://127.0.0.1/ (status 302) (write `https://` in",
        ),
        ("", "redirects (status 302) (redirects are not followed: "),
    ] {
        let page = "<html>";
        let headers = format!("{location}content-length: {}\r\n", page.len());
        let (error, found) = applying(with(302, &headers, page)).await;
        assert!(matches!(error, Error::WrongServer { .. }), "{error:?}");
        assert!(
            found.starts_with(&format!("the server at URL (context `shop`) {said}")),
            "{found}"
        );
    }
}

/// An answer that begins and does not end is none that does not begin.
#[tokio::test]
async fn an_answer_that_does_not_end_is_said_to() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut kept = Vec::new();
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            _ = super::super::server::read(&mut stream).await;
            let half = with(200, "content-type: application/json\r\ncontent-length: 9\r\n", "{");
            _ = tokio::io::AsyncWriteExt::write_all(&mut stream, &half).await;
            kept.push(stream);
        }
    });
    let test = Test::new(&url, Duration::from_mins(1), Some(Duration::from_secs(1)));
    let error = test.client.get(&Resource::POD, Some("shop"), "a").await.unwrap_err();
    assert!(error.is_passing(), "{error:?}");
    let said = format!("the answer of the server at {url} (context `shop`) did not end within 1 s");
    assert_eq!(error.to_string(), said);
}
