//! A whole rollout, 10 -> 50 -> 100 % and the old version removed, while users ask: nobody is told an error, and
//! nobody who was moved on is moved back.

use anyhow::ensure;
use serde_json::json;

use super::objects::get;
use super::serin::Serin;
use super::users::Users;
use super::{reviews, users};
use crate::load::Load;
use crate::scene::PORT;
use crate::table::Row;
use crate::world::World;

pub(crate) async fn run(world: &World) -> anyhow::Result<()> {
    let scene = reviews::scene(world, "under-load").await?;
    let proxy = scene.sidecar("productpage").await?;
    let caller = reviews::caller(&proxy);
    let serin = Serin::of(&scene, "alice");
    let steps = json!([
        {"shift": {"v2": 10}}, {"approve": {}}, {"shift": {"v2": 50}}, {"approve": {}},
        {"promote": "v2"}, {"approve": {}}, {"retire": "v1"},
    ]);
    let users = Users::start(proxy.at(PORT), reviews::HOST);
    let mut row = Row::new("requests, failed");
    let commands: [(&str, &[&str]); 6] = [
        ("apply", &[]),
        ("start: 10 %", &["start", "--image", reviews::NEW]),
        ("approve: 50 %", &["approve"]),
        ("approve: 100 %", &["approve"]),
        ("approve: v1 retired", &["approve"]),
        ("after", &["status"]),
    ];
    let requests: Vec<_> =
        (0..200).map(|user| caller.request("/", &[("cookie", &format!("user=u{user}"))])).collect();
    let mut all = 0;
    for (title, command) in commands {
        let load = Load::start(proxy.at(PORT), &requests);
        let ran = match command {
            [] => reviews::apply(&scene, &serin, steps.clone()).await?,
            command => reviews::verb(&scene, &serin, command).await?,
        };
        ran.code(0)?;
        let counts = load.stop().await;
        all += counts.all();
        let judged = if counts.errors() == 0 {
            Ok(format!("{}, 0", counts.all()))
        } else {
            Err(anyhow::anyhow!("requests failed: {counts}"))
        };
        row.note(title, judged);
    }
    let heard: users::Heard = users.stop().await;
    row.note(
        "each user",
        heard
            .only_in_order(&["v1", "v2"])
            .map(|()| format!("v1, then v2 ({} requests)", heard.requests)),
    );
    row.note("all", Ok(format!("{}, 0", all + heard.requests)));
    world.found("A whole rollout under load", row)?;
    ensure!(get(&scene, "deployment", "reviews-v1").await?.is_none(), "reviews-v1 is still there");
    scene.end().await
}
