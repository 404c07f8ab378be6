//! Somebody else's DestinationRule or VirtualService for the host: two of them are rivals, and Istio takes either.

use anyhow::ensure;
use serde_json::json;

use super::super::objects::{MODULE, written};
use super::super::reviews;
use super::super::serin::Serin;
use super::{FEW, TITLE};
use crate::table::Row;
use crate::world::World;

pub(crate) async fn run(world: &World) -> anyhow::Result<()> {
    let scene = reviews::scene(world, "rivals").await?;
    let proxy = scene.sidecar("productpage").await?;
    let caller = reviews::caller(&proxy);
    let serin = Serin::of(&scene, "alice");
    // Callers are in the namespace of the gateway, too.
    let consent = format!("serin.dev/attach-from={}", scene.namespace);
    let kubectl = scene.mesh.kubectl();
    kubectl.run(&["annotate", "namespace", &scene.ingress(), &consent], "").await?;
    let steps = json!([{"shift": {"v2": 50}}, {"promote": "v2"}]);
    let mut release = reviews::release(&scene, &steps);
    release["spec"]["attach"] = json!([
        {"sidecar": {"labels": {"app": "productpage"}}},
        {"sidecar": {"namespace": scene.ingress(), "labels": {"app": "web"}}},
    ]);
    scene.write("reviews.yaml", &release.to_string())?;
    let apply = ["apply", "reviews.yaml", "--module-file", MODULE];
    // Of two subsets of one name Istio takes one.
    let another = json!([{"name": "v2", "labels": {"version": "old"}}]);
    let rule = json!({"host": "reviews", "subsets": another});
    // Unnamed, and to all pods: the filter's route cannot be put in its place.
    let routes = json!({
        "hosts": ["reviews"],
        "http": [{"route": [{"destination": {"host": "reviews"}}]}],
    });
    // Those of the caller's namespace come before those of the host's own.
    let fqdn = format!("reviews.{}.svc.cluster.local", scene.namespace);
    let elsewhere = json!({"host": fqdn, "subsets": []});
    for (title, kind, namespace, spec) in [
        ("a DestinationRule with a subset of that name", "DestinationRule", &scene.namespace, rule),
        (
            "a DestinationRule in a caller's namespace",
            "DestinationRule",
            &scene.ingress(),
            elsewhere,
        ),
        ("a VirtualService to all pods", "VirtualService", &scene.namespace, routes),
    ] {
        let object = json!({
            "apiVersion": "networking.istio.io/v1",
            "kind": kind,
            "metadata": {"name": "team", "namespace": namespace},
            "spec": spec,
        });
        scene.mesh.kubectl().apply(&object.to_string()).await?;
        let kubectl = scene.mesh.kubectl();
        let before = kubectl.get(&[kind, "team", "-n", namespace]).await?;
        let mut row = Row::new(title);
        let ran = serin.run(&apply).await?.code(1)?;
        let said = ran.says(&[kind, "team"]);
        row.note("the command", said.map(|_| "1: the rival named".to_owned()));
        let now = kubectl.get(&[kind, "team", "-n", namespace]).await?;
        ensure!(now == before, "it was touched: {now}");
        let there = written(&scene).await?;
        let there: Vec<_> = there.iter().filter(|name| !name.starts_with("Release")).collect();
        ensure!(there.is_empty(), "there are {there:?}");
        row.note("afterwards", Ok("untouched, nothing written".to_owned()));
        row.note("users", caller.count(FEW, "/", &[]).await.only("v1"));
        world.found(TITLE, row)?;
        kubectl.run(&["delete", kind, "team", "-n", namespace], "").await?;
    }
    serin.run(&apply).await?.code(0)?;
    scene.end().await
}
