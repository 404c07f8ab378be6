//! What stops working in the middle of a rollout: `serin rollback` sends all users to stable all the same, or says what is in
//! the way, moves no user, and does it when that is gone.

use anyhow::ensure;
use serde_json::{Value, json};
use serin_harness::mesh::until;

use super::super::objects::{get, only_written, phase};
use super::super::reviews;
use super::TITLE;
use super::planted::Stage;
use crate::neighbours::lua;
use crate::scene::Scene;
use crate::table::Row;
use crate::world::World;

/// What a policy says that refuses changes.
const FROZEN: &str = "EnvoyFilters are frozen until Monday";
/// What becomes of a rollback.
#[derive(Clone, Copy)]
enum Outcome {
    /// It ends with 0.
    Back,
    /// Users go back, and it is said that the status does not say so.
    Unrecorded,
    /// No user moves until it is gone.
    Stays,
}

/// What is planted.
struct Hindrance {
    title: &'static str,
    objects: Vec<Value>,
    /// What the API server refuses while it is there.
    refused: Vec<String>,
    outcome: Outcome,
    says: &'static [&'static str],
}

pub(crate) async fn run(world: &World) -> anyhow::Result<()> {
    let stage = Stage::start(world, "hindered").await?;
    let scene = &stage.scene;
    for hindrance in hindrances(scene) {
        let mut row = Row::new(format!("{}, in the middle of a rollout", hindrance.title));
        hinder(&stage, &hindrance, &mut row).await?;
        world.found(TITLE, row)?;
        stage.begin().await?;
    }
    let mut row = Row::new("a pause, in the middle of a rollout");
    reviews::verb(scene, &stage.serin, &["pause"]).await?.code(0)?;
    reviews::verb(scene, &stage.serin, &["rollback"]).await?.code(0)?;
    row.note("the command", Ok("0".to_owned()));
    row.note("users", stage.all_on_stable().await);
    let phase = phase(scene, "reviews").await?;
    row.note("afterwards", Ok(phase));
    world.found(TITLE, row)?;
    stage.begin().await?;
    let mut row = Row::new("the Release deleted with kubectl, in the middle of a rollout");
    deleted(&stage, &mut row).await?;
    world.found(TITLE, row)?;
    stage.end().await
}

fn hindrances(scene: &Scene<'_>) -> Vec<Hindrance> {
    let namespace = scene.namespace.as_str();
    let filter = format!("serin.{namespace}.reviews.install.sidecar.app-productpage");
    let touch = |kind: &str, name: &str| {
        ["annotate", kind, name, "-n", namespace, "probe=1", "--dry-run=server"]
            .map(str::to_owned)
            .to_vec()
    };
    let status = [
        "patch",
        "releases.serin.dev",
        "reviews",
        "-n",
        namespace,
        "--subresource=status",
        "--type=merge",
        "--patch={\"status\":{\"message\":\"probe\"}}",
        "--dry-run=server",
    ]
    .map(str::to_owned)
    .to_vec();
    let mut broken = lua(scene, 20);
    let patch = "/spec/configPatches/0/patch/value/typed_config/default_source_code/inline_string";
    if let Some(code) = broken.pointer_mut(patch) {
        *code = json!("function envoy_on_request(");
    }
    vec![
        Hindrance {
            title: "a webhook of routes is down",
            objects: vec![webhook(
                scene,
                "networking.istio.io",
                &["virtualservices", "destinationrules"],
            )],
            refused: touch("virtualservice", "serin-reviews"),
            outcome: Outcome::Back,
            says: &[],
        },
        Hindrance {
            title: "a webhook of Releases is down",
            objects: vec![webhook(scene, "serin.dev", &["releases", "releases/status"])],
            refused: status,
            outcome: Outcome::Unrecorded,
            says: &["down.example.com", "the status does not say so"],
        },
        Hindrance {
            title: "a webhook of EnvoyFilters is down",
            objects: vec![webhook(scene, "networking.istio.io", &["envoyfilters"])],
            refused: touch("envoyfilter", &filter),
            outcome: Outcome::Stays,
            says: &["down.example.com"],
        },
        Hindrance {
            title: "a policy refuses changes of EnvoyFilters",
            objects: frozen(scene),
            refused: touch("envoyfilter", &filter),
            outcome: Outcome::Stays,
            says: &[FROZEN],
        },
        Hindrance {
            title: "callers reject another team's filter",
            objects: vec![broken],
            refused: Vec::new(),
            outcome: Outcome::Back,
            says: &[],
        },
    ]
}

