//! `mirror`: users are answered by stable, and the candidate's own servers see copies of their requests: in each route
//! mode and place, and as a step of a rollout.

use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use serin_harness::mesh::{Behaviour, until};
use tokio::time::sleep;

use crate::caller::Caller;
use crate::own;
use crate::place::{Mode, Place};
use crate::release;
use crate::rollout::reviews;
use crate::rollout::serin::Serin;
use crate::scene::{Scene, in_order};
use crate::table::Row;
use crate::world::World;

const TITLE: &str = "Copies of requests, counted on the servers of the subset that gets them";
const USERS: usize = 1000;
/// How many are to be copied.
const PERCENT: u32 = 20;
/// Within so long a copy arrives after its request was answered.
const LATE: Duration = Duration::from_secs(1);

pub(crate) async fn run(world: &World, mode: Mode, place: Place) -> anyhow::Result<()> {
    let scene = Scene::start(world, &format!("mirror-{mode}-{place}")).await?;
    let mode_text = mode.to_string();
    let into = place.into_options(&scene, "own.yaml");
    let own = match place {
        Place::Sidecar => None,
        Place::Gateway => {
            scene.mesh.kubectl().apply(&own::gateways(&scene)).await?;
            Some(scene.write("own.yaml", &own::objects(&scene, place, true))?)
        }
    };
    let mut options = vec!["--route", &mode_text];
    if own.is_some() {
        options.extend(into.iter().map(String::as_str));
    }
    let to = async |fields: Value| {
        let release = release::reviews(&scene.namespace, &place.attach(&scene), fields);
        let files = scene.render(&release, "mesh", &options).await?;
        let files = match &own {
            Some(own) => in_order(&files, own),
            None => files,
        };
        scene.apply(&files).await
    };
    let nobody = json!({"rules": [], "split": {"v2": 0}});
    let mut copying = nobody.clone();
    copying["mirror"] = json!({"to": "v2", "percent": PERCENT});
    to(copying).await?;
    let attached = place.attached(&scene).await?;
    let (host, port) = place.door(&scene);
    let caller = Caller { proxy: &attached, host, port };

    let mut row = Row::new(format!("{mode}, {place}"));
    caller.until_answered().await?;
    copies(&caller, &scene, true).await.with_context(|| attached.log_tail())?;
    row.note("on", near(&caller, &scene, "on").await);
    row.note("the filter counts", counted_once(&caller).await);
    to(nobody).await?;
    copies(&caller, &scene, false).await?;
    row.note("off", none(&caller, &scene, "off").await);
    world.found(TITLE, row)?;
    scene.end().await
}

/// A rollout whose first step mirrors: what comes after it, and a rollback, take it away.
pub(crate) async fn rollout(world: &World) -> anyhow::Result<()> {
    world.define_releases().await?;
    let scene = reviews::scene(world, "mirror-step").await?;
    let proxy = scene.sidecar("productpage").await?;
    let caller = reviews::caller(&proxy);
    let serin = Serin::of(&scene, "alice");
    let steps = json!([
        {"mirror": {"v2": PERCENT}}, {"approve": {}}, {"shift": {"v2": 50}}, {"approve": {}},
    ]);
    let mut row = Row::new("a step of a rollout");
    reviews::apply(&scene, &serin, steps).await?.code(0)?;
    row.note("applied", none(&caller, &scene, "applied").await);
    let started = reviews::verb(&scene, &serin, &["start", "--image", reviews::NEW]).await?;
    started.code(0)?.says(&["mirror 20 % to v2", "traffic: all v1, 20 % mirrored to v2"])?;
    row.note("on", near(&caller, &scene, "step").await);
    let status = reviews::verb(&scene, &serin, &["status"]).await?.code(0)?;
    status.says(&["all v1, 20 % mirrored to v2"])?;

    reviews::verb(&scene, &serin, &["approve"]).await?.code(0)?;
    row.note("off", shifted(&caller, &scene).await);
    reviews::verb(&scene, &serin, &["rollback"]).await?.code(0)?;
    reviews::verb(&scene, &serin, &["start"]).await?.code(0)?;
    copies(&caller, &scene, true).await?;
    reviews::verb(&scene, &serin, &["rollback", "--why", "it logs errors"]).await?.code(0)?;
    row.note("rollback", none(&caller, &scene, "back").await);
    let filters = ["envoyfilters", "-n", &scene.namespace];
    let filters = scene.mesh.kubectl().get(&filters).await?.to_string();
    ensure!(!filters.contains("request_mirror_policies"), "the mirror is still there: {filters}");

    reviews::verb(&scene, &serin, &["start"]).await?.code(0)?;
    copies(&caller, &scene, true).await?;
    reviews::verb(&scene, &serin, &["delete", "--force"]).await?.code(0)?;
    let left = crate::rollout::objects::written(&scene).await?;
    let others: Vec<&String> = left.iter().filter(|what| !what.starts_with("Deployment")).collect();
    ensure!(others.is_empty(), "left behind: {others:?}");
    world.found(TITLE, row)?;
    scene.end().await
}

