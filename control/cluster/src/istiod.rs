//! Queries to istiod through the API server: a connection to a port of its pod, as `kubectl port-forward` makes.

mod answer;

use std::time::Duration;

use document::load::reason;
use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use k8s_openapi::api::core::v1::Pod;
use kube::Api;
use rollout::drive::cluster::endpoints::Labels;
use rollout::drive::cluster::proxies::{Known, Proxy};
use rollout::drive::cluster::{Cluster, Error, Object, Resource};
use serde_json::Value;
use tokio::time::timeout;

use super::error::Subject;
use super::{Client, TIMEOUT};

/// The port of istiod's own state.
const PORT: u16 = 15014;
/// The label of its pods.
const SELECTOR: &str = "app=istiod";

/// How often it is tried.
const ATTEMPTS: u32 = 4;
/// The pause between two tries.
const PAUSE: Duration = Duration::from_secs(1);

/// Reads the answer of a pod.
trait Read<T>: Fn(&str, &[u8]) -> serde_json::Result<T> {}

impl<T, F: Fn(&str, &[u8]) -> serde_json::Result<T>> Read<T> for F {}

/// Why istiod did not answer.
enum Unasked {
    /// This attempt failed.
    Broken(String),
    /// Another error.
    Error(Error),
}

impl Client {
    /// The configuration that each ready istiod has.
    pub(super) async fn configz(&self) -> Result<Vec<Vec<Known>>, Error> {
        self.ask_istiod("/debug/configz", |_, answer| answer::known(answer)).await
    }

    /// What the proxies of a namespace, or of all, were sent and took.
    pub(super) async fn syncz(&self, namespace: Option<&str>) -> Result<Vec<Proxy>, Error> {
        let path = match namespace {
            Some(namespace) => format!("/debug/syncz?namespace={namespace}"),
            None => "/debug/syncz".to_owned(),
        };
        Ok(self.ask_istiod(&path, answer::proxies).await?.concat())
    }

    /// The labels of the pods of a namespace that each ready istiod has as endpoints.
    pub(super) async fn endpoint_shards(&self, namespace: &str) -> Result<Vec<Vec<Labels>>, Error> {
        let read = |_: &str, answer: &[u8]| answer::endpoints(answer, namespace);
        self.ask_istiod("/debug/endpointShardz", read).await
    }

    /// The answers of all ready istiods, each read with the name of its pod: each proxy is connected to one of them. A
    /// connection that breaks (istiod or the API server restarts) is made again before that is given up.
    async fn ask_istiod<T>(&self, path: &str, read: impl Read<T>) -> Result<Vec<T>, Error> {
        if let Some(reason) = self.blind.reason(self.clock.uptime()) {
            return Err(Error::Blind { reason });
        }
        let mut attempt = 1;
        let error = loop {
            match self.ask_once(path, &read).await {
                Ok(answers) => {
                    self.blind.answered();
                    return Ok(answers);
                }
                Err(Unasked::Error(error)) => break error,
                Err(Unasked::Broken(reason)) if attempt == ATTEMPTS => {
                    break Error::Blind { reason };
                }
                Err(Unasked::Broken(_)) => self.clock.sleep(PAUSE).await,
            }
            attempt += 1;
        };
        if let Error::Blind { reason } = &error {
            self.blind.found(reason, self.clock.uptime());
        }
        Err(error)
    }

    async fn ask_once<T>(&self, path: &str, read: &impl Read<T>) -> Result<Vec<T>, Unasked> {
        let namespace = self.istio_namespace.as_str();
        let pods = match self.list(&Resource::POD, Some(namespace), SELECTOR).await {
            Ok(pods) => pods,
            Err(error @ Error::Forbidden { .. }) => return Err(blind(&error)),
            Err(error) => return Err(Unasked::Error(error)),
        };
        let ready: Vec<&Object> = pods.iter().filter(|pod| is_ready(pod)).collect();
        if ready.is_empty() {
            let reason =
                format!("no pod with the label {SELECTOR} is ready in the namespace {namespace}");
            return Err(Unasked::Broken(reason));
        }
        let mut answers = Vec::new();
        for pod in ready {
            let answer = self.ask_pod(pod.name(), path).await?;
            let answer = read(pod.name(), &answer).map_err(|error| {
                let what = reason::json(&error);
                Unasked::Broken(format!("{}:{PORT}{path}: {what}", pod.name()))
            });
            answers.push(answer?);
        }
        Ok(answers)
    }

    async fn ask_pod(&self, pod: &str, path: &str) -> Result<Bytes, Unasked> {
        let kube = self.kube().await.map_err(Unasked::Error)?;
        let api: Api<Pod> = Api::namespaced(kube, &self.istio_namespace);
        let opened = match timeout(TIMEOUT, api.portforward(pod, &[PORT])).await {
            Ok(Ok(opened)) => opened,
            Ok(Err(error)) => return Err(self.unopened(pod, &error)),
            Err(_) => return Err(Unasked::Broken(format!("{pod}: cannot connect"))),
        };
        let answer = timeout(TIMEOUT, get(opened, path)).await;
        let late = || format!("no answer within {} s", TIMEOUT.as_secs());
        let answer = answer.unwrap_or_else(|_| Err(late()));
        answer.map_err(|what| Unasked::Broken(format!("{pod}:{PORT}{path}: {what}")))
    }

    /// Why there is no connection to a pod.
    fn unopened(&self, pod: &str, error: &kube::Error) -> Unasked {
        let subject = Subject {
            verb: "create",
            resource: &Resource::POD,
            part: Some("portforward"),
            namespace: Some(&self.istio_namespace),
            name: Some(pod),
        };
        match subject.error(error, &self.contact) {
            forbidden @ Error::Forbidden { .. } => blind(&forbidden),
            other => Unasked::Broken(other.to_string()),
        }
    }
}

/// The user may not query it: a retry does not help.
fn blind(error: &Error) -> Unasked {
    let help = error.help().map(|help| format!("; {help}")).unwrap_or_default();
    Unasked::Error(Error::Blind { reason: format!("{error}{help}") })
}

fn is_ready(pod: &Object) -> bool {
    let says = |condition: &&Value| {
        let text = |key: &str| condition.get(key).and_then(Value::as_str);
        text("type") == Some("Ready") && text("status") == Some("True")
    };
    !pod.is_going() && pod.list("/status/conditions").iter().any(|condition| says(&condition))
}

/// What is at a path; what went wrong otherwise.
async fn get(mut forwarder: kube::api::Portforwarder, path: &str) -> Result<Bytes, String> {
    let stream = forwarder.take_stream(PORT).ok_or("no stream")?;
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|error| reason::chain(&error))?;
    let driver = tokio::spawn(async { drop(connection.await) });
    let answer = async {
        let request =
            Request::builder().uri(path).header("host", "istiod").body(Empty::<Bytes>::new());
        let request = request.map_err(|error| error.to_string())?;
        let answer = sender.send_request(request).await.map_err(|error| reason::chain(&error))?;
        let status = answer.status();
        let body = answer.into_body().collect().await.map_err(|error| reason::chain(&error))?;
        if status != StatusCode::OK {
            return Err(format!("status {status}"));
        }
        Ok(body.to_bytes())
    };
    let answer = answer.await;
    driver.abort();
    forwarder.abort();
    answer
}
