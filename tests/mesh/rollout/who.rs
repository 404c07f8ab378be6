//! Who may do what, as the API server has it: with the policy of `serin crd` whole rollouts go through, by users who
//! have the rights of docs/rollout.md and no others, and a status that is forged is refused.

mod forged;

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use serin_harness::mesh::until;
use tokio::time::sleep;

use super::objects::{MODULE, history, phase};
use super::reviews;
use super::serin::Serin;
use super::transcript::Transcript;
use crate::caller::Caller;
use crate::scene::{PORT, Scene};
use crate::table::Row;
use crate::world::World;
use forged::Forger;
use std::time::Duration;

const TITLE: &str = "Who may do what, by the API server's policy";
const FEW: usize = 200;

/// Drives, and may not approve.
const DRIVER: &str = "dave";
/// Approves, and may not drive.
const APPROVER: &str = "erin";
/// Takes Releases up and drives them without a verb, and decides nothing.
const CONTROLLER: &str = "system:serviceaccount:serin-system:serin-controller";
/// May write the status, and has no verb.
const WRITER: &str = "frank";

pub(crate) async fn run(world: &World) -> anyhow::Result<()> {
    let scene = reviews::scene(world, "who").await?;
    grant(&scene).await?;
    let forger = Forger { scene: &scene };
    until("the policy holds", async || Ok(forger.is_held().await?.then_some(()))).await?;
    let proxy = scene.sidecar("productpage").await?;
    let caller = reviews::caller(&proxy);
    let (dave, erin) = (Serin::of(&scene, DRIVER), Serin::of(&scene, APPROVER));
    let mut row = Row::new("with a rollout");
    let steps = json!([
        {"scale": {"v2": "50%"}}, {"shift": {"v2": 33.33}}, {"approve": {"timeout": "1h"}},
        {"pause": {"for": "1s"}}, {"pause": {}}, {"shift": {"v2": 50}}, {"promote": "v2"},
    ]);
    reviews::apply(&scene, &dave, steps).await?.code(0)?;
    let start = ["start", "--image", reviews::NEW];
    reviews::verb(&scene, &dave, &start).await?.code(0)?;
    is_in(&scene, "AwaitingApproval").await?;

    let no = reviews::verb(&scene, &dave, &["approve"]).await?;
    ensure!(no.code != Some(0), "approved: {no}");
    let no = no.says(&[
        "ValidatingAdmissionPolicy 'serin-releases' with binding 'serin-releases' denied request:",
        "dave lacks the verb `approve` on releases.serin.dev in the namespace who",
    ]);
    row.note("an approval without the right", no.map(|_| "the API server's own words".to_owned()));
    row.note("forged", forger.all().await);

    for verb in ["pause", "resume"] {
        reviews::verb(&scene, &dave, &[verb]).await?.code(0)?;
    }
    let approve = ["approve", "--no-wait", "--why", "no complaints"];
    reviews::verb(&scene, &erin, &approve).await?.code(0)?;
    let no = reviews::verb(&scene, &erin, &["run"]).await?;
    ensure!(no.code != Some(0), "driven: {no}");
    no.says(&["erin lacks the verb `drive`"])?;
    for (verb, then) in [("run", "Waiting"), ("step", "Paused"), ("resume", "Completed")] {
        reviews::verb(&scene, &dave, &[verb]).await?.code(0)?;
        is_in(&scene, then).await?;
    }
    row.note("to its end", caller.count(FEW, "/", &[]).await.only("v2"));
    row.note("back", back(&forger, &dave, &erin, &caller).await);
    row.note("by hand", by_hand(&scene, &dave, &caller).await);
    world.found(TITLE, row)?;
    scene.end().await?;
    without_rollout(world).await
}

/// Every way back: by a verb, by a user who has this right alone, by a no, and where no one says anything.
async fn back(
    forger: &Forger<'_>,
    dave: &Serin,
    erin: &Serin,
    caller: &Caller<'_>,
) -> anyhow::Result<String> {
    let scene = forger.scene;
    reviews::verb(scene, dave, &["rollback"]).await?.code(0)?;
    is_in(scene, "RolledBack").await?;
    caller.count(FEW, "/", &[]).await.only("v1")?;

    reviews::verb(scene, dave, &["start"]).await?.code(0)?;
    is_in(scene, "AwaitingApproval").await?;
    // No mesh follows it yet: the next one who drives has it follow.
    forger.way_back().await?;
    reviews::verb(scene, dave, &["run"]).await?;
    caller.count(FEW, "/", &[]).await.only("v1")?;

    reviews::verb(scene, dave, &["start"]).await?.code(0)?;
    is_in(scene, "AwaitingApproval").await?;
    // Who says no goes the whole way.
    reviews::verb(scene, erin, &["reject"]).await?;
    reviews::verb(scene, dave, &["run"]).await?;
    is_in(scene, "RolledBack").await?;

    let steps = json!([{"shift": {"v2": 50}}, {"approve": {"timeout": "2s"}}, {"promote": "v2"}]);
    reviews::apply(scene, dave, steps).await?.code(0)?;
    reviews::verb(scene, dave, &["start"]).await?;
    sleep(Duration::from_secs(3)).await;
    reviews::verb(scene, dave, &["run"]).await?;
    is_in(scene, "RolledBack").await?;
    let last = history(scene, "reviews").await?.pop().context("no history")?;
    ensure!(last == ("rollback".to_owned(), "serin".to_owned()), "the last entry is {last:?}");
    caller.count(FEW, "/", &[]).await.only("v1")
}

