//! The client of the cluster against a real API server: who asks, conflicts of both kinds, Deployments made of others,
//! endpoints, autoscalers; nobody who answers; and proxies that have, or do not take, what was applied.

mod deployments;
mod nobody;
mod proxies;
mod releases;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cluster::{Client, Options};
use rollout::drive::Cluster;
use rollout::drive::cluster::Notice;
use serin_harness::mesh::Mesh;

use crate::world::World;

pub(crate) async fn run(world: &World) -> anyhow::Result<()> {
    world.define_releases().await?;
    releases::run(world).await?;
    deployments::run(world).await?;
    nobody::run(world).await?;
    proxies::run(world).await
}

/// What was said meanwhile.
type Said = Arc<Mutex<Vec<Notice>>>;

/// The cluster, as a user sees it.
async fn connect(mesh: &Mesh, user: &str) -> anyhow::Result<(Box<dyn Cluster>, Said)> {
    connect_by(Options { kubeconfig: Some(mesh.kubeconfig(user)), ..Options::default() }).await
}

/// The same, otherwise.
async fn connect_by(options: Options) -> anyhow::Result<(Box<dyn Cluster>, Said)> {
    let options = Options { patience: Duration::from_secs(2), ..options };
    let said = Said::default();
    let noted = Arc::clone(&said);
    let tell = move |notice: &Notice| {
        noted.lock().unwrap_or_else(PoisonError::into_inner).push(notice.clone());
    };
    Ok((Box::new(Client::connect(&options, Arc::new(tell)).await?), said))
}
