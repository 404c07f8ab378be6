//! A rollout under `virtual-service`, in rules of serin's own and in a team's that were woven with the gate: while others
//! than those of the rules have a share the filter sees everybody, and no rule has to change for it.

use std::collections::BTreeMap;

use anyhow::ensure;
use serde_json::{Value, json};

use super::objects::{MODULE, near};
use super::reviews::{caller, verb};
use super::serin::Serin;
use crate::caller::{Caller, STAFF};
use crate::gate::asked;
use crate::release;
use crate::scene::Scene;
use crate::table::Row;
use crate::world::World;

const USERS: usize = 400;
const OWN: &str = "own.yaml";

pub(crate) async fn run(world: &World) -> anyhow::Result<()> {
    for (title, is_woven) in [("rules of serin's own", false), ("rules of a team", true)] {
        let name = if is_woven { "gated-team" } else { "gated-own" };
        let scene = Scene::start(world, name).await?;
        let proxy = scene.sidecar("productpage").await?;
        let row = driven(&scene, &caller(&proxy), Row::new(title), is_woven).await?;
        world.found("A rollout under virtual-service, with a gate", row)?;
        scene.end().await?;
    }
    Ok(())
}

async fn driven(
    scene: &Scene<'_>,
    caller: &Caller<'_>,
    mut row: Row,
    is_woven: bool,
) -> anyhow::Result<Row> {
    let serin = Serin::of(scene, "alice");
    let mut apply = vec!["apply", "reviews.yaml", "--route", "virtual-service"];
    // Staff move when their rule does.
    apply.extend(["--module-file", MODULE, "--allow-moves", "100"]);
    scene.write("reviews.yaml", &written(scene, None).to_string())?;
    if is_woven {
        woven(scene).await?;
    }
    serin.run(&apply).await?.code(0)?;
    caller.until_staff("v2").await?;
    row.note("no rollout", gated(caller).await);
    verb(scene, &serin, &["rollback"]).await?.code(0)?;
    row.note("rolled back", caller.count(20, "/", &[STAFF]).await.only("v1"));

    let steps = json!([{"shift": {"v2": 50}}, {"pause": {}}, {"promote": "v2"}]);
    scene.write("reviews.yaml", &written(scene, Some(&steps)).to_string())?;
    serin.run(&apply).await?.code(0)?;
    verb(scene, &serin, &["start"]).await?.code(0)?;
    row.note("half", near(&caller.count(USERS, "/", &[]).await, ("v2", "v1"), 0.5));
    row.note("staff", caller.count(20, "/", &[STAFF]).await.only("v2"));
    let seen = asked(caller, &[("cookie", "theme=dark")], "v1").await?;
    ensure!(seen.contains_key("default"), "the filter does not see everybody: {seen:?}");
    verb(scene, &serin, &["resume"]).await?.code(0)?;
    row.note("promoted", caller.count(20, "/", &[]).await.only("v2"));
    verb(scene, &serin, &["rollback"]).await?.code(0)?;
    row.note("back", caller.count(20, "/", &[STAFF]).await.only("v1"));

    scene.write("reviews.yaml", &written(scene, None).to_string())?;
    serin.run(&apply).await?.code(0)?;
    caller.until_staff("v2").await?;
    row.note("afterwards", gated(caller).await);
    Ok(row)
}

/// The Release: staff get v2, and with these steps sooner or later everybody.
fn written(scene: &Scene<'_>, steps: Option<&Value>) -> Value {
    let subset = |name: &str| {
        let deployment = format!("reviews-{name}");
        json!({"name": name, "labels": {"version": name}, "workload": {"deployment": deployment}})
    };
    let mut fields = json!({"subsets": [subset("v1"), subset("v2")]});
    if let Some(steps) = steps {
        fields["rollout"] = json!({"candidate": "v2", "steps": steps});
    }
    let attach = json!([{"sidecar": {"labels": {"app": "productpage"}}}]);
    let mut release = release::reviews(&scene.namespace, &attach, fields);
    if let Some(spec) = release["spec"].as_object_mut() {
        spec.remove("split");
    }
    release
}

/// The team's own rule for the host, into which the Release is woven.
async fn woven(scene: &Scene<'_>) -> anyhow::Result<()> {
    let service = json!({
        "apiVersion": "networking.istio.io/v1",
        "kind": "VirtualService",
        "metadata": {"name": "reviews", "namespace": scene.namespace},
        "spec": {
            "hosts": ["reviews"],
            "http": [{
                "name": "main",
                "timeout": "3s",
                "route": [{"destination": {"host": "reviews", "subset": "v1"}}],
            }],
        },
    });
    let own = scene.write(OWN, &serde_json::to_string_pretty(&service)?)?;
    let render = ["render", "reviews.yaml", "--route", "virtual-service", "--into", OWN];
    let render = [&render[..], &["--module-file", MODULE, "--output", "mesh"]].concat();
    scene.serin(&render).await?;
    let text = std::fs::read_to_string(&own)?;
    ensure!(text.contains("/_gate/main"), "no gate: {text}");
    scene.apply(&[own]).await
}

/// Who has nothing of what the rule asks for never reaches the filter.
async fn gated(caller: &Caller<'_>) -> anyhow::Result<String> {
    let counted = asked(caller, &[("cookie", "theme=dark")], "v1").await?;
    ensure!(counted == BTreeMap::new(), "the filter decided {counted:?}");
    let counted = asked(caller, &[STAFF], "v2").await?;
    ensure!(counted.keys().eq(["staff"]), "{counted:?}");
    Ok("staff on v2, others native".to_owned())
}
