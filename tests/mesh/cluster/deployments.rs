//! Deployments: made of others, scaled, updated, watched and removed; and their endpoints.

use anyhow::{Context, ensure};
use rollout::drive::Cluster;
use rollout::drive::cluster::{ApplyOptions, Creation, Deployment, Error, autoscaler, endpoints};
use serde_json::json;
use serin_harness::mesh::until;

use super::connect;
use crate::scene::{PORT, Scene, deployment, service};
use crate::world::World;

const NAMESPACE: &str = "cluster-deployments";
const V2: &str = "reviews-v2";

pub(super) async fn run(world: &World) -> anyhow::Result<()> {
    let labels = json!({"app": "reviews", "version": "v1"});
    let mut v1 = deployment(NAMESPACE, "reviews-v1", &labels, 2);
    v1["spec"]["template"]["spec"]["containers"][0]["image"] = json!("reviews:1");
    let scaler = json!({
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "more", "namespace": NAMESPACE},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "reviews-v1"},
            "minReplicas": 2,
            "maxReplicas": 4,
        },
    });
    let objects = vec![service(NAMESPACE, "reviews", PORT), v1, scaler];
    let scene = Scene::of(world, NAMESPACE, objects).await?;
    let (cluster, _) = connect(&world.mesh, "alice").await?;
    ready(&*cluster, "v1", 2).await?;
    ready(&*cluster, "v2", 0).await?;
    let scalers = cluster.autoscalers(NAMESPACE).await?;
    ensure!(autoscaler::targeting(&scalers, "reviews-v1").as_deref() == Some("more"));
    ensure!(autoscaler::targeting(&scalers, V2).is_none());

    let stable = find(&*cluster, "reviews-v1").await?;
    let labels = [("version".to_owned(), "v2".to_owned())];
    let creation = Creation {
        of: &stable,
        name: V2,
        labels: &labels,
        image: "reviews:2",
        replicas: 0,
        made_for: "cluster-deployments/reviews",
    };
    let tried = ApplyOptions { dry_run: true, ..ApplyOptions::default() };
    cluster.create_deployment(&creation, tried).await?;
    ensure!(cluster.deployment(NAMESPACE, V2).await?.is_none(), "a dry run leaves nothing");
    // Twice is as once.
    cluster.create_deployment(&creation, ApplyOptions::default()).await?;
    cluster.create_deployment(&creation, ApplyOptions::default()).await?;
    let others = Creation { made_for: "somebody/else", ..creation };
    let there = cluster.create_deployment(&others, ApplyOptions::default()).await;
    ensure!(matches!(there, Err(Error::Workload { .. })), "{there:?}");
    let v2 = settled(&*cluster, V2).await?;
    ensure!(v2.is_made_of(&stable, "reviews:2")? && !v2.is_made_of(&stable, "reviews:3")?);
    ensure!(v2.is_made_by_serin() && v2.wanted() == 0);

    cluster.scale_deployment(&v2, 2, ApplyOptions::default()).await?;
    ready(&*cluster, "v2", 2).await?;
    ready(&*cluster, "v1", 2).await?;
    let v2 = settled(&*cluster, V2).await?;
    ensure!(v2.wanted() == 2 && v2.template() != stable.template());
    cluster.update_template(&v2, &stable, ApplyOptions::default()).await?;
    // From what was read before that: it is so already.
    cluster.update_template(&v2, &stable, ApplyOptions::default()).await?;
    let stable = settled(&*cluster, "reviews-v1").await?;
    ensure!(stable.template() == v2.template());
    ready(&*cluster, "v1", 2).await?;

    failing(&*cluster, &stable).await?;
    cluster.delete_deployment(&v2, ApplyOptions::default()).await?;
    until("v2 is gone", async || {
        Ok(cluster.deployment(NAMESPACE, V2).await?.is_none().then_some(()))
    })
    .await?;
    ready(&*cluster, "v2", 0).await?;
    scene.end().await
}

async fn find(cluster: &dyn Cluster, name: &str) -> anyhow::Result<Deployment> {
    cluster.deployment(NAMESPACE, name).await?.with_context(|| format!("no Deployment {name}"))
}

async fn settled(cluster: &dyn Cluster, name: &str) -> anyhow::Result<Deployment> {
    until(&format!("{name} settles"), async || {
        Ok(Some(find(cluster, name).await?).filter(Deployment::is_settled))
    })
    .await
}

/// Waits until so many pods of a version are ready endpoints.
async fn ready(cluster: &dyn Cluster, version: &str, expected: u32) -> anyhow::Result<()> {
    let labels = [("version".to_owned(), version.to_owned())];
    until(&format!("{version} has {expected} ready endpoints"), async || {
        let slices = cluster.endpoint_slices(NAMESPACE, "reviews").await?;
        let pods = cluster.pods(NAMESPACE).await?;
        Ok((endpoints::ready(&slices, &pods, &labels) == expected).then_some(()))
    })
    .await
}

/// One whose containers crash says so.
async fn failing(cluster: &dyn Cluster, stable: &Deployment) -> anyhow::Result<()> {
    let labels = [("version".to_owned(), "v3".to_owned())];
    let creation = Creation {
        of: stable,
        name: "reviews-v3",
        labels: &labels,
        image: "app=reviews:crashes",
        replicas: 1,
        made_for: "cluster-deployments/reviews",
    };
    cluster.create_deployment(&creation, ApplyOptions::default()).await?;
    let reason = until("v3 fails", async || {
        let v3 = find(cluster, "reviews-v3").await?;
        Ok(v3.failing(&cluster.pods(NAMESPACE).await?))
    })
    .await?;
    ensure!(reason.contains("CrashLoopBackOff of the container app"), "{reason}");
    ensure!(stable.failing(&cluster.pods(NAMESPACE).await?).is_none());
    ready(cluster, "v3", 0).await
}
