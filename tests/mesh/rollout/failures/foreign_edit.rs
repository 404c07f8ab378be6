//! Somebody else edits what `serin` has written: it is told, and overwritten only where that is asked for.

use anyhow::{Context, ensure};
use serde_json::json;

use super::super::objects::{MODULE, expect, written};
use super::super::reviews;
use super::super::serin::Serin;
use super::{FEW, TITLE};
use crate::table::Row;
use crate::world::World;

pub(crate) async fn run(world: &World) -> anyhow::Result<()> {
    let scene = reviews::scene(world, "foreign-edit").await?;
    let proxy = scene.sidecar("productpage").await?;
    let caller = reviews::caller(&proxy);
    let serin = Serin::of(&scene, "alice");
    let steps = json!([{"shift": {"v2": 50}}, {"approve": {}}, {"promote": "v2"}]);
    reviews::apply(&scene, &serin, steps).await?.code(0)?;
    reviews::verb(&scene, &serin, &["start", "--image", reviews::NEW]).await?.code(0)?;
    let written = written(&scene).await?;
    let name = written.iter().find_map(|name| name.strip_prefix("VirtualService "));
    let name = name.and_then(|name| name.split('/').nth(1)).context("no VirtualService")?;
    let object = expect(&scene, "virtualservice", name).await?;
    let mut http = object["spec"]["http"].clone();
    http[0]["timeout"] = json!("7s");
    let patch = json!({"spec": {"http": http}}).to_string();
    let edit = ["patch", "virtualservice", name, "-n", &scene.namespace, "--type=merge"];
    let edit = [&edit[..], &["--field-manager=somebody", "--patch", &patch]].concat();
    scene.mesh.kubectl().run(&edit, "").await?;

    let mut row = Row::new("somebody edits serin's VirtualService");
    let ran = reviews::verb(&scene, &serin, &["approve", "--timeout", "20s"]).await?;
    ensure!(matches!(ran.code, Some(1 | 3)), "expected that it is refused: {ran}");
    let said = ran.says(&[name, "somebody"]);
    row.note("the command", said.map(|_| "told who edited what".to_owned()));
    let now = expect(&scene, "virtualservice", name).await?;
    ensure!(now["spec"]["http"][0]["timeout"] == "7s", "it was overwritten: {now}");
    let force = ["apply", "reviews.yaml", "--module-file", MODULE, "--force"];
    let forced = serin.run(&force).await?.code(0)?;
    let now = expect(&scene, "virtualservice", name).await?;
    let timeout = &now["spec"]["http"][0]["timeout"];
    ensure!(timeout.is_null(), "`--force` has not overwritten it: {now}\n{forced}");
    row.note("afterwards", Ok("overwritten with --force".to_owned()));
    reviews::verb(&scene, &serin, &["run"]).await?.code(0)?;
    row.note("users", caller.count(FEW, "/", &[]).await.only("v2"));
    world.found(TITLE, row)?;
    scene.end().await
}
