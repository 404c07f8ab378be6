//! `serin controller`: rollouts go on without the command that began them. Two controllers run; the leader is killed,
//! and told to end; users ask all the time.

pub(crate) mod away;
pub(crate) mod killed;

use anyhow::{Context, ensure};
use serde_json::json;
use serin_harness::mesh::until;
use tokio::process::Command;

use super::objects::{MODULE, expect, get, history, near, only_written, phase};
use super::reviews;
use super::serin::{Running, Serin};
use super::users::Users;
use crate::caller::Caller;
use crate::load::Load;
use crate::scene::{PORT, Scene};
use crate::table::Row;
use crate::world::World;

const TITLE: &str = "With a controller, and no command that waits";
const USERS: usize = 1000;
const FEW: usize = 200;

/// What a command of a case needs to know of its controller, which is no other case's.
fn of_scene<'a>(scene: &'a Scene<'_>, words: &[&'a str]) -> Vec<&'a str> {
    let mut command = reviews::command(scene, words);
    command.extend(["--controller-namespace", &scene.namespace]);
    command
}

/// Starts a controller of the scene's namespace.
fn start(scene: &Scene<'_>, serin: &Serin, name: &str) -> anyhow::Result<Running> {
    start_with(scene, serin, name, &[])
}

/// The same with more options.
pub(super) fn start_with(
    scene: &Scene<'_>,
    serin: &Serin,
    name: &str,
    more: &[&str],
) -> anyhow::Result<Running> {
    let namespace = scene.namespace.as_str();
    let of_scene = ["controller", "-n", namespace, "--controller-namespace", namespace];
    let own = ["--identity", name, "--listen", "127.0.0.1:0", "--log-format", "text"];
    serin.start(&[of_scene.as_slice(), &own, more].concat())
}

/// Waits until a controller leads.
pub(super) async fn leads(running: &Running, name: &str) -> anyhow::Result<()> {
    let said = format!("{name} is the leader");
    until(&format!("{name} leads"), async || Ok(running.log().contains(&said).then_some(())))
        .await
        .with_context(|| running.log())
}

pub(super) async fn reaches(scene: &Scene<'_>, expected: &str) -> anyhow::Result<()> {
    let what = format!("the rollout is {expected}");
    until(&what, async || Ok((phase(scene, "reviews").await? == expected).then_some(()))).await
}

/// Records a verb, and ends at once.
async fn record(scene: &Scene<'_>, serin: &Serin, words: &[&str]) -> anyhow::Result<()> {
    let mut command = of_scene(scene, words);
    command.push("--no-wait");
    serin.run(&command).await?.code(0).map(drop)
}

pub(crate) async fn run(world: &World) -> anyhow::Result<()> {
    let scene = reviews::scene(world, "controller").await?;
    let proxy = scene.sidecar("productpage").await?;
    let caller = reviews::caller(&proxy);
    let serin = Serin::of(&scene, "alice");
    let steps = json!([
        {"scale": {"v2": "50%"}}, {"shift": {"v2": 50}}, {"approve": {}},
        {"promote": "v2"}, {"approve": {}}, {"retire": "v1"},
    ]);
    let first = start(&scene, &serin, "first")?;
    leads(&first, "first").await?;
    let second = start(&scene, &serin, "second")?;
    let users = Users::start(proxy.at(PORT), reviews::HOST);
    let mut row = Row::new("a whole rollout");
    // The Release is the team's, applied as a GitOps tool does: what is to be rendered, serin apply said before.
    scene.write("reviews.yaml", &reviews::release(&scene, &steps).to_string())?;
    let apply = [
        "apply",
        "reviews.yaml",
        "--module-file",
        MODULE,
        "--controller-namespace",
        &scene.namespace,
    ];
    let applied = serin.run(&apply).await?.code(0)?;
    row.note(
        "apply",
        applied.says(&["first carries it out"]).map(|_| "the controller did it".to_owned()),
    );
    record(&scene, &serin, &["start", "--image", reviews::NEW]).await?;
    reaches(&scene, "AwaitingApproval").await?;
    row.note("start --no-wait", near(&caller.count(USERS, "/", &[]).await, ("v2", "v1"), 0.5));

    // The leader is killed as soon as it is approved.
    record(&scene, &serin, &["approve"]).await?;
    drop(first);
    leads(&second, "second").await?;
    until("all users are on v2", async || Ok(caller.count(FEW, "/", &[]).await.only("v2").ok()))
        .await?;
    row.note("leader killed", Ok("the other one went on".to_owned()));

    // The one that is told to end hands the Lease over: it need not be waited for.
    let third = start(&scene, &serin, "third")?;
    terminate(&second).await?;
    let ended = second.end().await?.code(0)?;
    ended.says(&["it ends"])?;
    leads(&third, "third").await?;
    reaches(&scene, "AwaitingApproval").await?;
    let mut command = of_scene(&scene, &["approve"]);
    command.extend(["--timeout", "60s"]);
    let shown = serin.run(&command).await?.code(0)?;
    row.note(
        "approve",
        shown.says(&["third carries it out", "Completed"]).map(|_| "shown to its end".to_owned()),
    );
    let heard = users.stop().await;
    let judged = heard.only_in_order(&["v1", "v2"]);
    row.note("users", judged.map(|()| format!("{} requests, 0 failed", heard.requests)));
    ensure!(get(&scene, "deployment", "reviews-v1").await?.is_none(), "reviews-v1 is still there");
    let verbs = history(&scene, "reviews").await?;
    let verbs: Vec<&str> = verbs.iter().map(|(verb, _)| verb.as_str()).collect();
    ensure!(verbs == ["apply", "start", "approve", "approve"], "the history has {verbs:?}");
    world.found(TITLE, row)?;
    drop(third);
    scene.end().await
}

