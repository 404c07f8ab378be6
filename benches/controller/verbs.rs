//! How long it takes from a verb that is written down to the first object that changes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use cluster::Client;
use harness::mesh::Mesh;
use policy::rollout::Verb;
use rollout::drive::cluster::{Change, Cluster, Resource, Watch};
use rollout::drive::{Analyzer, Compiler, ProxyStats, Recorded, Rollout, SystemClock, lease};
use tokio::time::timeout;

use crate::objects::{NAMESPACE, name};

/// How long one may take.
const LIMIT: Duration = Duration::from_mins(1);

/// The times of so many, the shortest first.
pub(crate) async fn times(mesh: &Mesh, count: u32) -> anyhow::Result<Vec<Duration>> {
    let options = cluster::Options {
        kubeconfig: Some(mesh.kubeconfig("alice")),
        namespace: Some(NAMESPACE.to_owned()),
        ..cluster::Options::default()
    };
    let client = Client::connect(&options, Arc::new(|_| {})).await?;
    let mut changes = client.watch(Resource::ENVOY_FILTER, Some(NAMESPACE));
    while !matches!(changes.recv().await.context("the watch ended")?, Change::Listed) {}
    let mut times = Vec::new();
    for number in 0..count {
        let name = name(number);
        let rollout = Rollout {
            cluster: &client as &dyn Cluster,
            clock: &SystemClock,
            compiler: &Compiler::default(),
            namespace: NAMESPACE,
            name: &name,
            system: lease::NAMESPACE,
            analyzer: &Analyzer::new(Box::new(ProxyStats::new(&client as &dyn Cluster))),
        };
        let proposal = rollout.propose(&Verb::Start { image: None }.into(), None).await?;
        if rollout.record(&proposal, "alice", None).await? != Recorded::Written {
            bail!("{name} cannot be started");
        }
        let began = Instant::now();
        let release = format!("{NAMESPACE}/{name}");
        let changed = async {
            loop {
                match changes.recv().await.context("the watch ended")? {
                    Change::Is(object)
                        if object.annotation("serin.dev/release") == Some(&release) =>
                    {
                        return anyhow::Ok(());
                    }
                    _ => {}
                }
            }
        };
        timeout(LIMIT, changed).await.with_context(|| format!("nothing of {name} changes"))??;
        times.push(began.elapsed());
    }
    times.sort_unstable();
    Ok(times)
}
