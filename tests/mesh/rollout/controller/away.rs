//! The API server is away for a minute while a controller is in the middle of a rollout. Nothing else may run beside it.

use std::time::Duration;

use serde_json::json;
use tokio::time::sleep;

use super::super::objects::{MODULE, phase};
use super::super::reviews;
use super::super::serin::Serin;
use super::super::users::Users;
use super::{FEW, TITLE, leads, record, start};
use crate::scene::PORT;
use crate::table::Row;
use crate::world::World;

/// How long it is away.
const AWAY: Duration = Duration::from_mins(1);
/// How long the controller may take afterwards: watches are begun again after half a minute at most, the Lease sooner.
const AFTERWARDS: Duration = Duration::from_mins(2);

pub(crate) async fn run(world: &World) -> anyhow::Result<()> {
    let scene = reviews::scene(world, "controller-away").await?;
    let proxy = scene.sidecar("productpage").await?;
    let caller = reviews::caller(&proxy);
    let serin = Serin::of(&scene, "alice");
    let controller = start(&scene, &serin, "only")?;
    leads(&controller, "only").await?;
    let steps = json!([
        {"shift": {"v2": 50}}, {"pause": {"for": "5s"}}, {"promote": "v2"}, {"retire": "v1"},
    ]);
    scene.write("reviews.yaml", &reviews::release(&scene, &steps).to_string())?;
    let apply = ["apply", "reviews.yaml", "--module-file", MODULE];
    let apply = [&apply[..], &["--controller-namespace", &scene.namespace]].concat();
    serin.run(&apply).await?.code(0)?;
    let users = Users::start(proxy.at(PORT), reviews::HOST);
    record(&scene, &serin, &["start", "--image", reviews::NEW]).await?;
    sleep(Duration::from_millis(1500)).await;
    world.mesh.restart_api(AWAY).await?;
    let mut row = Row::new("the API server is away for a minute");
    let ended = tokio::time::timeout(AFTERWARDS, async {
        while phase(&scene, "reviews").await.ok().as_deref() != Some("Completed") {
            sleep(Duration::from_millis(500)).await;
        }
    });
    let went_on =
        ended.await.map_err(|_| anyhow::anyhow!("it does not go on:\n{}", controller.log()));
    row.note("the controller", went_on.map(|()| "went on".to_owned()));
    row.note("afterwards", caller.count(FEW, "/", &[]).await.only("v2"));
    let heard = users.stop().await;
    let judged = heard.only_in_order(&["v1", "v2"]);
    row.note("users", judged.map(|()| format!("{} requests, 0 failed", heard.requests)));
    world.found(TITLE, row)?;
    drop(controller);
    scene.end().await
}
