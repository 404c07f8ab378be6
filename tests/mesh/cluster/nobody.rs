//! Nobody answers: the API server, or istiod.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::ensure;
use cluster::{Client, Options};
use rollout::drive::SystemClock;
use rollout::drive::cluster::proxies::{Changed, Proxies};
use rollout::drive::cluster::{Error, Notice};

use super::{Said, connect_by};
use crate::world::World;

pub(super) async fn run(world: &World) -> anyhow::Result<()> {
    no_api(world).await?;
    no_istiod(world).await
}

/// It is tried again, with somebody told of it, and given up after a while.
async fn no_api(world: &World) -> anyhow::Result<()> {
    let there = std::fs::read_to_string(world.mesh.kubeconfig("alice"))?;
    let folder = world.mesh.folder("cluster-nobody")?;
    let nobody = folder.join("kubeconfig");
    std::fs::write(&nobody, there.replace(":16443", ":1"))?;
    let options = Options { kubeconfig: Some(nobody), ..Options::default() };
    let (cluster, said) = connect_by(options).await?;
    let found = cluster.whoami().await;
    ensure!(matches!(found, Err(Error::Unreachable { .. })), "{found:?}");
    let tries = notices(&said);
    ensure!(tries.len() > 2, "{tries:?}");
    ensure!(tries.iter().all(|notice| matches!(notice, Notice::Retrying { .. })), "{tries:?}");
    let missing = Options { kubeconfig: Some(folder.join("none")), ..Options::default() };
    let found = Client::connect(&missing, std::sync::Arc::new(|_| ())).await;
    ensure!(matches!(found, Err(Error::Configuration { .. })), "{found:?}");
    Ok(())
}

/// Each change waits for a while instead, and why is said once.
async fn no_istiod(world: &World) -> anyhow::Result<()> {
    let options = Options {
        kubeconfig: Some(world.mesh.kubeconfig("alice")),
        istio_namespace: "kube-public".to_owned(),
        ..Options::default()
    };
    let (cluster, said) = connect_by(options).await?;
    let wait = Duration::from_millis(50);
    let mut proxies = Proxies::new(&*cluster, &SystemClock, BTreeSet::new()).or_wait(wait);
    let gone = Changed::Removed {
        kind: "EnvoyFilter".to_owned(),
        namespace: "default".to_owned(),
        name: "none".to_owned(),
    };
    for _ in 0..2 {
        proxies.follow(std::slice::from_ref(&gone)).await?;
    }
    let said = notices(&said);
    let [Notice::Blind { reason, wait: told }] = &said[..] else { anyhow::bail!("{said:?}") };
    ensure!(reason.contains("app=istiod") && *told == wait, "{said:?}");
    Ok(())
}

fn notices(said: &Said) -> Vec<Notice> {
    said.lock().unwrap().clone()
}
