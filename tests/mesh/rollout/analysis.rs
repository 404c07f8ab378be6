//! Candidates that are judged while a controller brings them out, by what the proxies of callers count: nothing is
//! installed for it, and no hand is on a keyboard.

use std::time::Duration;

use anyhow::{Context, ensure};
use jiff::Timestamp;
use serde_json::{Value, json};
use serin_harness::mesh::{Behaviour, Exposed, Kind, Prometheus, until};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use super::controller::{leads, start_with};
use super::objects::{MODULE, expect};
use super::reviews;
use super::serin::Serin;
use crate::caller::Caller;
use crate::scene::{PORT, Scene, request};
use crate::table::Row;
use crate::world::World;

const TITLE: &str = "A candidate that is judged by what proxies count, at ten requests a second";
/// Between two requests.
const PAUSE: Duration = Duration::from_millis(100);
/// More than it takes by far.
const LIMIT: Duration = Duration::from_mins(18);
const FEW: usize = 100;

/// What becomes of the candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// One of twenty of its requests fails; that is asked of the proxies, or of a Prometheus that scrapes them.
    Fails(Asked),
    /// It is as good as stable.
    Healthy,
    /// Its users make no requests.
    Idle,
    /// Its pods refuse connections, and stable serves its users, or does not.
    Refuses(bool),
}

/// Who is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Proxies,
    Prometheus,
}

impl How {
    fn name(self) -> &'static str {
        match self {
            Self::Fails(Asked::Proxies) => "fails 5 %",
            Self::Fails(Asked::Prometheus) => "fails 5 %, by Prometheus",
            Self::Healthy => "healthy",
            Self::Idle => "without traffic",
            Self::Refuses(true) => "refuses, fallback: stable",
            Self::Refuses(false) => "refuses, no fallback",
        }
    }
}

/// Users who ask ten times a second, each time another one, until this is dropped.
struct Traffic {
    stop: watch::Sender<bool>,
    asking: JoinHandle<()>,
}

impl Traffic {
    fn start(caller: &Caller<'_>, fails: Option<&'static str>) -> Self {
        let (stop, stopped) = watch::channel(false);
        let at = caller.proxy.at(PORT);
        let asking = tokio::spawn(async move {
            let mut ticks = interval(PAUSE);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let mut user = 0_u64;
            while !*stopped.borrow() {
                ticks.tick().await;
                user += 1;
                let cookie = format!("user=u{user}");
                let mut headers = vec![("cookie", cookie.as_str())];
                headers.extend(fails.map(|fails| (Behaviour::FAIL, fails)));
                let request = request(reviews::HOST, "/", &headers);
                if let Ok(mut client) = envoy::proxy::Client::connect(at).await {
                    let _ = client.send(&request).await;
                }
            }
        });
        Self { stop, asking }
    }

    async fn stop(self) {
        let _ = self.stop.send(true);
        let _ = self.asking.await;
    }
}

