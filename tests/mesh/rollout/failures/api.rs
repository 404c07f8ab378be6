//! The API server is away for a while, or knows Releases of an older version only. Nothing else may run beside these.

use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::super::objects::phase;
use super::super::reviews;
use super::super::serin::Serin;
use super::super::users::Users;
use super::{FEW, TITLE};
use crate::scene::PORT;
use crate::table::Row;
use crate::world::World;

/// How long it is away.
const AWAY: Duration = Duration::from_secs(3);

/// The API server is killed while a command drives, and started again: the command goes on, or the next one does.
pub(crate) async fn restarts(world: &World) -> anyhow::Result<()> {
    let scene = reviews::scene(world, "api-restarts").await?;
    let proxy = scene.sidecar("productpage").await?;
    let caller = reviews::caller(&proxy);
    let serin = Serin::of(&scene, "alice");
    let mut row = Row::new("the API server restarts");
    let steps = json!([
        {"shift": {"v2": 50}}, {"pause": {"for": "2s"}}, {"promote": "v2"}, {"retire": "v1"},
    ]);
    reviews::apply(&scene, &serin, steps).await?.code(0)?;
    let users = Users::start(proxy.at(PORT), reviews::HOST);
    let running = serin.start(&reviews::command(&scene, &["start", "--image", reviews::NEW]))?;
    sleep(Duration::from_secs(1)).await;
    world.mesh.restart_api(AWAY).await?;
    let ran = running.end().await?;
    ensure!(matches!(ran.code, Some(0 | 3)), "expected 0 or 3: {ran}");
    row.note("the command", Ok(format!("exit code {}", ran.code.unwrap_or_default())));
    reviews::verb(&scene, &serin, &["run"]).await?.code(0)?;
    let phase = phase(&scene, "reviews").await?;
    ensure!(phase == "Completed", "expected Completed, found {phase}");
    row.note("afterwards", caller.count(FEW, "/", &[]).await.only("v2"));
    let heard = users.stop().await;
    let judged = heard.only_in_order(&["v1", "v2"]);
    row.note("users", judged.map(|()| format!("{} requests, 0 failed", heard.requests)));
    world.found(TITLE, row)?;
    scene.end().await
}

/// The API knows a Release without a `rollout`: it is said, and nothing is written without it. In the middle of a rollout users
/// go back all the same.
pub(crate) async fn old_definition(world: &World) -> anyhow::Result<()> {
    let scene = reviews::scene(world, "old-crd").await?;
    let proxy = scene.sidecar("productpage").await?;
    let caller = reviews::caller(&proxy);
    // An istiod that lost the API server in another case hears of new pods late.
    caller.until_answered().await?;
    let serin = Serin::of(&scene, "alice");
    let kubectl = scene.mesh.kubectl();
    let definition = world.definition().await?;
    older(world).await?;
    let steps = json!([{"shift": {"v2": 50}}, {"approve": {}}, {"promote": "v2"}]);
    let ran = reviews::apply(&scene, &serin, steps.clone()).await;
    kubectl.apply(&definition).await?;
    let ran = ran?;
    ensure!(matches!(ran.code, Some(1 | 3)), "expected 1 or 3: {ran}");
    let mut row = Row::new("the definition of Releases is older");
    let said = ran.says(&["serin crd", "older"]);
    row.note("the command", said.map(|_| "refused: `serin crd`".to_owned()));
    row.note("afterwards", caller.count(FEW, "/", &[]).await.only("v1"));
    row.note("users", Ok(String::new()));
    world.found(TITLE, row)?;

    let mut row = Row::new("it becomes older in the middle of a rollout");
    reviews::apply(&scene, &serin, steps).await?.code(0)?;
    reviews::verb(&scene, &serin, &["start", "--image", reviews::NEW]).await?.code(0)?;
    let counts = caller.count(FEW, "/", &[]).await;
    ensure!(counts.of("v2") > 0 && counts.errors() == 0, "half of the users: {counts}");
    older(world).await?;
    let ran = reviews::verb(&scene, &serin, &["rollback"]).await;
    let users = caller.count(FEW, "/", &[]).await.only("v1");
    kubectl.apply(&definition).await?;
    let said = ran?.says(&["serin crd", "older"]);
    row.note("the command", said.map(|ran| format!("{}: told", ran.code.unwrap_or_default())));
    row.note("users", users);
    reviews::verb(&scene, &serin, &["rollback"]).await?.code(0)?;
    row.note("afterwards", caller.count(FEW, "/", &[]).await.only("v1"));
    world.found(TITLE, row)?;
    scene.end().await
}

/// Gives the API the definition of Releases as it was before there was a `rollout`.
async fn older(world: &World) -> anyhow::Result<()> {
    let kubectl = world.mesh.kubectl();
    let mut old = kubectl.get(&["crd", "releases.serin.dev"]).await?;
    let spec = "/spec/versions/0/schema/openAPIV3Schema/properties/spec";
    let spec = old.pointer_mut(spec).and_then(Value::as_object_mut).context("no schema")?;
    // They may speak of what is not there any more.
    spec.remove("x-kubernetes-validations");
    if let Some(properties) = spec.get_mut("properties").and_then(Value::as_object_mut) {
        properties.remove("rollout").context("no rollout")?;
    }
    let annotations = old.pointer_mut("/metadata/annotations").and_then(Value::as_object_mut);
    annotations.and_then(|all| all.remove("serin.dev/schema-revision")).context("no revision")?;
    kubectl.run(&["replace", "-f", "-"], &old.to_string()).await?;
    // The API takes a moment to forget.
    sleep(Duration::from_secs(1)).await;
    Ok(())
}
