//! What is asked of istiod, through a connection to a port of its pods.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use rollout::drive::cluster::proxies::Known;
use rollout::drive::cluster::{Cluster, Error, Notice};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_tungstenite::accept_hdr_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};

use super::server::{self, json as answer, read, text};
use super::{Test, failure};

/// What a pod answers to a path.
type Pod = fn(&str) -> Vec<u8>;

/// An API server with pods of istiod.
struct Mesh {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Mesh {
    /// One that lists these pods, and connects to them where they answer.
    async fn new(pods: Vec<u8>, pod: Result<Pod, Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let kept = Arc::clone(&asked);
        let task = tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut begin = [0; 128];
                let length = stream.peek(&mut begin).await.unwrap();
                let is_forward = String::from_utf8_lossy(&begin[..length]).contains("/portforward");
                match &pod {
                    Ok(pod) if is_forward => forward(stream, *pod, &kept).await,
                    _ => {
                        let Some(request) = read(&mut stream).await else { continue };
                        let question = format!("{}?{}", request.line(), request.query.join("&"));
                        kept.lock().unwrap().push(question);
                        let refused = pod.as_ref().err().filter(|_| is_forward);
                        stream.write_all(refused.unwrap_or(&pods)).await.unwrap();
                        stream.shutdown().await.unwrap();
                    }
                }
            }
        });
        Self { url, asked, task }
    }

    fn client(&self) -> Test {
        Test::new(&self.url, Duration::from_mins(1), None)
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

impl Drop for Mesh {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A connection to a port of a pod: channel 0 is what is sent, channel 1 what goes wrong, and both begin with the port.
async fn forward(stream: TcpStream, pod: Pod, kept: &Mutex<Vec<String>>) {
    let mut target = String::new();
    #[expect(clippy::result_large_err, reason = "the crate's own type")]
    let accept = |request: &Request, mut response: Response| -> Result<Response, ErrorResponse> {
        target = request.uri().to_string();
        let protocol = "v4.channel.k8s.io";
        let offered = request.headers()["sec-websocket-protocol"].to_str().unwrap();
        assert!(offered.contains(protocol), "{offered}");
        response.headers_mut().insert("sec-websocket-protocol", protocol.parse().unwrap());
        Ok(response)
    };
    let mut socket = accept_hdr_async(stream, accept).await.unwrap();
    for channel in [0, 1] {
        let [low, high] = 15014_u16.to_le_bytes();
        socket.send(Message::Binary(vec![channel, low, high].into())).await.unwrap();
    }
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        match socket.next().await {
            Some(Ok(Message::Binary(frame))) if frame.first() == Some(&0) => {
                request.extend(&frame[1..]);
            }
            Some(Ok(_)) => {}
            Some(Err(_)) | None => return,
        }
    }
    let request = String::from_utf8(request).unwrap();
    let path = request.split(' ').nth(1).unwrap().to_owned();
    kept.lock().unwrap().push(format!("{target} {path}"));
    let mut frame = vec![0];
    frame.extend(pod(&path));
    // The client hangs up once it has its answer.
    let _ = socket.send(Message::Binary(frame.into())).await;
    while let Some(Ok(_)) = socket.next().await {}
}

/// The pods of istiod by name, and whether they are ready.
fn pods(pods: &[(&str, bool)]) -> Vec<u8> {
    let pod = |(name, is_ready): &(&str, bool)| {
        let status = if *is_ready { "True" } else { "False" };
        json!({ "metadata": { "name": name }, "status": { "conditions": [{ "type": "Ready", "status": status }] } })
    };
    answer(200, &json!({ "items": pods.iter().map(pod).collect::<Vec<Value>>() }))
}

/// An istiod that knows of one object and has one proxy.
fn istiod(path: &str) -> Vec<u8> {
    match path {
        "/debug/configz" => answer(
            200,
            &json!([{
                "kind": "EnvoyFilter",
                "metadata": { "namespace": "shop", "name": "a", "resourceVersion": "100" },
            }]),
        ),
        "/debug/syncz?namespace=shop" => {
            answer(200, &json!([{ "proxy": "a.shop", "route_sent": "2", "route_acked": "1" }]))
        }
        "/debug/endpointShardz" => answer(
            200,
            &json!({ "reviews.shop.svc.cluster.local": { "shop": { "Shards": { "Kubernetes/a": [
                { "Labels": { "version": "v1" }, "HealthStatus": 1 },
            ] } } } }),
        ),
        "/debug/syncz" => answer(200, &json!([{ "proxy": "a.shop" }, { "proxy": "b.front" }])),
        _ => server::text(404, "text/plain", "no such page"),
    }
}

const LIST: &str = "GET /api/v1/namespaces/istio%2Dsystem/pods?labelSelector=app%3Distiod";
/// As often as a question is asked.
const ATTEMPTS: usize = 4;

fn portforward(pod: &str, path: &str) -> String {
    format!("/api/v1/namespaces/istio-system/pods/{pod}/portforward?&ports=15014 {path}")
}

fn blind(reason: &str) -> Error {
    Error::Blind { reason: reason.to_owned() }
}

#[tokio::test]
async fn every_ready_istiod_is_asked() {
    let listed = pods(&[("istiod-1", true), ("istiod-2", false), ("istiod-3", true)]);
    let mesh = Mesh::new(listed, Ok(istiod)).await;
    let test = mesh.client();
    let known = Known {
        kind: "EnvoyFilter".to_owned(),
        namespace: "shop".to_owned(),
        name: "a".to_owned(),
        resource_version: "100".to_owned(),
    };
    assert_eq!(test.client.known().await, Ok(vec![vec![known.clone()], vec![known]]));
    let expected = ["istiod-1", "istiod-3"].map(|pod| portforward(pod, "/debug/configz"));
    assert_eq!(mesh.asked(), [vec![LIST.to_owned()], expected.to_vec()].concat());
    let proxies = test.client.proxies(Some("shop")).await.unwrap();
    assert_eq!(proxies.len(), 2);
    assert_eq!((proxies[0].name.as_str(), proxies[0].exchanges[2].sent.as_str()), ("a.shop", "2"));
    let endpoints = test.client.endpoints("shop").await.unwrap();
    assert_eq!(endpoints.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1]);
    let names: Vec<String> =
        test.client.proxies(None).await.unwrap().into_iter().map(|proxy| proxy.name).collect();
    assert_eq!(names, ["a.shop", "b.front", "a.shop", "b.front"]);
    assert!(mesh.asked().contains(&portforward("istiod-3", "/debug/syncz?namespace=shop")));
    assert_eq!(test.told(), []);
}

