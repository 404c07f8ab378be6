//! What runs in the pods: a server for each, at its address.
//!
//! Every server answers with 200 and says who it is: its subset (the label `version`, or else `app`) as the header
//! `x-served-by`. Headers of a request ask it to do otherwise; see [`Behaviour`].

mod server;

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use hyper::http::HeaderMap;
use serde_json::Value;
use tokio::time::sleep;

use super::{Kubectl, until};
use server::Served;

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
    servers: BTreeMap<IpAddr, Served>,
}

/// A pod that has an address.
struct Pod {
    address: IpAddr,
    subset: String,
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
            servers: BTreeMap::new(),
        };
        pods.follow().await?;
        Ok(pods)
    }

    /// Starts servers for new pods, and ends those of pods that are gone.
    ///
    /// # Errors
    /// When one cannot listen.
    pub async fn follow(&mut self) -> anyhow::Result<()> {
        let pods = self.pods().await?;
        self.servers.retain(|address, _| pods.iter().any(|pod| pod.address == *address));
        for pod in pods {
            if !self.servers.contains_key(&pod.address) {
                let address = SocketAddr::new(pod.address, PORT);
                // It may be that of a pod that was deleted elsewhere and still serves its callers.
                let server =
                    until(&format!("`{address}` is free"), async || {
                        match Served::start(address, &pod.subset, &self.log).await {
                            Ok(server) => Ok(Some(server)),
                            Err(error) if error.kind() == ErrorKind::AddrInUse => Ok(None),
                            Err(error) => {
                                Err(error).with_context(|| format!("no server at `{address}`"))
                            }
                        }
                    })
                    .await?;
                self.servers.insert(pod.address, server);
            }
        }
        Ok(())
    }

    /// From now on the pods of a subset, at most so many of them, refuse connections, though they are ready.
    pub fn refuse(&mut self, subset: &str, most: usize) {
        let of_subset = self.servers.iter().filter(|(_, server)| server.subset() == subset);
        let chosen: Vec<IpAddr> = of_subset.map(|(address, _)| *address).take(most).collect();
        for address in chosen {
            self.servers.remove(&address);
        }
    }

    /// How many servers a subset has.
    #[must_use]
    pub fn count(&self, subset: &str) -> usize {
        self.servers.values().filter(|server| server.subset() == subset).count()
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
            let pods = self.kubectl.get(&["pods", "-n", &self.namespace]).await?;
            let items = pods["items"].as_array().map(Vec::as_slice).unwrap_or_default();
            let of_deployment = items.iter().filter(|pod| {
                let name = pod.pointer("/metadata/name").and_then(Value::as_str);
                name.is_some_and(|name| name.starts_with(&format!("{deployment}-")))
            });
            Ok((of_deployment.count() == replicas).then_some(()))
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

    async fn pods(&self) -> anyhow::Result<Vec<Pod>> {
        let pods = self.kubectl.get(&["pods", "-n", &self.namespace]).await?;
        let items = pods["items"].as_array().map(Vec::as_slice).unwrap_or_default();
        Ok(items.iter().filter_map(pod).collect())
    }
}

fn pod(pod: &Value) -> Option<Pod> {
    let text = |pointer| pod.pointer(pointer).and_then(Value::as_str);
    let subset = text("/metadata/labels/version").or_else(|| text("/metadata/labels/app"))?;
    Some(Pod { address: text("/status/podIP")?.parse().ok()?, subset: subset.to_owned() })
}
