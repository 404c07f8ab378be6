//! A bad configuration, pushed on purpose: proxies that have a good one keep it, a fresh one passes to stable, and
//! the operator can see it.

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use tokio::process::Command;

use crate::caller::{Caller, STAFF};
use crate::neighbours::lua;
use crate::place::Place;
use crate::release;
use crate::scene::{PORT, Scene};
use crate::table::Row;
use crate::world::World;
use serin_harness::mesh::{Proxy, until};

pub(crate) async fn run(world: &World) -> anyhow::Result<()> {
    let scene = Scene::start(world, "refused").await?;
    let release = release::reviews(
        &scene.namespace,
        &Place::Sidecar.attach(&scene),
        json!({"split": {"v2": 0}}),
    );
    let files = scene.render(&release, "mesh", &[]).await?;
    scene.apply(&files).await?;
    let old = scene.sidecar("productpage").await?;
    caller(&old).until_staff("v2").await?;

    let is_install = |file: &&std::path::PathBuf| file.to_string_lossy().contains("-install-");
    let install = files.iter().find(is_install).context("nothing installs the filter")?;
    let good = std::fs::read_to_string(install)?;
    let bad = good.replace(r#""version":1,"#, r#""version":99,"#);
    ensure!(good != bad, "no version in {good}");
    scene.mesh.kubectl().apply(&bad).await?;
    until("the update is refused", async || Ok((refused(&old).await? > 0).then_some(()))).await?;
    let fresh = scene.sidecar("productpage").await?;
    until("the fresh proxy has refused it, too", async || {
        Ok((refused(&fresh).await? > 0).then_some(()))
    })
    .await?;

    let mut row = Row::new("refused configuration");
    row.note("old proxy, staff", caller(&old).count(20, "/", &[STAFF]).await.only("v2"));
    row.note("fresh proxy, staff", caller(&fresh).count(20, "/", &[STAFF]).await.only("v1"));
    row.note("proxy-status, old", status(&scene, &old, 1, "refused").await);
    row.note("proxy-status, fresh", status(&scene, &fresh, 1, "stable-only").await);
    scene.mesh.kubectl().apply(&lua(&scene, 20).to_string()).await?;
    row.note("a change of the listener", listener_refused(&old).await);
    scene.mesh.kubectl().apply(&good).await?;
    caller(&old).until_staff("v2").await?;
    row.note(
        "good again",
        match caller(&fresh).until_staff("v2").await {
            Ok(()) => Ok("fresh on v2".to_owned()),
            Err(error) => Err(error),
        },
    );
    // Envoy heals with the first push after the good configuration, not with the one that brings it.
    scene.mesh.kubectl().apply(&lua(&scene, 21).to_string()).await?;
    for (column, proxy) in [("next push, old", &old), ("next push, fresh", &fresh)] {
        let mut last = None;
        let healed = until("the proxy is well", async || {
            last = Some(status(&scene, proxy, 0, "in-force").await);
            Ok(last.as_ref().is_some_and(Result::is_ok).then_some(()))
        });
        let healed = healed.await.is_ok();
        row.note(
            column,
            match last {
                Some(Err(error)) if !healed => Err(error),
                _ => Ok("in force, listener changed".to_owned()),
            },
        );
    }
    world.found("A bad configuration", row)?;
    scene.end().await
}

fn caller(proxy: &Proxy) -> Caller<'_> {
    Caller { proxy, host: "reviews:9080", port: PORT }
}

async fn refused(proxy: &Proxy) -> anyhow::Result<u64> {
    let stats = proxy.admin().stats("extension_config_discovery.http_filter.").await?;
    Ok(stats
        .iter()
        .filter(|(name, _)| name.ends_with(".update_rejected"))
        .map(|(_, value)| value)
        .sum())
}

/// After a configuration of the filter was refused, Envoy refuses every change of the listeners that hold it.
async fn listener_refused(proxy: &Proxy) -> anyhow::Result<String> {
    let counter = "listener_manager.lds.update_rejected";
    until("the listener's change is refused", async || {
        let stats = proxy.admin().stats(counter).await?;
        Ok(stats.get(counter).is_some_and(|refused| *refused > 0).then_some(()))
    })
    .await?;
    Ok("refused".to_owned())
}

/// `serin proxy-status` ends with this exit code, and says this of the filter.
async fn status(
    scene: &Scene<'_>,
    proxy: &Proxy,
    code: i32,
    state: &str,
) -> anyhow::Result<String> {
    let url = format!("http://{}", proxy.admin().address());
    let arguments = ["proxy-status", "--envoy", &url, "--format", "json"];
    let output = Command::new(&scene.programs().serin).args(arguments).output().await?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(output.status.code() == Some(code), "expected {code}: {}\n{said}", output.status);
    let answer: Value = serde_json::from_str(&said)?;
    let found = &answer[0]["filters"][0]["state"];
    ensure!(found == state, "expected `{state}`:\n{said}");
    Ok(state.to_owned())
}
