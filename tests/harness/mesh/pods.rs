//! What runs in the pods: a server for each, at its address.
//!
//! Every server answers with 200 and says who it is: its subset (the label `version`, or else `pipecd.dev/variant`, or
//! else `app`) as the header `x-served-by`. Headers of a request ask it to do otherwise; see [`Behaviour`].

mod following;
mod pod;
mod server;
mod servers;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper::http::HeaderMap;
use serde_json::json;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::{Kubectl, until};
use following::{Following, list};
use servers::Servers;

/// How long a pod that was deleted serves.
const GRACE: Duration = Duration::from_secs(1);
/// The port on which every pod serves.
const PORT: u16 = 8080;

/// Headers of a request that ask a server for something.
#[derive(Clone, Copy, Debug)]
pub struct Behaviour;

impl Behaviour {
    /// Keeps the request, to be found by this header's value in [`Pods::seen`].
    pub const ID: &str = "x-test-id";
    /// Answers with this status.
    pub const STATUS: &str = "x-test-status";
    /// `<subset> <number>`: the pods of this subset answer each so many-th such request with 503.
    pub const FAIL: &str = "x-test-fail";
    /// Answers after this many milliseconds.
    pub const DELAY: &str = "x-test-delay";
    /// Sends the request, with every header that it has, on to `<address> <host>`, and answers as that does: an
    /// application that passes all headers on.
    pub const FORWARD: &str = "x-test-forward";
}

/// A request as it arrived at a pod.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The subset of the pod.
    pub subset: String,
    /// The path with its query.
    pub path: String,
    /// The headers.
    pub headers: HeaderMap,
}

type Log = Arc<Mutex<Vec<Seen>>>;

/// The servers of a namespace.
#[derive(Debug)]
pub struct Pods {
    kubectl: Kubectl,
    namespace: String,
    log: Log,
    servers: Servers,
    following: Option<JoinHandle<()>>,
}

impl Pods {
    /// Starts a server for each pod that the namespace has now.
    ///
    /// # Errors
    /// When one cannot listen.
    pub async fn serve(kubectl: &Kubectl, namespace: &str) -> anyhow::Result<Self> {
        let mut pods = Self {
            kubectl: kubectl.clone(),
            namespace: namespace.to_owned(),
            log: Log::default(),
            servers: Servers::default(),
            following: None,
        };
        pods.follow().await?;
        Ok(pods)
    }

    /// Starts servers for new pods, and ends those of pods that are gone.
    ///
    /// # Errors
    /// When one cannot listen.
    pub async fn follow(&mut self) -> anyhow::Result<()> {
        let pods = list(&self.kubectl, &self.namespace).await?;
        self.servers.keep(&pods);
        for pod in &pods {
            self.servers.start(pod, &self.log).await?;
        }
        Ok(())
    }

    /// The same from now on, whenever pods come and go, or their containers start and end.
    pub fn follow_along(&mut self) {
        let following = Following {
            kubectl: self.kubectl.clone(),
            namespace: self.namespace.clone(),
            servers: self.servers.clone(),
            log: Arc::clone(&self.log),
        };
        self.following = Some(tokio::spawn(following.follow()));
    }

    /// The containers of a Deployment's pods end, again and again: none is ready any more.
    ///
    /// # Errors
    /// When the API does not take it.
    pub async fn crash(&self, deployment: &str) -> anyhow::Result<()> {
        let not_ready =
            |kind| json!({"type": kind, "status": "False", "reason": "ContainersNotReady"});
        let state = json!({"waiting": {
            "reason": "CrashLoopBackOff", "message": "back-off 40s restarting failed container",
        }});
        let status = json!({"status": {
            "conditions": [not_ready("Ready"), not_ready("ContainersReady")],
            "containerStatuses": [{
                "name": "app", "image": "app", "imageID": "", "ready": false, "restartCount": 3, "state": state,
            }],
        }});
        let patch = status.to_string();
        for name in self.of_deployment(deployment).await? {
            let arguments = ["patch", "pod", &name, "-n", &self.namespace, "--subresource=status"];
            let arguments = [arguments.as_slice(), &["--type=merge", "--patch", &patch]].concat();
            self.kubectl.run(&arguments, "").await?;
        }
        Ok(())
    }

    /// From now on the pods of a subset, at most so many of them, refuse connections, though they are ready.
    pub fn refuse(&mut self, subset: &str, most: usize) {
        self.servers.end_some(subset, most);
    }

    /// How many servers a subset has.
    #[must_use]
    pub fn count(&self, subset: &str) -> usize {
        self.servers.count(subset)
    }

    /// Gives a Deployment so many pods, waits until they are ready, and serves for them.
    ///
    /// # Errors
    /// When they are not ready in time, or cannot be served for.
    pub async fn scale(&mut self, deployment: &str, replicas: usize) -> anyhow::Result<()> {
        let name = format!("deployment/{deployment}");
        let arguments = ["scale", "-n", &self.namespace, &name, &format!("--replicas={replicas}")];
        self.kubectl.run(&arguments, "").await?;
        self.kubectl.ready(&self.namespace).await?;
        until(&format!("`{deployment}` has {replicas} pods"), async || {
            Ok((self.of_deployment(deployment).await?.len() == replicas).then_some(()))
        })
        .await?;
        // A pod that ends goes on serving until callers have heard of it.
        if replicas == 0 {
            sleep(GRACE).await;
        }
        self.follow().await
    }

    /// The requests with this [`Behaviour::ID`], as they arrived.
    #[must_use]
    pub fn seen(&self, id: &str) -> Vec<Seen> {
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        let has_id =
            |seen: &&Seen| seen.headers.get(Behaviour::ID).is_some_and(|value| value == id);
        log.iter().filter(has_id).cloned().collect()
    }

    /// The names of a Deployment's pods.
    async fn of_deployment(&self, deployment: &str) -> anyhow::Result<Vec<String>> {
        let pods = self.kubectl.get(&["pods", "-n", &self.namespace]).await?;
        let items = pods["items"].as_array().map(Vec::as_slice).unwrap_or_default();
        let names = items.iter().filter_map(|pod| pod.pointer("/metadata/name")?.as_str());
        let start = format!("{deployment}-");
        Ok(names.filter(|name| name.starts_with(&start)).map(str::to_owned).collect())
    }
}

impl Drop for Pods {
    fn drop(&mut self) {
        if let Some(following) = &self.following {
            following.abort();
        }
    }
}
