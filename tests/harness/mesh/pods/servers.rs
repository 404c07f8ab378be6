//! The servers of pods, by address.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Context;
use tokio::time::{Instant, sleep};

use super::super::{PATIENCE, POLL};
use super::pod::Pod;
use super::server::Served;
use super::{Log, PORT};

/// The servers of pods; clones are handles of the same ones.
#[derive(Clone, Debug, Default)]
pub(super) struct Servers(Arc<Mutex<BTreeMap<IpAddr, Server>>>);

#[derive(Debug)]
struct Server {
    /// Whose it is: an address may be another pod's soon.
    uid: String,
    served: Served,
}

impl Servers {
    fn all(&self) -> MutexGuard<'_, BTreeMap<IpAddr, Server>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts the server of a pod, where it has none.
    pub(super) async fn start(&self, pod: &Pod, log: &Log) -> anyhow::Result<()> {
        if self.has(&pod.uid) {
            return Ok(());
        }
        // Of a pod that is gone and still serves its callers.
        self.all().remove(&pod.address);
        let address = SocketAddr::new(pod.address, PORT);
        let deadline = Instant::now() + PATIENCE;
        let served = loop {
            match Served::start(address, &pod.subset, log).await {
                Ok(server) => break server,
                // It may be that of a pod that was deleted elsewhere and still serves.
                Err(error) if error.kind() == ErrorKind::AddrInUse && Instant::now() < deadline => {
                    sleep(POLL).await;
                }
                Err(error) => return Err(error).context(format!("no server at `{address}`")),
            }
        };
        self.all().insert(pod.address, Server { uid: pod.uid.clone(), served });
        Ok(())
    }

    fn has(&self, uid: &str) -> bool {
        self.all().values().any(|server| server.uid == uid)
    }

    /// Ends the server of a pod.
    pub(super) fn end(&self, uid: &str) {
        self.all().retain(|_, server| server.uid != uid);
    }

    /// Ends the servers of other pods than these.
    pub(super) fn keep(&self, pods: &[Pod]) {
        self.all().retain(|_, server| pods.iter().any(|pod| pod.uid == server.uid));
    }

    /// Ends those of a subset, at most so many.
    pub(super) fn end_some(&self, subset: &str, most: usize) {
        let mut all = self.all();
        let of_subset = all.iter().filter(|(_, server)| server.served.subset() == subset);
        let chosen: Vec<IpAddr> = of_subset.map(|(address, _)| *address).take(most).collect();
        all.retain(|address, _| !chosen.contains(address));
    }

    /// How many a subset has.
    pub(super) fn count(&self, subset: &str) -> usize {
        self.all().values().filter(|server| server.served.subset() == subset).count()
    }
}
