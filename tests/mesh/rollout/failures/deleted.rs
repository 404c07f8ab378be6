//! Objects that somebody deletes during a rollout are made again.

use std::time::Duration;

use anyhow::{anyhow, ensure};
use serde_json::json;
use tokio::time::sleep;

use super::super::objects::{near, written};
use super::super::reviews;
use super::super::serin::Serin;
use super::super::users::Users;
use super::TITLE;
use crate::scene::PORT;
use crate::table::Row;
use crate::world::World;

const USERS: usize = 1000;

pub(crate) async fn run(world: &World) -> anyhow::Result<()> {
    let scene = reviews::scene(world, "deleted").await?;
    let proxy = scene.sidecar("productpage").await?;
    let caller = reviews::caller(&proxy);
    let serin = Serin::of(&scene, "alice");
    let steps =
        json!([{"shift": {"v2": 50}}, {"approve": {}}, {"promote": "v2"}, {"retire": "v1"}]);
    reviews::apply(&scene, &serin, steps).await?.code(0)?;
    reviews::verb(&scene, &serin, &["start", "--image", reviews::NEW]).await?.code(0)?;
    let before = written(&scene).await?;
    for kind in ["EnvoyFilter", "VirtualService", "DestinationRule"] {
        let ours = before.iter().filter(|name| name.starts_with(kind));
        let names: Vec<&str> = ours.filter_map(|name| name.split('/').nth(1)).collect();
        ensure!(!names.is_empty(), "there is no {kind} among {before:?}");
        let delete = [&["delete", kind, "-n", &scene.namespace][..], &names].concat();
        scene.mesh.kubectl().run(&delete, "").await?;
        let mut row = Row::new(format!("somebody deletes the {kind}s"));
        reviews::verb(&scene, &serin, &["run"]).await?.code(0)?;
        let now = written(&scene).await?;
        let is_repaired = if now == before {
            Ok("made again".to_owned())
        } else {
            Err(anyhow!("expected {before:?}, found {now:?}"))
        };
        row.note("the command", is_repaired);
        row.note("afterwards", near(&caller.count(USERS, "/", &[]).await, ("v2", "v1"), 0.5));
        let users = Users::start(proxy.at(PORT), reviews::HOST);
        sleep(Duration::from_secs(1)).await;
        let heard = users.stop().await;
        let judged = heard.each_on_one();
        row.note("users", judged.map(|()| format!("{} requests, 0 failed", heard.requests)));
        world.found(TITLE, row)?;
    }
    reviews::verb(&scene, &serin, &["approve"]).await?.code(0)?;
    scene.end().await
}
