//! Two people at once: one wins, the other is told.

use anyhow::bail;
use serde_json::json;

use super::super::objects::{history, near};
use super::super::reviews;
use super::super::serin::Serin;
use super::TITLE;
use crate::table::Row;
use crate::world::World;

const USERS: usize = 1000;

pub(crate) async fn run(world: &World) -> anyhow::Result<()> {
    let scene = reviews::scene(world, "conflict").await?;
    let proxy = scene.sidecar("productpage").await?;
    let caller = reviews::caller(&proxy);
    let (alice, bob) = (Serin::of(&scene, "alice"), Serin::of(&scene, "bob"));
    // Were both to count, the half would be skipped.
    let steps = json!([
        {"shift": {"v2": 10}}, {"approve": {}}, {"shift": {"v2": 50}}, {"approve": {}},
        {"promote": "v2"},
    ]);
    reviews::apply(&scene, &alice, steps).await?.code(0)?;
    reviews::verb(&scene, &alice, &["start", "--image", reviews::NEW]).await?.code(0)?;
    near(&caller.count(USERS, "/", &[]).await, ("v2", "v1"), 0.1)?;
    let mut row = Row::new("two people approve at once");
    let approve = reviews::command(&scene, &["approve"]);
    let (one, other) = tokio::try_join!(alice.run(&approve), bob.run(&approve))?;
    let history = history(&scene, "reviews").await?;
    let approvals: Vec<&str> =
        history.iter().filter(|(verb, _)| verb == "approve").map(|(_, by)| by.as_str()).collect();
    let [winner] = approvals[..] else {
        bail!("expected one approval: {history:?}\n{one}\n{other}")
    };
    let (one, other) = if winner == "alice" { (one, other) } else { (other, one) };
    one.code(0)?;
    // The second one may look after the first one has written: then it is as that one wants it already.
    let told = match other.code {
        Some(0) => other.says(&["already"]),
        _ => other.code(1)?.says(&["changed the Release first", winner]),
    };
    row.note("the command", told.map(|_| "one won, the other was told".to_owned()));
    row.note("afterwards", near(&caller.count(USERS, "/", &[]).await, ("v2", "v1"), 0.5));
    row.note("users", Ok("one approval in the history".to_owned()));
    world.found(TITLE, row)?;
    scene.end().await
}
