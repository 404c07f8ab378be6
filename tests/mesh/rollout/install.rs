//! `serin install`: the API server takes what it prints, and a controller with exactly those rights carries a rollout
//! through. Nothing else runs beside it: it is the controller of the whole cluster.

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use serin_harness::mesh::until;

use super::controller::{leads, reaches, terminate};
use super::objects::{MODULE, expect, get, history, near, only_written};
use super::reviews;
use super::serin::{Running, Serin};
use crate::scene::Scene;
use crate::table::Row;
use crate::world::World;

const TITLE: &str = "serin install, and a controller with those rights only";
const USERS: usize = 1000;
const FEW: usize = 200;
const HOME: &str = "serin-system";
const NAME: &str = "serin-controller";
const IMAGE: &str = "registry.example.com/serin-controller:0.1.0";
const ACCOUNT: &str = "system:serviceaccount:serin-system:serin-controller";

pub(crate) async fn run(world: &World) -> anyhow::Result<()> {
    let scene = reviews::scene(world, "installed").await?;
    let kubectl = scene.mesh.kubectl();
    let serin = Serin::of(&scene, "alice");
    let mut row = Row::new("installed");
    let printed =
        serin.run(&["install", "--image", IMAGE, "--module-file", MODULE]).await?.code(0)?;
    kubectl.apply(&printed.stdout).await?;
    // Again, as an update does it.
    kubectl.apply(&printed.stdout).await?;
    until("its namespace lets its pods be", async || {
        let pods = kubectl.get(&["pods", "-n", HOME]).await?;
        Ok((pods["items"].as_array().context("pods")?.len() == 2).then_some(()))
    })
    .await?;
    row.note("applied", Ok("two pods, as `restricted` has them".to_owned()));
    let carol = kubectl.with_config(&scene.mesh.kubeconfig("carol"));
    carol.run(&["get", "lease", NAME, "-n", HOME, "--ignore-not-found"], "").await?;
    let all = carol.output(&["get", "leases", "-n", HOME], "").await?;
    ensure!(!all.status.success(), "every user may list the Leases of {HOME}");

    let controller = start(&scene, &serin).await?;
    leads(&controller, "pod-1").await?;
    whole_rollout(&scene, &serin, &mut row).await?;
    taken_back(&scene, &mut row).await?;
    uninstalled(&scene, &serin, controller, &mut row).await?;
    world.found(TITLE, row)?;
    scene.end().await
}

/// Starts the controller as its Deployment has it: with a token of its `ServiceAccount`.
async fn start(scene: &Scene<'_>, serin: &Serin) -> anyhow::Result<Running> {
    let kubectl = scene.mesh.kubectl();
    let token = kubectl.run(&["create", "token", NAME, "-n", HOME], "").await?;
    let admin = std::fs::read_to_string(scene.mesh.kubeconfig("admin"))?;
    let config = admin.replace("token: admin", &format!("token: {}", token.trim()));
    ensure!(config != admin, "no token in the kubeconfig");
    let config = scene.write("controller.kubeconfig", &config)?;
    let deployment = kubectl.get(&["deployment", NAME, "-n", HOME]).await?;
    let arguments = deployment["spec"]["template"]["spec"]["containers"][0]["args"].as_array();
    let arguments = arguments.context("arguments")?.iter().filter_map(Value::as_str);
    let arguments: Vec<String> =
        arguments.map(|argument| argument.replace("$(POD_NAME)", "pod-1")).collect();
    let mut words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    words.extend(["--listen", "127.0.0.1:0", "--log-format", "text"]);
    serin.with_config(config).start(&words)
}

