//! What the walkthroughs do not show: trials, pauses, one step at a time, and a release that one process drives while
//! others only say what they want.

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::objects::{MODULE, history, near, phase, written};
use super::reviews;
use super::serin::{Ran, Serin};
use crate::caller::Caller;
use crate::scene::Scene;
use crate::table::Row;
use crate::world::World;

const USERS: usize = 1000;

pub(crate) async fn run(world: &World) -> anyhow::Result<()> {
    let scene = reviews::scene(world, "verbs").await?;
    let proxy = scene.sidecar("productpage").await?;
    let caller = reviews::caller(&proxy);
    let (alice, bob) = (Serin::of(&scene, "alice"), Serin::of(&scene, "bob"));
    let mut row = Row::new("pauses, steps, trials");
    tried(&scene, &alice).await?;
    reviews::verb(&scene, &alice, &["start", "--image", reviews::NEW]).await?.code(0)?;
    near(&caller.count(USERS, "/", &[]).await, ("v2", "v1"), 0.1)?;

    let trial = ["resume", "--dry-run", "--diff"];
    let trial = reviews::verb(&scene, &alice, &trial).await?.code(0)?;
    trial.says(&["EnvoyFilter", "\n+", "nothing was changed"])?;
    is_in(&scene, "Waiting").await?;
    row.note("--dry-run --diff", Ok("nothing was changed".to_owned()));

    reviews::verb(&scene, &alice, &["resume", "--no-wait"]).await?.code(0)?;
    is_in(&scene, "Progressing").await?;
    reviews::verb(&scene, &bob, &["pause", "--why", "lunch"]).await?.code(0)?;
    reviews::verb(&scene, &alice, &["run"]).await?.code(0)?;
    is_in(&scene, "Paused").await?;
    row.note("paused", near(&caller.count(USERS, "/", &[]).await, ("v2", "v1"), 0.1));
    reviews::verb(&scene, &alice, &["step"]).await?.code(0)?;
    is_in(&scene, "Paused").await?;
    row.note("one step", near(&caller.count(USERS, "/", &[]).await, ("v2", "v1"), 0.5));

    row.note("--no-wait", elsewhere(&scene, (&alice, &bob), &caller).await);
    let verbs = history(&scene, "reviews").await?;
    let verbs: Vec<&str> = verbs.iter().map(|(verb, _)| verb.as_str()).collect();
    let expected = ["apply", "start", "resume", "pause", "step", "resume", "resume"];
    ensure!(verbs == expected, "expected {expected:?}, found {verbs:?}");
    world.found("Verbs of a rollout", row)?;
    scene.end().await
}

/// Applies the Release, after a trial that has written nothing.
async fn tried(scene: &Scene<'_>, serin: &Serin) -> anyhow::Result<()> {
    let steps = json!([
        {"shift": {"v2": 10}}, {"pause": {}}, {"shift": {"v2": 50}}, {"pause": {"for": "1h"}},
        {"promote": "v2"},
    ]);
    scene.write("reviews.yaml", &reviews::release(scene, &steps).to_string())?;
    let trial = ["apply", "reviews.yaml", "--module-file", MODULE, "--dry-run", "--diff"];
    let trial = serin.run(&trial).await?.code(0)?;
    trial.says(&["DestinationRule", "EnvoyFilter", "\n+", "nothing was changed"])?;
    let there = written(scene).await?;
    ensure!(there.is_empty(), "a trial has written {there:?}");
    reviews::apply(scene, serin, steps).await?.code(0)?;
    Ok(())
}

/// One process drives, another one watches, and somebody says twice that it is to go on.
async fn elsewhere(
    scene: &Scene<'_>,
    (alice, bob): (&Serin, &Serin),
    caller: &Caller<'_>,
) -> anyhow::Result<String> {
    let run = reviews::command(scene, &["run", "--forever", "--format", "json"]);
    let (driven, watched) =
        (alice.start(&run)?, alice.start(&reviews::command(scene, &["watch"]))?);
    for _ in 0..2 {
        reviews::verb(scene, bob, &["resume", "--no-wait"]).await?.code(0)?;
    }
    let driven = driven.end().await?.code(0)?;
    watched.end().await?.code(0)?.says(&["Completed"])?;
    let events = lines(&driven)?;
    let last = events.last().context("it told nothing")?;
    ensure!(last == &json!({"event": "end", "end": "done"}), "the last event is {last}");
    is_in(scene, "Completed").await?;
    let status = ["status", "--format", "json"];
    let status = reviews::verb(scene, bob, &status).await?.code(0)?;
    let status: Value = serde_json::from_str(&status.stdout)?;
    ensure!(status["status"]["split"] == "all v2", "{}", status["status"]);
    caller.count(USERS, "/", &[]).await.only("v2")
}

/// The lines, each an object of JSON.
fn lines(ran: &Ran) -> anyhow::Result<Vec<Value>> {
    let read = |line: &str| serde_json::from_str(line).with_context(|| line.to_owned());
    ran.stdout.lines().map(read).collect()
}

async fn is_in(scene: &Scene<'_>, expected: &str) -> anyhow::Result<()> {
    let phase = phase(scene, "reviews").await?;
    ensure!(phase == expected, "expected the phase {expected}, found {phase}");
    Ok(())
}