/// That does not pass, and is not asked again.
#[tokio::test]
async fn who_may_not_ask_istiod_is_told_the_rule() {
    let no = answer(403, &failure(403, "Forbidden", "pods is forbidden", &json!({})));
    let rule = |resource: &str, verb: &str| {
        blind(&format!(
            "you are not allowed to {verb} {resource} in the namespace istio-system; grant this rule in a Role: \
             `{{apiGroups: [\"\"], resources: [{resource}], verbs: [{verb}]}}`"
        ))
    };
    for (mesh, expected) in [
        (Mesh::new(no.clone(), Ok(istiod as Pod)).await, rule("pods", "list")),
        (Mesh::new(pods(&[("istiod-1", true)]), Err(no)).await, rule("pods/portforward", "create")),
    ] {
        let test = mesh.client();
        assert_eq!(test.client.known().await, Err(expected.clone()));
        mesh.asked();
        assert_eq!(test.client.proxies(None).await, Err(expected.clone()));
        assert_eq!((mesh.asked(), test.clock.pauses()), (vec![], vec![]));
        let notice = Notice::Blind { reason: expected.to_string(), wait: Duration::from_secs(5) };
        for _ in 0..2 {
            test.client.tell(&notice);
        }
        assert_eq!(test.told(), [notice], "it is said once");
    }
}

/// istiod may be about to start again: that is given some time.
#[tokio::test]
async fn what_may_pass_is_tried_again_before_it_is_given_up() {
    fn broken(_: &str) -> Vec<u8> {
        text(500, "text/plain", "it is broken")
    }
    fn garbled(_: &str) -> Vec<u8> {
        text(200, "text/html", "<html>")
    }
    let ready = || pods(&[("istiod-1", true)]);
    for (mesh, expected) in [
        (
            Mesh::new(pods(&[("istiod-1", false)]), Ok(istiod as Pod)).await,
            "no pod with the label app=istiod is ready in the namespace istio-system",
        ),
        (
            Mesh::new(ready(), Ok(broken)).await,
            "istiod-1:15014/debug/configz: status 500 Internal Server Error",
        ),
        (Mesh::new(ready(), Ok(garbled)).await, "istiod-1:15014/debug/configz: "),
    ] {
        let test = mesh.client();
        let Err(Error::Blind { reason }) = test.client.known().await else { panic!("{expected}") };
        assert!(reason.starts_with(expected), "{reason}");
        let lists = mesh.asked().iter().filter(|line| *line == LIST).count();
        assert_eq!(
            (lists, test.clock.pauses()),
            (ATTEMPTS, vec![Duration::from_secs(1); ATTEMPTS - 1])
        );
    }
}