/// The team's Release, as a GitOps tool applies it; every step that asks for a right of its own.
async fn whole_rollout(scene: &Scene<'_>, serin: &Serin, row: &mut Row) -> anyhow::Result<()> {
    let proxy = scene.sidecar("productpage").await?;
    let caller = reviews::caller(&proxy);
    let bob = Serin::of(scene, "bob");
    let steps = json!([
        {"scale": {"v2": "50%"}}, {"shift": {"v2": 50}}, {"approve": {}},
        {"update": {"from": "v2", "to": "v1"}}, {"promote": "v1"}, {"retire": "v2"},
    ]);
    scene.mesh.kubectl().apply(&reviews::release(scene, &steps).to_string()).await?;
    until("the controller took it up", async || {
        Ok((!history(scene, "reviews").await?.is_empty()).then_some(()))
    })
    .await?;
    let start = ["start", "--image", reviews::NEW, "--no-wait"];
    reviews::verb(scene, serin, &start).await?.code(0)?;
    reaches(scene, "AwaitingApproval").await?;
    row.note("start --no-wait", near(&caller.count(USERS, "/", &[]).await, ("v2", "v1"), 0.5));
    reviews::verb(scene, &bob, &["approve", "--no-wait"]).await?.code(0)?;
    reaches(scene, "Completed").await?;
    row.note("approved", caller.count(FEW, "/", &[]).await.only("v1"));
    ensure!(get(scene, "deployment", "reviews-v2").await?.is_none(), "reviews-v2 is there");
    let history = history(scene, "reviews").await?;
    let entries: Vec<(&str, &str)> =
        history.iter().map(|(verb, by)| (verb.as_str(), by.as_str())).collect();
    let expected = [("apply", ACCOUNT), ("start", "alice"), ("approve", "bob")];
    ensure!(entries == expected, "the history has {entries:?}");
    row.note("history", Ok(format!("apply by {ACCOUNT}")));
    Ok(())
}

/// `kubectl delete`, and what the finalizer then has the controller do.
async fn taken_back(scene: &Scene<'_>, row: &mut Row) -> anyhow::Result<()> {
    let delete = ["delete", "release", "reviews", "-n", &scene.namespace, "--timeout=60s"];
    scene.mesh.kubectl().run(&delete, "").await?;
    let left = format!("Deployment {}/reviews-v1", scene.namespace);
    let only = only_written(scene, &[&left]).await;
    row.note("kubectl delete release", only.map(|()| "nothing left".to_owned()));
    Ok(())
}

/// A Release that a controller held can be deleted after that is uninstalled.
async fn uninstalled(
    scene: &Scene<'_>,
    serin: &Serin,
    controller: Running,
    row: &mut Row,
) -> anyhow::Result<()> {
    let kubectl = scene.mesh.kubectl();
    let steps = json!([{"shift": {"v2": 50}}, {"promote": "v2"}]);
    kubectl.apply(&reviews::release(scene, &steps).to_string()).await?;
    until("the Release is held", async || {
        let held = expect(scene, "releases.serin.dev", "reviews").await?;
        Ok((held["metadata"]["finalizers"] == json!(["serin.dev/cleanup"])).then_some(()))
    })
    .await?;
    let acts = ["uninstall", "--timeout", "1s"];
    serin.run(&acts).await?.code(1)?.says(&["`pod-1` still acts"])?;
    terminate(&controller).await?;
    let log = controller.end().await?.code(0)?.text();
    let refused = log.lines().filter(|line| {
        // Namespaces of other cases may be going.
        let is_refused = line.contains("not allowed") || line.contains("orbidden");
        is_refused && !line.contains("being terminated")
    });
    let refused: Vec<&str> = refused.collect();
    ensure!(refused.is_empty(), "it lacks rights:\n{}", refused.join("\n"));
    row.note("refused to the controller", Ok("nothing".to_owned()));

    let held = serin.run(&["uninstall", "--crd"]).await?.code(1)?;
    held.says(&[&format!("{}/reviews", scene.namespace)])?;
    let removed = serin.run(&["uninstall"]).await?.code(0)?;
    removed.says(&[
        &format!("removed the finalizer of Release {}/reviews", scene.namespace),
        "removed ClusterRole serin-controller",
        "removed Namespace serin-system",
    ])?;
    let kinds = "clusterroles,clusterrolebindings,roles,rolebindings";
    let left = kubectl.get(&[kinds, "-A", "-l", "app.kubernetes.io/part-of=serin"]).await?;
    ensure!(left["items"] == json!([]), "these are left: {left:#}");
    let delete = ["delete", "release", "reviews", "-n", &scene.namespace, "--timeout=10s"];
    kubectl.run(&delete, "").await?;
    row.note("uninstalled", Ok("the Release can be deleted".to_owned()));
    Ok(())
}