/// Waits until requests are copied, or none is any more.
async fn copies(caller: &Caller<'_>, scene: &Scene<'_>, are_there: bool) -> anyhow::Result<()> {
    let what = if are_there { "requests are copied" } else { "no requests are copied" };
    let mut time = 0;
    until(what, async || {
        time += 1;
        let id = format!("{what} {time}").replace(' ', "-");
        for _ in 0..50 {
            caller.ask("/", &[(Behaviour::ID, &id)]).await;
        }
        sleep(LATE).await;
        Ok(((seen(scene, &id, "v2") > 0) == are_there).then_some(()))
    })
    .await
}

fn seen(scene: &Scene<'_>, id: &str, subset: &str) -> usize {
    scene.pods.seen(id).iter().filter(|seen| seen.subset == subset).count()
}

/// All users are answered by v1, and about so many of their requests are on the servers of v2 too: within six standard
/// deviations, and with the host that was asked for.
async fn near(caller: &Caller<'_>, scene: &Scene<'_>, id: &str) -> anyhow::Result<String> {
    caller.count(USERS, "/", &[(Behaviour::ID, id)]).await.only("v1")?;
    sleep(LATE).await;
    let (served, copied) = (seen(scene, id, "v1"), seen(scene, id, "v2"));
    ensure!(served == USERS, "expected {USERS} requests on v1, found {served}");
    let share = f64::from(PERCENT) / 100.0;
    let (all, found) = (f64::from(u32::try_from(USERS)?), f64::from(u32::try_from(copied)?));
    let deviation = (all * share * (1.0 - share)).sqrt();
    ensure!(
        (found - all * share).abs() <= 6.0 * deviation,
        "expected {PERCENT} % of {USERS} on v2, found {copied}"
    );
    for copy in scene.pods.seen(id) {
        let host = copy.headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or_default();
        ensure!(host == caller.host, "expected the host {}, found {host}", caller.host);
    }
    Ok(format!("{copied} of {USERS} copied ({PERCENT} %), all answered by v1"))
}

/// Nothing is on the servers of v2.
async fn none(caller: &Caller<'_>, scene: &Scene<'_>, id: &str) -> anyhow::Result<String> {
    let few = USERS / 5;
    caller.count(few, "/", &[(Behaviour::ID, id)]).await.only("v1")?;
    sleep(LATE).await;
    let copied = seen(scene, id, "v2");
    ensure!(copied == 0, "expected no copies, found {copied}");
    Ok(format!("0 of {few} copied"))
}

/// Half of the users are on v2, and each request is on one server alone.
async fn shifted(caller: &Caller<'_>, scene: &Scene<'_>) -> anyhow::Result<String> {
    let counts = caller.count(USERS, "/", &[(Behaviour::ID, "shifted")]).await;
    sleep(LATE).await;
    let on_servers = scene.pods.seen("shifted").len();
    ensure!(on_servers == USERS, "expected each of {USERS} requests once, found {on_servers}");
    let copied = seen(scene, "shifted", "v2");
    ensure!(copied == counts.of("v2"), "{counts}, but {copied} requests on v2");
    Ok(format!("0 of {USERS} copied, {} on v2", counts.of("v2")))
}

/// No decision for v2 is counted: a copy passes no filter.
async fn counted_once(caller: &Caller<'_>) -> anyhow::Result<String> {
    let stats = caller.proxy.admin().stats("wasmcustom.").await?;
    let of = |subset: &str| -> u64 {
        let subset = format!("serin_subset=.={subset};.;");
        let decisions = stats.iter().filter(|(name, _)| name.contains("serin_decisions"));
        decisions.filter(|(name, _)| name.contains(&subset)).map(|(_, count)| count).sum()
    };
    let (v1, v2) = (of("v1"), of("v2"));
    // Where routes have a gate, requests that cannot leave stable pass by the filter.
    ensure!(v2 == 0, "expected no decisions for v2, found {v2}, and {v1} for v1: {stats:?}");
    Ok(format!("{v1} for v1, 0 for v2"))
}