/// What a plan does not say: a promotion, and the end of the version that lost.
async fn by_hand(scene: &Scene<'_>, dave: &Serin, caller: &Caller<'_>) -> anyhow::Result<String> {
    let steps = json!([{"shift": {"v2": 50}}, {"approve": {}}, {"promote": "v2"}]);
    reviews::apply(scene, dave, steps).await?.code(0)?;
    for verb in ["start", "promote", "retire"] {
        reviews::verb(scene, dave, &[verb]).await?.code(0)?;
    }
    is_in(scene, "Completed").await?;
    let found = caller.count(FEW, "/", &[]).await.only("v2")?;
    reviews::verb(scene, dave, &["delete"]).await?.code(0)?;
    Ok(found)
}

/// A Release that takes effect as it is written.
async fn without_rollout(world: &World) -> anyhow::Result<()> {
    let scene = Scene::start(world, "who-open").await?;
    grant(&scene).await?;
    let dave = Serin::of(&scene, DRIVER);
    let proxy = scene.sidecar("productpage").await?;
    let caller = Caller { proxy: &proxy, host: reviews::HOST, port: PORT };
    let mut row = Row::new("without a rollout");
    let subset = |name: &str| {
        let deployment = format!("reviews-{name}");
        json!({"name": name, "labels": {"version": name}, "workload": {"deployment": deployment}})
    };
    let attach = json!([{"sidecar": {"labels": {"app": "productpage"}}}]);
    for (split, at) in [(0, "none"), (100, "all")] {
        let fields =
            json!({"subsets": [subset("v1"), subset("v2")], "rules": [], "split": {"v2": split}});
        let release = crate::release::reviews(&scene.namespace, &attach, fields);
        scene.write("reviews.yaml", &release.to_string())?;
        let apply = ["apply", "reviews.yaml", "--module-file", MODULE, "--allow-moves", "100"];
        dave.run(&apply).await?.code(0)?;
        let subset = if split == 0 { "v1" } else { "v2" };
        row.note(&format!("{at} on v2"), caller.count(FEW, "/", &[]).await.only(subset));
    }
    reviews::verb(&scene, &dave, &["rollback"]).await?.code(0)?;
    row.note("back", caller.count(FEW, "/", &[]).await.only("v1"));
    for verb in ["start", "promote"] {
        reviews::verb(&scene, &dave, &[verb]).await?.code(0)?;
    }
    row.note("promoted", caller.count(FEW, "/", &[]).await.only("v2"));
    let verbs: Vec<String> =
        history(&scene, "reviews").await?.into_iter().map(|(verb, _)| verb).collect();
    let expected = ["apply", "apply", "rollback", "start", "promote"];
    ensure!(verbs == expected, "expected {expected:?}, found {verbs:?}");
    world.found(TITLE, row)?;
    scene.end().await
}

/// The page's own roles.
async fn grant(scene: &Scene<'_>) -> anyhow::Result<()> {
    let kubectl = scene.mesh.kubectl();
    Transcript::open("rollout.md", "RBAC", scene)?;
    Transcript::open("rollout.md", "Who may approve", scene)?;
    for file in ["rights.yaml", "approvers.yaml"] {
        kubectl.apply_file(&scene.folder.join(file)).await?;
    }
    let namespace = scene.namespace.as_str();
    let mut bindings = Vec::new();
    for (user, role, to) in [
        (DRIVER, "serin-look", None),
        (DRIVER, "serin-release", Some(namespace)),
        (DRIVER, "serin-proxies", Some("istio-system")),
        (APPROVER, "serin-look", None),
        (APPROVER, "serin-approve", Some(namespace)),
        (WRITER, "who-writer", Some(namespace)),
        (CONTROLLER, "who-writer", Some(namespace)),
    ] {
        bindings.push(binding(user, role, to));
    }
    bindings.push(json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": "who-writer"},
        "rules": [
            {"apiGroups": ["serin.dev"], "resources": ["releases"], "verbs": ["get"]},
            {"apiGroups": ["serin.dev"], "resources": ["releases/status"], "verbs": ["update"]},
        ],
    }));
    kubectl.apply(&json!({"apiVersion": "v1", "kind": "List", "items": bindings}).to_string()).await
}

/// A role of a user, in a namespace or everywhere.
fn binding(user: &str, role: &str, to: Option<&str>) -> Value {
    let kind = if to.is_some() { "RoleBinding" } else { "ClusterRoleBinding" };
    let mut binding = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": kind,
        "metadata": {"name": format!("{role}-{}", user.replace(':', "-"))},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}],
    });
    if let Some(namespace) = to {
        binding["metadata"]["namespace"] = json!(namespace);
    }
    binding
}

async fn is_in(scene: &Scene<'_>, expected: &str) -> anyhow::Result<()> {
    let phase = phase(scene, "reviews").await?;
    ensure!(phase == expected, "expected the phase {expected}, found {phase}");
    Ok(())
}
