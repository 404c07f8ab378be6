//! How the module gets into proxies, and what each fail policy means when it does not, or traps.

use std::path::PathBuf;

use anyhow::{Context, ensure};
use serde_json::json;
use serin_harness::mesh::{Https, Kind, Proxy, Registry};
use tokio::process::Command;

use crate::caller::{Caller, STAFF};
use crate::place::{Mode, Place};
use crate::release;
use crate::scene::{PORT, Scene};
use crate::table::Row;
use crate::world::World;

const DELIVERY: &str = "Delivery of the module, through istio-agent";
/// A digest that no module has.
const WRONG: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// A server for https, by ECDS.
pub(crate) async fn https(world: &World) -> anyhow::Result<()> {
    let scene = Scene::start(world, "https").await?;
    let folder = scene.mesh.folder(&format!("{}/www", scene.namespace))?;
    std::fs::copy(&scene.programs().module, folder.join("serin.wasm"))?;
    let server = Https::serve(&folder).await?;
    let url = server.url("serin.wasm");
    let right = sha256(&scene).await?;
    for (digest, policy, expected) in [
        (right.as_str(), "open", "v2"),
        (WRONG, "open", "v1"),
        (WRONG, "closed", "403"),
        (WRONG, "reload", "403"),
    ] {
        let options = ["--module-url", &url, "--module-sha256", digest, "--fail-policy", policy];
        let is_right = if digest == WRONG { "wrong" } else { "right" };
        let mut row = Row::new(format!("https, {is_right} sha256, --fail-policy {policy}"));
        row.note("staff", fetched(&scene, &options, expected).await);
        world.found(DELIVERY, row)?;
    }
    scene.end().await
}

/// An OCI registry: by ECDS, and by the `WasmPlugin` that a registry with a password needs.
pub(crate) async fn oci(world: &World) -> anyhow::Result<()> {
    let scene = Scene::start(world, "oci").await?;
    let layout = scene.folder.join("image");
    let module = scene.programs().module.to_string_lossy().into_owned();
    scene.serin(&["image", &module, "--output", &layout.to_string_lossy()]).await?;
    let registry = Registry::serve(&layout).await?;
    let url = registry.url();
    let options = ["--module-url", url.as_str(), "--module-pull-secret", "registry"];
    for (name, options) in [("ECDS", &options[..2]), ("WasmPlugin", &options)] {
        let mut row = Row::new(format!("oci, {name}"));
        row.note("staff", fetched(&scene, options, "v2").await);
        world.found(DELIVERY, row)?;
    }
    ensure!(registry.served() > 0, "nothing was fetched");
    scene.end().await
}

/// istiod hands secrets to proxies that have proved who they are, which these cannot: the registry is an open one,
/// and the `WasmPlugin` does without.
fn without_secret(files: &[PathBuf]) -> anyhow::Result<()> {
    for file in files {
        let text = std::fs::read_to_string(file)?;
        let lines = text.lines().filter(|line| !line.contains("imagePullSecret:"));
        let open: Vec<&str> = lines.collect();
        std::fs::write(file, open.join("\n") + "\n")?;
    }
    Ok(())
}

/// Renders with these options, applies it, and asks through a fresh proxy with istio-agent.
async fn fetched(scene: &Scene<'_>, options: &[&str], expected: &str) -> anyhow::Result<String> {
    let fields = json!({"split": {"v2": 0}});
    let release = release::reviews(&scene.namespace, &Place::Sidecar.attach(scene), fields);
    let files = scene.render_only(&release, "mesh", options).await?;
    without_secret(&files)?;
    scene.mesh.validate(&[files.clone(), vec![scene.objects()?]].concat()).await?;
    scene.apply(&files).await?;
    let pod = scene.pod(Kind::Sidecar, "productpage", scene.namespace.clone());
    let folder = scene.mesh.folder(&format!("{}/{}", scene.namespace, pod.name))?;
    let attached = Proxy::start_with_agent(scene.programs(), &pod, folder).await?;
    let caller = Caller { proxy: &attached, host: "reviews:9080", port: PORT };
    caller.until_staff(expected).await.with_context(|| {
        let log = std::fs::read_to_string(attached.folder().join("pilot-agent.log"));
        log.unwrap_or_default()
            .lines()
            .filter(|line| line.contains("wasm"))
            .collect::<Vec<_>>()
            .join("\n")
    })?;
    let found = caller.count(20, "/", &[STAFF]).await.only(expected)?;
    scene.remove(&files).await?;
    Ok(found)
}

async fn sha256(scene: &Scene<'_>) -> anyhow::Result<String> {
    let output = Command::new("sha256sum").arg(&scene.programs().module).output().await?;
    let printed = String::from_utf8(output.stdout)?;
    Ok(printed.split(' ').next().unwrap_or_default().to_owned())
}

/// What a module that traps on purpose means under each fail policy: while it traps, and afterwards.
pub(crate) async fn traps(world: &World, mode: Mode) -> anyhow::Result<()> {
    let scene = Scene::start(world, &format!("traps-{mode}")).await?;
    let trapping = scene.trapping_module()?;
    let mode_text = mode.to_string();
    for (policy, expected) in [("open", "v1"), ("closed", "503"), ("reload", "v1")] {
        let release = release::reviews(&scene.namespace, &Place::Sidecar.attach(&scene), json!({}));
        let options = ["--route", &mode_text, "--fail-policy", policy];
        let files = scene.render_with(&release, "mesh", &trapping, &options).await?;
        scene.apply(&files).await?;
        let attached = scene.sidecar("productpage").await?;
        let caller = Caller { proxy: &attached, host: "reviews:9080", port: PORT };
        caller.until_staff("v1").await?;
        let mut row = Row::new(format!("{mode}, --fail-policy {policy}"));
        // Every worker's module traps; under `reload` it is made anew and traps again.
        let trapped = caller.count(40, "/", &[("x-trap", "1")]).await;
        ensure!(trapped.of("503") > 0, "nothing trapped: {trapped}");
        row.note("requests that trap", Ok(trapped.to_string()));
        tokio::time::sleep(std::time::Duration::from_secs(3)).await;
        row.note("later requests", caller.count(40, "/", &[STAFF]).await.only(expected));
        world.found("A module that traps", row)?;
    }
    scene.end().await
}
