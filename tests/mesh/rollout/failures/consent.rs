//! The namespace of a gateway says who may attach there.

use anyhow::ensure;
use serde_json::json;

use super::super::objects::{MODULE, written};
use super::super::reviews;
use super::super::serin::Serin;
use super::{FEW, TITLE};
use crate::caller::Caller;
use crate::place::Place;
use crate::table::Row;
use crate::world::World;

pub(crate) async fn run(world: &World) -> anyhow::Result<()> {
    let scene = reviews::scene(world, "consent").await?;
    let kubectl = scene.mesh.kubectl();
    kubectl.apply(&crate::own::gateways(&scene)).await?;
    let (host, port) = Place::Gateway.door(&scene);
    kubectl.apply(&reviews::at_gateway(&scene)).await?;
    let proxy = scene.gateway("ingress").await?;
    let caller = Caller { proxy: &proxy, host, port };
    let serin = Serin::of(&scene, "alice");
    let steps = json!([{"shift": {"v2": 50}}, {"promote": "v2"}]);
    let mut release = reviews::release(&scene, &steps);
    release["spec"]["attach"] = Place::Gateway.attach(&scene);
    scene.write("reviews.yaml", &release.to_string())?;
    let ingress = scene.ingress();
    let apply = ["apply", "reviews.yaml", "--module-file", MODULE, "--timeout", "20s"];
    let mut row = Row::new("a gateway's namespace without consent");
    let ran = serin.run(&apply).await?.code(1)?;
    let said = ran.says(&["serin.dev/attach-from", &ingress]);
    row.note("the command", said.map(|_| "1: the annotation named".to_owned()));
    let there = written(&scene).await?;
    let there: Vec<&String> = there.iter().filter(|name| name.contains(&ingress)).collect();
    ensure!(there.is_empty(), "without consent there are {there:?}");

    let consent = format!("serin.dev/attach-from={}", scene.namespace);
    kubectl.run(&["annotate", "namespace", &ingress, &consent], "").await?;
    serin.run(&apply).await?.code(0)?;
    row.note("afterwards", caller.count(FEW, "/", &[]).await.only("v1"));
    reviews::verb(&scene, &serin, &["start", "--image", reviews::NEW]).await?.code(0)?;
    row.note("users", caller.count(FEW, "/", &[]).await.only("v2"));
    world.found(TITLE, row)?;
    scene.end().await
}
