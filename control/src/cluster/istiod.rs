//! Questions to istiod, through the API server: a connection to a port of its pod, as `kubectl port-forward` makes.

use std::time::Duration;

use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use k8s_openapi::api::core::v1::Pod;
use kube::Api;
use serde_json::Value;
use tokio::time::{sleep, timeout};

pub(crate) use crate::drive::cluster::proxies::{Changed, Proxies};

use super::error::{Subject, chain};
use super::{Cluster, Error, Object, Resource, TIMEOUT};

/// The port of istiod's own state.
const PORT: u16 = 15014;
/// The label of its pods.
const SELECTOR: &str = "app=istiod";

/// How often it is tried.
const ATTEMPTS: u32 = 4;
/// The pause between two tries.
const PAUSE: Duration = Duration::from_secs(1);

/// Why istiod was not asked.
pub(crate) enum Unasked {
    /// It cannot be, and will not be soon.
    Blind(String),
    /// It could not be this time.
    Broken(String),
    /// Something else went wrong.
    Error(Error),
}

impl Cluster {
    /// The answers of all ready istiods: each proxy is connected to one of them. A connection that breaks (istiod or
    /// the API server restarts) is made again before that is given up.
    pub(crate) async fn ask_istiod(&self, path: &str) -> Result<Vec<Value>, Unasked> {
        for _ in 1..ATTEMPTS {
            match self.ask_once(path).await {
                Err(Unasked::Broken(_)) => sleep(PAUSE).await,
                answers => return answers,
            }
        }
        self.ask_once(path).await.map_err(|unasked| match unasked {
            Unasked::Broken(reason) => Unasked::Blind(reason),
            other => other,
        })
    }

    async fn ask_once(&self, path: &str) -> Result<Vec<Value>, Unasked> {
        let namespace = self.istio_namespace();
        let pods = match self.list(&Resource::POD, Some(namespace), SELECTOR).await {
            Ok(pods) => pods,
            Err(error @ Error::Forbidden { .. }) => return Err(blind(&error)),
            Err(error) => return Err(Unasked::Error(error)),
        };
        let ready: Vec<&Object> = pods.iter().filter(|pod| is_ready(pod)).collect();
        if ready.is_empty() {
            let reason = format!("no pod with {SELECTOR} is ready in the namespace {namespace}");
            return Err(Unasked::Broken(reason));
        }
        let mut answers = Vec::new();
        for pod in ready {
            answers.push(self.ask_pod(pod.name(), path).await?);
        }
        Ok(answers)
    }

    async fn ask_pod(&self, pod: &str, path: &str) -> Result<Value, Unasked> {
        let namespace = self.istio_namespace();
        let api: Api<Pod> = Api::namespaced(self.client.clone(), namespace);
        let opened = match timeout(TIMEOUT, api.portforward(pod, &[PORT])).await {
            Ok(Ok(opened)) => opened,
            Ok(Err(error)) => return Err(self.unopened(pod, &error)),
            Err(_) => return Err(Unasked::Broken(format!("{pod}: no connection came about"))),
        };
        let answer = timeout(TIMEOUT, get(opened, path)).await;
        let late = || format!("nothing came within {} s", TIMEOUT.as_secs());
        let answer = answer.unwrap_or_else(|_| Err(late()));
        answer.map_err(|what| Unasked::Broken(format!("{pod}:{PORT}{path}: {what}")))
    }

    /// Why there is no connection to a pod.
    fn unopened(&self, pod: &str, error: &kube::Error) -> Unasked {
        let subject = Subject {
            verb: "create",
            resource: &Resource::POD,
            part: Some("portforward"),
            namespace: Some(self.istio_namespace()),
            name: Some(pod),
        };
        let words = chain(error);
        // The answer to an upgrade that is not one comes without its words.
        let error = if words.contains("403") {
            super::error::forbidden(&subject)
        } else {
            Error::of(error, &subject, self.server())
        };
        match error {
            forbidden @ Error::Forbidden { .. } => blind(&forbidden),
            other => Unasked::Broken(other.to_string()),
        }
    }
}

fn blind(error: &Error) -> Unasked {
    let help = error.help().map(|help| format!("; {help}")).unwrap_or_default();
    Unasked::Blind(format!("{error}{help}"))
}

fn is_ready(pod: &Object) -> bool {
    let says = |condition: &&Value| {
        let text = |key: &str| condition.get(key).and_then(Value::as_str);
        text("type") == Some("Ready") && text("status") == Some("True")
    };
    !pod.is_going() && pod.list("/status/conditions").iter().any(|condition| says(&condition))
}

/// The JSON at a path; what went wrong otherwise.
async fn get(mut forwarder: kube::api::Portforwarder, path: &str) -> Result<Value, String> {
    let stream = forwarder.take_stream(PORT).ok_or("no stream")?;
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|error| error.to_string())?;
    let driver = tokio::spawn(async { drop(connection.await) });
    let answer = async {
        let request =
            Request::builder().uri(path).header("host", "istiod").body(Empty::<Bytes>::new());
        let request = request.map_err(|error| error.to_string())?;
        let answer = sender.send_request(request).await.map_err(|error| error.to_string())?;
        let status = answer.status();
        let body = answer.into_body().collect().await.map_err(|error| error.to_string())?;
        if status != StatusCode::OK {
            return Err(format!("status {status}"));
        }
        serde_json::from_slice(&body.to_bytes()).map_err(|error| error.to_string())
    };
    let answer = answer.await;
    driver.abort();
    forwarder.abort();
    answer
}
