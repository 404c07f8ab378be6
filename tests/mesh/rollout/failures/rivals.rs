//! Somebody else's DestinationRule or VirtualService for the host: two of them are rivals, and Istio takes either.

use anyhow::ensure;
use serde_json::{Value, json};

use super::super::objects::{expect, written};
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
    let steps = json!([{"shift": {"v2": 50}}, {"promote": "v2"}]);
    // Of two subsets of one name Istio takes one.
    let another = json!([{"name": "v2", "labels": {"version": "old"}}]);
    let rule = json!({"host": "reviews", "subsets": another});
    // Unnamed, and to all pods: the filter's route cannot be put in its place.
    let routes = json!({
        "hosts": ["reviews"],
        "http": [{"route": [{"destination": {"host": "reviews"}}]}],
    });
    for (kind, spec) in [("DestinationRule", rule), ("VirtualService", routes)] {
        let object = json!({
            "apiVersion": "networking.istio.io/v1",
            "kind": kind,
            "metadata": {"name": "team", "namespace": scene.namespace},
            "spec": spec,
        });
        scene.mesh.kubectl().apply(&object.to_string()).await?;
        let before: Value = expect(&scene, kind, "team").await?;
        let mut row = Row::new(format!("a rival {kind}"));
        let ran = reviews::apply(&scene, &serin, steps.clone()).await?.code(1)?;
        let said = ran.says(&[kind, "team"]);
        row.note("the command", said.map(|_| "1: the rival named".to_owned()));
        ensure!(expect(&scene, kind, "team").await? == before, "it was touched");
        let there = written(&scene).await?;
        let there: Vec<_> = there.iter().filter(|name| !name.starts_with("Release")).collect();
        ensure!(there.is_empty(), "there are {there:?}");
        row.note("afterwards", Ok("untouched, nothing written".to_owned()));
        row.note("users", caller.count(FEW, "/", &[]).await.only("v1"));
        world.found(TITLE, row)?;
        scene.mesh.kubectl().run(&["delete", kind, "team", "-n", &scene.namespace], "").await?;
    }
    reviews::apply(&scene, &serin, steps).await?.code(0)?;
    scene.end().await
}
