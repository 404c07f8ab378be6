//! Through a proxy: what it is asked, and what is said where it does not let through.

use std::path::Path;
use std::sync::Arc;

use rollout::drive::Cluster;
use rollout::drive::cluster::{Error, Resource};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::super::{Client, Options};
use super::server::{Server, json as answer};

/// A proxy that answers `CONNECT` so, and lets through what it answers with 200.
async fn proxy(reply: &'static str) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let task = tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(stream.read_u8().await.unwrap());
            }
            let head = String::from_utf8(head).unwrap();
            stream.write_all(format!("HTTP/1.1 {reply}\r\n\r\n").as_bytes()).await.unwrap();
            if reply.starts_with("200") {
                let target = head.split(' ').nth(1).unwrap();
                let mut server = TcpStream::connect(target).await.unwrap();
                let _ = copy_bidirectional(&mut stream, &mut server).await;
                return head.lines().map(str::to_owned).collect();
            }
        }
    });
    (address, task)
}

async fn client(folder: &Path, server: &str, proxy: &str) -> Client {
    let kubeconfig = json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "here",
        "clusters": [{ "name": "c", "cluster": { "server": server, "proxy-url": proxy } }],
        "contexts": [{ "name": "here", "context": { "cluster": "c" } }],
    });
    let file = folder.join("config");
    std::fs::write(&file, kubeconfig.to_string()).unwrap();
    let contact = Some(std::time::Duration::from_secs(30));
    let options = Options { kubeconfig: Some(file), contact, ..Options::default() };
    Client::connect(&options, Arc::new(|_| ())).await.unwrap()
}

#[tokio::test]
async fn a_server_is_asked_through_the_proxy_of_its_cluster() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::new(vec![answer(200, &json!({ "items": [] }))]).await;
    let (address, task) = proxy("200 OK").await;
    let client = client(folder.path(), &server.url, &format!("http://bob:s%40@{address}")).await;
    assert_eq!(client.list(&Resource::POD, None, "").await, Ok(vec![]));
    assert_eq!(server.asked()[0].line(), "GET /api/v1/pods");
    drop(client);
    let head = task.await.unwrap();
    let target = server.url.trim_start_matches("http://");
    assert_eq!(head[0], format!("CONNECT {target} HTTP/1.1"));
    // `bob:s@`
    assert!(head.contains(&"Proxy-Authorization: Basic Ym9iOnNA".to_owned()), "{head:?}");
}

#[tokio::test]
async fn a_proxy_that_does_not_let_through_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let server = "https://k8s.example:6443";
    for (reply, words) in [
        ("407 Proxy Authentication Required", "asks for a login"),
        ("403 Forbidden", "does not connect to `k8s.example`"),
    ] {
        let (address, _task) = proxy(reply).await;
        let url = format!("http://bob:secret@{address}");
        let client = client(folder.path(), server, &url).await;
        let error = client.list(&Resource::POD, None, "").await.unwrap_err();
        assert_eq!(matches!(error, Error::WrongServer { .. }), reply.starts_with("407"));
        let expected = format!("the proxy http://{address} of `proxy-url` {words}");
        assert_eq!(error.to_string(), expected);
    }
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    for scheme in ["http", "socks5"] {
        let url = format!("{scheme}://127.0.0.1:{port}");
        let client = client(folder.path(), server, &url).await;
        let error = client.list(&Resource::POD, None, "").await.unwrap_err();
        let expected = format!("the proxy {url} of `proxy-url` does not answer");
        assert!(error.to_string().starts_with(&expected), "{error}");
        assert!(error.is_passing(), "{error:?}");
    }
}

/// A server that answers whatever comes with this, and closes the connection.
async fn answering(reply: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            _ = stream.read(&mut [0; 4096]).await;
            _ = stream.write_all(reply).await;
        }
    });
    address
}

#[tokio::test]
async fn a_proxy_that_speaks_no_tls_is_named() {
    let folder = tempfile::tempdir().unwrap();
    for (reply, words) in [
        (&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], "does not speak TLS"),
        (b"", "does not answer: it closed the connection during the TLS handshake"),
        // As a server of TLS refuses what it is shown.
        (
            b"\x15\x03\x03\x00\x02\x02\x74",
            "refuses the TLS handshake: it asks for a client certificate",
        ),
    ] {
        let url = format!("https://{}", answering(reply).await);
        let client = client(folder.path(), "https://k8s.example:6443", &url).await;
        let error = client.list(&Resource::POD, None, "").await.unwrap_err();
        assert_eq!(error.to_string(), format!("the proxy {url} of `proxy-url` {words}"));
        let help = error.help().unwrap();
        assert!(help.contains("the URL of the proxy") && !help.contains("`server`"), "{help}");
    }
}

#[tokio::test]
async fn a_socks_proxy_that_asks_for_a_login_is_said_to_be_unsupported() {
    let folder = tempfile::tempdir().unwrap();
    // None of the methods is accepted; a name and a password are asked for.
    for reply in [&b"\x05\xff"[..], b"\x05\x02"] {
        let url = format!("socks5://{}", answering(reply).await);
        let client = client(folder.path(), "https://k8s.example:6443", &url).await;
        let error = client.list(&Resource::POD, None, "").await.unwrap_err();
        assert_eq!(error.to_string(), format!("the proxy {url} of `proxy-url` asks for a login"));
        let help = error.help().unwrap();
        assert!(
            help.starts_with("SOCKS5 proxies that ask for a login are not supported"),
            "{help}"
        );
    }
}
