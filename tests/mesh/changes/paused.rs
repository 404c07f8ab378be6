//! An Envoy that is stopped in the middle of `serin mesh`: it is waited for, told of, and no request fails.

use anyhow::{Context, ensure};
use serde_json::json;
use serin_harness::mesh::{Proxy, until};

use crate::caller::{Caller, STAFF};
use crate::failed::Failed;
use crate::load::Load;
use crate::place::Place;
use crate::release;
use crate::rollout::serin::{Ran, Serin};
use crate::scene::{PORT, Scene};
use crate::table::Row;
use crate::world::World;

const TITLE: &str = "A proxy that is stopped while rendered files are applied, under load";

pub(crate) async fn run(world: &World) -> anyhow::Result<()> {
    let scene = Scene::start(world, "changes-paused").await?;
    let failed = Failed::log(&scene).await?;
    let attached = scene.sidecar("productpage").await?;
    let (host, port) = Place::Sidecar.door(&scene);
    let caller = Caller { proxy: &attached, host, port };
    caller.until_answered().await?;
    let fields = json!({"split": {"v2": 0}});
    let release = release::reviews(&scene.namespace, &Place::Sidecar.attach(&scene), fields);
    let files = scene.render(&release, "mesh", &[]).await?;
    let folder = files.first().and_then(|file| file.parent()).context("no files")?;
    let folder = folder.to_str().context("a path that is no text")?;
    for command in ["apply", "delete"] {
        let mut row = Row::new(format!("serin mesh {command}"));
        let load = Load::start(attached.at(PORT), &[caller.request("/", &[STAFF])]);
        let ran = stopped_meanwhile(&scene, &attached, &["mesh", command, folder]).await;
        if command == "apply" {
            // At once: it was waited for.
            row.note("staff", caller.count(20, "/", &[STAFF]).await.only("v2"));
        }
        let counts = load.stop().await;
        row.note("stopped in the middle", ran.map(|_| "waited for, told of".to_owned()));
        // It is stopped for less time than a client waits: what hangs in it meanwhile is answered.
        let judged = if counts.errors() == 0 {
            Ok(format!("{} requests, 0 failed", counts.all()))
        } else {
            let lines = failed.lines(counts.errors()).await?.join("\n");
            Err(anyhow::anyhow!("requests failed: {counts}\n{lines}"))
        };
        row.note("load", judged);
        world.found(TITLE, row)?;
    }
    scene.end().await
}

/// Runs a command; the proxy is stopped from its first change on, until it says that it waits.
async fn stopped_meanwhile(
    scene: &Scene<'_>,
    proxy: &Proxy,
    arguments: &[&str],
) -> anyhow::Result<Ran> {
    let mut running = Serin::of(scene, "admin").start(arguments)?;
    until("the first object is changed", async || {
        ensure!(!running.has_ended()?, "it ended: {}", running.log());
        Ok((!running.changes().is_empty()).then_some(()))
    })
    .await?;
    let paused = proxy.pause()?;
    let waits = "to reach pod-";
    until("it says that it waits for the proxy", async || {
        ensure!(!running.has_ended()?, "it has not waited: {}", running.log());
        Ok(running.log().contains(waits).then_some(()))
    })
    .await?;
    let changes = running.changes();
    ensure!(!running.has_ended()?, "it has not waited: {}", running.log());
    drop(paused);
    let ran = running.end().await?.code(0)?;
    ensure!(ran.stdout.lines().count() > changes.lines().count(), "nothing was left: {ran}");
    Ok(ran)
}