async fn hinder(stage: &Stage<'_>, hindrance: &Hindrance, row: &mut Row) -> anyhow::Result<()> {
    let scene = &stage.scene;
    for object in &hindrance.objects {
        stage.plant(object).await?;
    }
    refused(scene, hindrance, true).await?;
    let ran = reviews::verb(scene, &stage.serin, &["rollback", "--timeout", "5s"]).await?;
    let (ran, users) = match hindrance.outcome {
        Outcome::Back => (ran.code(0)?, stage.all_on_stable().await),
        Outcome::Unrecorded => {
            ensure!(ran.code != Some(0), "expected that it says so: {ran}");
            (ran, stage.all_on_stable().await)
        }
        Outcome::Stays => {
            ensure!(ran.code != Some(0), "expected that it is refused: {ran}");
            (ran, stage.each_on_one_of_both().await.map(|()| "as before, 0 failed".to_owned()))
        }
    };
    let code = ran.code.unwrap_or_default();
    row.note(
        "the command",
        ran.says(hindrance.says).map(|_| format!("{code}: what is in the way named")),
    );
    row.note("users", users);
    for object in &hindrance.objects {
        stage.pull(object).await?;
    }
    refused(scene, hindrance, false).await?;
    reviews::verb(scene, &stage.serin, &["rollback"]).await?.code(0)?;
    let phase = phase(scene, "reviews").await?;
    ensure!(phase == "RolledBack", "the phase is {phase}");
    row.note("afterwards", stage.all_on_stable().await.map(|_| "all on stable".to_owned()));
    Ok(())
}

/// Waits until the API server has heard of it, or that it is gone.
async fn refused(scene: &Scene<'_>, hindrance: &Hindrance, is_refused: bool) -> anyhow::Result<()> {
    if hindrance.refused.is_empty() {
        return Ok(());
    }
    let arguments: Vec<&str> = hindrance.refused.iter().map(String::as_str).collect();
    until("the API server has heard of it", async || {
        let output = scene.mesh.kubectl().output(&arguments, "").await?;
        Ok((output.status.success() != is_refused).then_some(()))
    })
    .await
}

/// Without the Release, `serin delete` does it.
async fn deleted(stage: &Stage<'_>, row: &mut Row) -> anyhow::Result<()> {
    let scene = &stage.scene;
    let kubectl = scene.mesh.kubectl();
    kubectl.run(&["delete", "releases.serin.dev", "reviews", "-n", &scene.namespace], "").await?;
    let ran = reviews::verb(scene, &stage.serin, &["rollback"]).await?;
    ensure!(ran.code != Some(0), "expected that it says so: {ran}");
    ran.says(&["there is no Release"])?;
    stage.each_on_one_of_both().await?;
    reviews::verb(scene, &stage.serin, &["delete"]).await?.code(0)?;
    row.note("the command", Ok("told; `serin delete`: 0".to_owned()));
    row.note("users", stage.all_on_stable().await);
    ensure!(get(scene, "deployment", "reviews-v2").await?.is_none(), "reviews-v2 is still there");
    row.note("afterwards", only_written(scene, &[]).await.map(|()| "nothing left".to_owned()));
    Ok(())
}

/// The namespaces of this scene and no others'.
fn here(scene: &Scene<'_>) -> Value {
    json!({"matchExpressions": [{
        "key": "kubernetes.io/metadata.name",
        "operator": "In",
        "values": [scene.namespace, scene.ingress()],
    }]})
}

/// A webhook that does not answer, for these resources.
fn webhook(scene: &Scene<'_>, group: &str, resources: &[&str]) -> Value {
    json!({
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": format!("down-{}", scene.namespace)},
        "webhooks": [{
            "name": "down.example.com",
            "clientConfig": {"url": "https://localhost:1/validate"},
            "rules": [{
                "operations": ["CREATE", "UPDATE", "DELETE"],
                "apiGroups": [group],
                "apiVersions": ["*"],
                "resources": resources,
            }],
            "namespaceSelector": here(scene),
            "failurePolicy": "Fail",
            "sideEffects": "None",
            "timeoutSeconds": 1,
            "admissionReviewVersions": ["v1"],
        }],
    })
}

/// A policy that refuses every change of an EnvoyFilter.
fn frozen(scene: &Scene<'_>) -> Vec<Value> {
    let name = format!("frozen-{}", scene.namespace);
    let object = |kind: &str, spec: Value| {
        json!({
            "apiVersion": "admissionregistration.k8s.io/v1",
            "kind": kind,
            "metadata": {"name": name},
            "spec": spec,
        })
    };
    let rule = json!({
        "apiGroups": ["networking.istio.io"],
        "apiVersions": ["*"],
        "operations": ["UPDATE"],
        "resources": ["envoyfilters"],
    });
    vec![
        object(
            "ValidatingAdmissionPolicy",
            json!({
                "matchConstraints": {"resourceRules": [rule]},
                "validations": [{"expression": "false", "message": FROZEN}],
            }),
        ),
        object(
            "ValidatingAdmissionPolicyBinding",
            json!({
                "policyName": name,
                "validationActions": ["Deny"],
                "matchResources": {"namespaceSelector": here(scene)},
            }),
        ),
    ]
}