/// A candidate loses its pods; and a Release is deleted in the middle, as a GitOps tool deletes it.
pub(crate) async fn unattended(world: &World) -> anyhow::Result<()> {
    let scene = reviews::scene(world, "unattended").await?;
    let proxy = scene.sidecar("productpage").await?;
    let caller = reviews::caller(&proxy);
    let serin = Serin::of(&scene, "alice");
    let steps = json!([{"shift": {"v2": 50}}, {"approve": {}}, {"promote": "v2"}]);
    let controller = start(&scene, &serin, "only")?;
    leads(&controller, "only").await?;
    scene.write("reviews.yaml", &reviews::release(&scene, &steps).to_string())?;
    let apply = [
        "apply",
        "reviews.yaml",
        "--module-file",
        MODULE,
        "--controller-namespace",
        &scene.namespace,
    ];
    serin.run(&apply).await?.code(0)?;
    record(&scene, &serin, &["start", "--image", reviews::NEW]).await?;
    reaches(&scene, "AwaitingApproval").await?;
    near(&caller.count(USERS, "/", &[]).await, ("v2", "v1"), 0.5)?;

    let mut row = Row::new("the candidate's pods crash, no command runs");
    scene.pods.crash("reviews-v2").await?;
    reaches(&scene, "RolledBack").await?;
    row.note("afterwards", caller.count(FEW, "/", &[]).await.only("v1"));
    let last = history(&scene, "reviews").await?.pop().unwrap_or_default();
    ensure!(last == ("rollback".to_owned(), "serin".to_owned()), "the history ends with {last:?}");
    let status = reviews::verb(&scene, &serin, &["status"]).await?.code(0)?;
    row.note("status", status.says(&["no ready"]).map(|_| "says why".to_owned()));
    world.found(TITLE, row)?;

    // Once more, with pods that run; then the Release is deleted under load.
    let mut row = Row::new("kubectl delete release at 50 %");
    scene
        .mesh
        .kubectl()
        .run(&["delete", "deployment", "reviews-v2", "-n", &scene.namespace], "")
        .await?;
    record(&scene, &serin, &["start", "--image", reviews::NEW]).await?;
    reaches(&scene, "AwaitingApproval").await?;
    near(&caller.count(USERS, "/", &[]).await, ("v2", "v1"), 0.5)?;
    let held = expect(&scene, "releases.serin.dev", "reviews").await?;
    ensure!(held["metadata"]["finalizers"] == json!(["serin.dev/cleanup"]), "it is not held");
    let load = load(&proxy, &caller);
    let delete = ["delete", "release", "reviews", "-n", &scene.namespace, "--timeout=60s"];
    scene.mesh.kubectl().run(&delete, "").await?;
    let counts = load.stop().await;
    let judged = ensure_none_failed(&counts);
    row.note("meanwhile", judged);
    row.note("afterwards", caller.count(FEW, "/", &[]).await.only("v1"));
    let left = only_written(&scene, &[]).await;
    row.note("left", left.map(|()| "nothing".to_owned()));
    ensure!(get(&scene, "deployment", "reviews-v2").await?.is_none(), "reviews-v2 is still there");
    world.found(TITLE, row)?;
    let log = controller.log();
    ensure!(!log.contains("not allowed"), "{log}");
    drop(controller);
    scene.end().await
}

fn load(proxy: &serin_harness::mesh::Proxy, caller: &Caller<'_>) -> Load {
    let requests: Vec<_> =
        (0..200).map(|user| caller.request("/", &[("cookie", &format!("user=u{user}"))])).collect();
    Load::start(proxy.at(PORT), &requests)
}

fn ensure_none_failed(counts: &crate::caller::Counts) -> anyhow::Result<String> {
    ensure!(counts.errors() == 0, "requests failed: {counts}");
    Ok(format!("{} requests, 0 failed", counts.all()))
}

/// Asks a process to end.
pub(super) async fn terminate(running: &Running) -> anyhow::Result<()> {
    let id = running.id().context("it has ended")?.to_string();
    let status = Command::new("kill").args(["-TERM", &id]).status().await?;
    ensure!(status.success(), "it cannot be told to end");
    Ok(())
}
