//! An istiod that takes seconds before it sends anything: each command ends when the proxies have what it changed, in order,
//! and no request fails.

use anyhow::ensure;
use serde_json::json;

use super::{Changing, three_versions};
use crate::caller::{Caller, STAFF};
use crate::failed::Failed;
use crate::load::Load;
use crate::place::{Mode, Place};
use crate::rollout::reviews;
use crate::rollout::serin::Serin;
use crate::table::Row;
use crate::world::World;

const TITLE: &str = "An istiod that waits for two seconds before it sends anything, under load";
const SLOW: [(&str, &str); 1] = [("PILOT_DEBOUNCE_AFTER", "2s")];
const FEW: usize = 100;

pub(crate) async fn run(world: &World) -> anyhow::Result<()> {
    world.define_releases().await?;
    world.mesh.restart_istiod(&SLOW).await?;
    let result = async {
        files(world).await?;
        rollout(world).await
    };
    let result = result.await;
    world.mesh.restart_istiod(&[]).await?;
    result
}

/// `serin mesh`: each time staff are asked, the command has just ended.
async fn files(world: &World) -> anyhow::Result<()> {
    let scene = three_versions(world, "changes-slow").await?;
    let failed = Failed::log(&scene).await?;
    let attached = scene.sidecar("productpage").await?;
    let (host, port) = Place::Sidecar.door(&scene);
    let caller = Caller { proxy: &attached, host, port };
    caller.until_answered().await?;
    let mut row = Row::new("serin mesh");
    let load = Load::start(attached.at(port), &[caller.request("/", &[STAFF])]);
    let mut changing =
        Changing { scene: &scene, mode: Mode::Matcher, module: 0, applied: Vec::new() };
    changing.to(json!({"split": {"v2": 0}})).await?;
    row.note("applied", caller.count(FEW, "/", &[STAFF]).await.only("v2"));
    for (column, time) in [("subset added", 0), ("subset removed", 1)] {
        let subset = changing.step("subset added, removed", time).await?;
        row.note(column, caller.count(FEW, "/", &[STAFF]).await.only(subset));
    }
    let files: Vec<_> = changing.applied.iter().map(|(file, _)| file.clone()).collect();
    scene.remove(&files).await?;
    let counts = load.stop().await;
    let judged = if counts.errors() == 0 {
        Ok(format!("{} requests, 0 failed", counts.all()))
    } else {
        let lines = failed.lines(counts.errors()).await?.join("\n");
        Err(anyhow::anyhow!("requests failed: {counts}\n{lines}"))
    };
    row.note("load, until deleted", judged);
    world.found(TITLE, row)?;
    scene.end().await
}

/// A rollout, and back: a request just after a command has ended gets what it said.
async fn rollout(world: &World) -> anyhow::Result<()> {
    let scene = reviews::scene(world, "rollout-slow").await?;
    let proxy = scene.sidecar("productpage").await?;
    let caller = reviews::caller(&proxy);
    let serin = Serin::of(&scene, "alice");
    let mut row = Row::new("serin rollback");
    let steps = json!([{"shift": {"v2": 50}}, {"approve": {}}, {"promote": "v2"}]);
    reviews::apply(&scene, &serin, steps).await?.code(0)?;
    reviews::verb(&scene, &serin, &["start", "--image", reviews::NEW]).await?.code(0)?;
    let counts = caller.count(FEW, "/", &[]).await;
    ensure!(counts.of("v2") > 0 && counts.errors() == 0, "half of the users: {counts}");
    row.note("started", Ok(counts.to_string()));
    reviews::verb(&scene, &serin, &["rollback"]).await?.code(0)?;
    row.note("rolled back", caller.count(FEW, "/", &[]).await.only("v1"));
    world.found("A rollout with an istiod that waits for two seconds", row)?;
    scene.end().await
}
