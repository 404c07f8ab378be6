//! A canary that is away: without `fallback` its users get errors, with `fallback: stable` they are served by stable
//! and get their canary back afterwards.

use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::json;
use tokio::time::sleep;

use crate::caller::{Caller, Counts, STAFF};
use crate::failed::Failed;
use crate::load::{CONNECTIONS, Load};
use crate::own;
use crate::place::{Mode, Place};
use crate::release;
use crate::scene::{Scene, in_order};
use crate::table::Row;
use crate::world::World;

/// How the access log begins of a request that was sent when its connection was lost.
const UNDERWAY: &str = "503 UC upstream_reset_before_response_started{connection_termination}";
/// How long the canary is away, and how long it is there before and after.
const AWAY: Duration = Duration::from_secs(1);

pub(crate) async fn run(
    world: &World,
    mode: Mode,
    place: Place,
    is_on: bool,
) -> anyhow::Result<()> {
    let fallback = if is_on { "stable" } else { "none" };
    let mut scene = Scene::start(world, &format!("fallback-{fallback}-{mode}-{place}")).await?;
    let failed = Failed::log(&scene).await?;
    let fields = json!({"fallback": fallback, "split": {"v2": 0}});
    let release = release::reviews(&scene.namespace, &place.attach(&scene), fields);
    let mode_text = mode.to_string();
    let into = place.into_options(&scene, "own.yaml");
    let mut options = vec!["--route", &mode_text];
    let files = match place {
        Place::Sidecar => scene.render(&release, "mesh", &options).await?,
        Place::Gateway => {
            scene.mesh.kubectl().apply(&own::gateways(&scene)).await?;
            let own = scene.write("own.yaml", &resetting(&own::objects(&scene, place, true)))?;
            options.extend(into.iter().map(String::as_str));
            in_order(&scene.render(&release, "mesh", &options).await?, &own)
        }
    };
    scene.apply(&files).await?;
    let attached = place.attached(&scene).await?;
    let (host, port) = place.door(&scene);
    let caller = Caller { proxy: &attached, host, port };
    caller.until_staff("v2").await?;

    let mut row = Row::new(format!("{mode}, {place}, fallback: {fallback}"));
    let load = || Load::start(attached.at(port), &[caller.request("/", &[STAFF])]);

    let flowing = load();
    sleep(AWAY).await;
    scene.pods.scale("reviews-v2", 0).await?;
    sleep(AWAY).await;
    let meanwhile = caller.ask("/", &[STAFF]).await;
    scene.pods.scale("reviews-v2", 2).await?;
    caller.until_staff("v2").await.context("after the pods came back")?;
    sleep(AWAY).await;
    row.note("no endpoints", judge(is_on, 0, &meanwhile, &flowing.stop().await));

    let flowing = load();
    sleep(AWAY).await;
    scene.pods.refuse("v2", usize::MAX);
    sleep(AWAY).await;
    let meanwhile = caller.ask("/", &[STAFF]).await;
    scene.pods.follow().await?;
    caller.until_staff("v2").await.context("after the servers came back")?;
    sleep(AWAY).await;
    let counts = flowing.stop().await;
    let most = match place {
        Place::Sidecar => CONNECTIONS,
        Place::Gateway => 0,
    };
    let judged = match judge(is_on, most, &meanwhile, &counts) {
        Ok(found) if is_on => underway(&failed, counts.errors()).await.map(|()| found),
        Err(error) if is_on => {
            let lines = failed.lines(counts.errors()).await?.join("\n");
            Err(error.context(lines))
        }
        judged => judged,
    };
    row.note("connections refused", judged);
    world.found("A canary that is away for a second, under load", row)?;
    scene.end().await
}

/// The team's file, where requests may be repeated: those, too, that a pod was answering when it ended.
fn resetting(own: &str) -> String {
    own.replace("retryOn: 5xx", "retryOn: \"connect-failure,refused-stream,reset\"")
        // A busy machine is not what is tried here.
        .replace("timeout: 1s", "timeout: 20s")
        .replace("perTryTimeout: 900ms", "perTryTimeout: 5s")
}

/// That what failed was under way when its pod ended: its connection was lost after it was sent. Envoy repeats that only where
/// `retryOn` has `reset` (or `5xx`), since the pod may have done what was asked.
async fn underway(failed: &Failed, errors: usize) -> anyhow::Result<()> {
    let lines = failed.lines(errors).await?;
    let others: Vec<&String> = lines.iter().filter(|line| !line.starts_with(UNDERWAY)).collect();
    ensure!(others.is_empty() && lines.len() == errors, "of {errors} errors: {lines:#?}");
    Ok(())
}

fn judge(is_on: bool, most: usize, meanwhile: &str, counts: &Counts) -> anyhow::Result<String> {
    let errors = counts.errors();
    let expected = if is_on { "v1" } else { "503" };
    ensure!(meanwhile == expected, "meanwhile expected {expected}, found {meanwhile}: {counts}");
    if is_on {
        ensure!(errors <= most, "expected at most {most} errors: {counts}");
        ensure!(counts.of("v1") > 0, "nobody fell back: {counts}");
    } else {
        ensure!(errors > 0, "expected errors: {counts}");
    }
    ensure!(counts.of("v2") > 0, "nobody was on v2: {counts}");
    Ok(format!("{errors} errors of {}", counts.all()))
}
