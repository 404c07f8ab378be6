//! A canary that never becomes ready gets no traffic; one that crashes later gives it back.

use anyhow::ensure;
use serde_json::json;
use serin_harness::mesh::until;

use super::super::objects::phase;
use super::super::reviews;
use super::super::serin::Serin;
use super::super::users::Users;
use super::{FEW, TITLE};
use crate::scene::PORT;
use crate::table::Row;
use crate::world::World;

/// Images, and what is said of pods that are made of them.
const IMAGES: [(&str, &str, &str); 2] = [
    ("reviews:hangs", "never-ready", "not ready"),
    ("reviews:crashes", "crash-loops", "CrashLoopBackOff"),
];

/// Its pods run and are never ready, or crash from the start: nobody gets it, and why is said.
pub(crate) async fn never_ready(world: &World) -> anyhow::Result<()> {
    for (image, namespace, said) in IMAGES {
        let scene = reviews::scene(world, namespace).await?;
        let proxy = scene.sidecar("productpage").await?;
        let serin = Serin::of(&scene, "alice");
        let steps = json!([{"shift": {"v2": 50}}, {"promote": "v2"}]);
        reviews::apply(&scene, &serin, steps).await?.code(0)?;
        let users = Users::start(proxy.at(PORT), reviews::HOST);
        let mut row = Row::new(format!("the canary is of {image}"));
        let start = ["start", "--image", image, "--timeout", "5s"];
        let ran = reviews::verb(&scene, &serin, &start).await?.code(1)?;
        row.note("the command", ran.says(&["v2", said]).map(|_| format!("1: {said}")));
        let status = reviews::verb(&scene, &serin, &["status"]).await?;
        let status = status.says(&["v2", said]).map(|_| "status says so".to_owned());
        row.note("afterwards", status);
        let heard = users.stop().await;
        let judged = heard.only_in_order(&["v1"]);
        row.note("users", judged.map(|()| format!("{} requests on v1", heard.requests)));
        world.found(TITLE, row)?;
        reviews::verb(&scene, &serin, &["rollback"]).await?.code(0)?;
        ensure!(phase(&scene, "reviews").await? == "RolledBack", "it did not roll back");
        scene.end().await?;
    }
    Ok(())
}

/// All its pods crash while it gets traffic: a command that drives gives everybody back to stable.
pub(crate) async fn crashes_later(world: &World) -> anyhow::Result<()> {
    let scene = reviews::scene(world, "crashes-later").await?;
    let proxy = scene.sidecar("productpage").await?;
    let caller = reviews::caller(&proxy);
    let serin = Serin::of(&scene, "alice");
    let steps = json!([{"shift": {"v2": 50}}, {"pause": {"for": "10m"}}, {"promote": "v2"}]);
    reviews::apply(&scene, &serin, steps).await?.code(0)?;
    let mut row = Row::new("the canary crashes after the shift");
    let running = serin.start(&reviews::command(&scene, &["start", "--image", reviews::NEW]))?;
    until("half of the users are on v2", async || {
        let counts = caller.count(FEW, "/", &[]).await;
        Ok((counts.of("v2") > FEW / 4).then_some(()))
    })
    .await?;
    until("it pauses", async || Ok((phase(&scene, "reviews").await? == "Waiting").then_some(())))
        .await?;
    scene.pods.crash("reviews-v2").await?;
    let ran = running.end().await?.code(1)?;
    row.note("the command", ran.says(&["v2", "rolled back"]).map(|_| "1: rolled back".to_owned()));
    row.note("afterwards", caller.count(FEW, "/", &[]).await.only("v1"));
    let phase = phase(&scene, "reviews").await?;
    ensure!(phase == "RolledBack", "expected RolledBack, found {phase}");
    row.note("users", Ok(phase));
    world.found(TITLE, row)?;
    scene.end().await
}