pub(crate) async fn run(world: &World, how: How) -> anyhow::Result<()> {
    let name = match how {
        How::Fails(Asked::Proxies) => "judged-worse",
        How::Fails(Asked::Prometheus) => "judged-by-prometheus",
        How::Healthy => "judged-healthy",
        How::Idle => "judged-idle",
        How::Refuses(true) => "judged-refused-back",
        How::Refuses(false) => "judged-refused",
    };
    let mut scene = reviews::scene(world, name).await?;
    let pod = scene.pod(Kind::Sidecar, "productpage", scene.namespace.clone());
    let proxy = scene.proxy(pod.clone()).await?;
    let exposed = Exposed::start(scene.mesh.kubectl(), &proxy, &pod).await?;
    let folder = scene.mesh.folder(&format!("{}/prometheus", scene.namespace))?;
    let prometheus = Prometheus::start(scene.programs(), &folder, &[exposed.address()]).await?;
    let caller = reviews::caller(&proxy);
    let serin = Serin::of(&scene, "alice");
    let series = ["--prometheus", prometheus.url(), "--series", "endpoints"];
    let series: &[&str] = if how == How::Fails(Asked::Prometheus) { &series } else { &[] };
    let controller = start_with(&scene, &serin, "first", series)?;
    leads(&controller, "first").await?;

    let length = if how == How::Idle { "20s" } else { "20m" };
    let steps = json!([
        {"scale": {"v2": 2}}, {"shift": {"v2": 50}},
        {"analyze": {"for": length, "every": "5s", "checks": [{"errors": {"worseThanStable": {}}}]}},
        {"promote": "v2"},
    ]);
    let mut release = reviews::release(&scene, &steps);
    if how == How::Refuses(true) {
        release["spec"]["fallback"] = json!("stable");
    }
    scene.write("reviews.yaml", &release.to_string())?;
    let apply = ["apply", "reviews.yaml", "--module-file", MODULE];
    let apply = [apply.as_slice(), &["--controller-namespace", &scene.namespace]].concat();
    serin.run(&apply).await?.code(0)?;
    let traffic = (how != How::Idle)
        .then(|| Traffic::start(&caller, matches!(how, How::Fails(_)).then_some("v2 20")));
    let command =
        ["start", "reviews", "-n", &scene.namespace, "--image", reviews::NEW, "--no-wait"];
    let command = [command.as_slice(), &["--controller-namespace", &scene.namespace]].concat();
    serin.run(&command).await?.code(0)?;
    wait(&scene, "Analyzing").await.with_context(|| controller.log())?;
    let (begun, since) = (Instant::now(), Timestamp::now());
    if let How::Refuses(_) = how {
        scene.pods.refuse("v2", usize::MAX);
    }

    let mut row = Row::new(how.name());
    match how {
        How::Fails(_) | How::Refuses(_) => {
            wait(&scene, "RolledBack").await.with_context(|| log(&scene, &controller))?;
            row.note("after", Ok(format!("{} s", begun.elapsed().as_secs())));
            row.note("verdict", verdict(&scene, "worse").await);
            let what = history(&scene).await?;
            ensure!(what.starts_with("v2 fails more often than v1: "), "{what}");
            row.note("history", Ok(what));
            // v2's pods are gone, or refuse.
            caller.count(FEW, "/", &[]).await.only("v1")?;
        }
        How::Healthy => {
            wait(&scene, "Completed").await.with_context(|| log(&scene, &controller))?;
            row.note("after", Ok(format!("{} s", begun.elapsed().as_secs())));
            row.note("verdict", verdict(&scene, "healthy").await);
            row.note("Prometheus", past(&scene, &serin, &prometheus, since, 0).await);
            row.note("history", history(&scene).await);
            caller.count(FEW, "/", &[]).await.only("v2")?;
        }
        How::Idle => {
            until("it is inconclusive", async || {
                let release = expect(&scene, "releases.serin.dev", "reviews").await?;
                let conditions = release["status"]["conditions"].as_array().cloned();
                let is = |it: &Value| it["type"] == "Ready" && it["reason"] == "Inconclusive";
                Ok(conditions.unwrap_or_default().iter().any(is).then_some(()))
            })
            .await
            .with_context(|| log(&scene, &controller))?;
            row.note("after", Ok(format!("{} s", begun.elapsed().as_secs())));
            row.note("verdict", verdict(&scene, "inconclusive").await);
            row.note("Prometheus", past(&scene, &serin, &prometheus, since, 5).await);
            let shown = serin.run(&["status", "reviews", "-n", &scene.namespace]).await?.code(0)?;
            let said = [
                "AwaitingApproval",
                "the analysis is inconclusive: v2 got no requests",
                "no traffic",
            ];
            shown.says(&said)?;
            let approve = ["approve", "reviews", "-n", &scene.namespace];
            let approve =
                [approve.as_slice(), &["--controller-namespace", &scene.namespace]].concat();
            serin.run(&approve).await?.code(0)?.says(&["Completed"])?;
            row.note("history", history(&scene).await);
        }
    }
    if let Some(traffic) = traffic {
        traffic.stop().await;
    }
    world.found(TITLE, row)?;
    drop(controller);
    scene.end().await
}

/// Waits until the rollout is in a phase.
async fn wait(scene: &Scene<'_>, phase: &str) -> anyhow::Result<()> {
    let begun = Instant::now();
    loop {
        let found = super::objects::phase(scene, "reviews").await?;
        if found == phase {
            return Ok(());
        }
        ensure!(begun.elapsed() < LIMIT, "expected {phase}, it is {found}");
        sleep(Duration::from_millis(500)).await;
    }
}

/// What the check found.
async fn verdict(scene: &Scene<'_>, expected: &str) -> anyhow::Result<String> {
    let release = expect(scene, "releases.serin.dev", "reviews").await?;
    let check = &release["status"]["analysis"]["analyze"]["checks"][0];
    ensure!(check["outcome"] == expected, "expected {expected}, found {check}");
    let of = |side: &str| {
        let count = |what: &str| check[side][what].as_u64().unwrap_or_default();
        format!("{} of {}", count("events"), count("requests"))
    };
    let weight = |toward: &str| check[toward]["evidence"].as_f64().unwrap_or_default();
    Ok(format!(
        "{expected}: v2 {}, v1 {}, E worse {:.1}, healthy {:.1}",
        of("candidate"),
        of("stable"),
        weight("worse"),
        weight("healthy")
    ))
}

/// What Prometheus says of the same time: the command ends with this code.
async fn past(
    scene: &Scene<'_>,
    serin: &Serin,
    prometheus: &Prometheus,
    since: Timestamp,
    code: i32,
) -> anyhow::Result<String> {
    // What was counted last has been scraped then.
    sleep(Duration::from_secs(3)).await;
    let since = since.to_string();
    let command = ["analyze", "reviews", "-n", &scene.namespace, "--from", &since];
    let how = ["--prometheus", prometheus.url(), "--series", "endpoints", "--every", "5s"];
    let checks = ["--check", "errors", "-o", "json"];
    let ran = serin.run(&[command.as_slice(), &how, &checks].concat()).await?.code(code)?;
    let judged: Value = serde_json::from_str(&ran.stdout)?;
    let check = &judged["checks"][0];
    let of = |side: &str| format!("{} of {}", check[side]["events"], check[side]["requests"]);
    Ok(format!("{}: v2 {}, v1 {}", check["outcome"], of("candidate"), of("stable")))
}

/// The last entry.
async fn history(scene: &Scene<'_>) -> anyhow::Result<String> {
    let release = expect(scene, "releases.serin.dev", "reviews").await?;
    let entries = release["status"]["history"].as_array().cloned().unwrap_or_default();
    let last = entries.last().context("no history")?;
    Ok(last["what"].as_str().unwrap_or_default().to_owned())
}

fn log(scene: &Scene<'_>, controller: &super::serin::Running) -> String {
    format!("{}: {}", scene.namespace, controller.log())
}
