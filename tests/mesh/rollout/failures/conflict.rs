//! Two people at once: one wins, the other is told.

use anyhow::ensure;
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
    near(&caller.count(USERS, "/", &[]).await, "v2", 0.1)?;
    let mut row = Row::new("two people approve at once");
    let approve = reviews::command(&scene, &["approve"]);
    let (one, other) = tokio::try_join!(alice.run(&approve), bob.run(&approve))?;
    let mut codes = [one.code, other.code];
    codes.sort_unstable();
    ensure!(codes == [Some(0), Some(1)], "expected that one wins:\n{one}\n{other}");
    let (winner, loser) = if one.code == Some(0) { ("alice", other) } else { ("bob", one) };
    let told = loser.says(&[winner]).map(|_| "one won, the other was told".to_owned());
    row.note("the command", told);
    row.note("afterwards", near(&caller.count(USERS, "/", &[]).await, "v2", 0.5));
    let history = history(&scene, "reviews").await?;
    let approvals: Vec<_> = history.iter().filter(|(verb, _)| verb == "approve").collect();
    ensure!(
        matches!(approvals[..], [(_, by)] if by == winner),
        "expected one approval, of {winner}: {history:?}"
    );
    row.note("users", Ok("one approval in the history".to_owned()));
    world.found(TITLE, row)?;
    scene.end().await
}
