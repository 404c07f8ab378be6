//! Each route mode in each place, woven into what the team has: what is rendered is accepted, does what it says, and
//! nothing else.

mod routes;

use anyhow::{Context, ensure};
use policy::Checked;
use serde_json::json;
use serin_harness::mesh::{Behaviour, until};

use crate::caller::{Caller, STAFF};
use crate::own::{self, API, AWAY, MOVED, REST};
use crate::place::{Mode, Place};
use crate::release;
use crate::scene::{Scene, in_order};
use crate::table::Row;
use crate::world::World;

use routes::Routes;

/// Users of a check.
const USERS: usize = 40;
/// The objects of the team, which Serin is woven into.
const OWN: &str = "own.yaml";

pub(crate) async fn run(world: &World, mode: Mode, place: Place) -> anyhow::Result<()> {
    let mut scene = Scene::start(world, &format!("{mode}-{place}")).await?;
    let gateways = scene.write("gateways.yaml", &own::gateways(&scene))?;
    scene.apply(std::slice::from_ref(&gateways)).await?;
    let original = own::objects(&scene, place, mode == Mode::ClusterHeader);
    let own = scene.write(OWN, &original)?;
    scene.apply(std::slice::from_ref(&own)).await?;
    let attached = place.attached(&scene).await?;
    let (other, other_port) = place.unattached(&scene).await?;
    let (host, port) = place.door(&scene);
    let caller = Caller { proxy: &attached, host, port };
    until("the team's routes are there", async || {
        Ok((caller.ask(AWAY, &[]).await == "ratings").then_some(()))
    })
    .await?;
    let before = Routes::of(&attached, &scene).await?;

    let release = release::reviews(&scene.namespace, &place.attach(&scene), json!({}));
    let route = mode.to_string();
    let into = place.into_options(&scene, OWN);
    let mut options = vec!["--route", &route];
    options.extend(into.iter().map(String::as_str));
    let files = scene.render(&release, "mesh", &options).await?;
    let files = in_order(&files, &own);
    let mut row = Row::new(format!("{mode}, {place}"));
    let analyzed = [files.clone(), vec![gateways, scene.objects()?]].concat();
    row.note("istioctl", scene.mesh.validate(&analyzed).await.map(|()| "accepted".to_owned()));
    row.note("API", scene.apply(&files).await.map(|()| format!("{} files", files.len())));
    caller.until_staff("v2").await.with_context(|| format!("files: {files:?}"))?;
    row.note("routes", before.changed_only(&Routes::of(&attached, &scene).await?, mode));
    let checked = release::check(&release)?;
    let decided = caller.as_decided(USERS, &[REST, API], &checked).await;
    let on_v2 = decided.map(|counts| format!("{} of {USERS} on v2", counts.of("v2")));
    row.note("users as decided", on_v2);
    row.note("options", options_kept(&caller, &scene, mode, &checked).await);
    row.note("others", others(&caller).await);
    let unattached = Caller { proxy: &other, host, port: other_port };
    row.note("unattached", only_v1(&unattached).await);
    row.note("one of two v2 refuses", refused(&caller, &mut scene).await);

    let none = release::reviews(
        &scene.namespace,
        &place.attach(&scene),
        json!({"rules": [], "split": {"v2": 0}}),
    );
    let zero = scene.render(&none, "mesh", &options).await?;
    scene.apply(&in_order(&zero, &own)).await?;
    caller.until_staff("v1").await?;
    row.note("0 %", only_v1(&caller).await);

    row.note("undone", undone(&scene, &before, &files, &own, &original, &attached).await);
    world.found("Route modes, woven into the objects of a team", row)?;
    scene.end().await
}

/// Rewrite, time-out and retries of the team's rule hold for both subsets.
async fn options_kept(
    caller: &Caller<'_>,
    scene: &Scene<'_>,
    mode: Mode,
    release: &Checked,
) -> anyhow::Result<String> {
    let somebody = release::somebody_on("v1", release);
    for (user, subset) in [(STAFF, "v2"), (("cookie", &*somebody), "v1")] {
        let slow = [user, (Behaviour::DELAY, "5000"), (Behaviour::STATUS, "200")];
        let found = caller.ask(API, &slow).await;
        ensure!(found == "504", "a slow answer of {subset}: expected 504, found {found}");

        let id = format!("fails-{subset}");
        let failing = [user, (Behaviour::STATUS, "503"), (Behaviour::ID, &id)];
        let found = caller.ask(API, &failing).await;
        ensure!(found == "503", "a failing {subset}: expected 503, found {found}");
        let seen = scene.pods.seen(&id);
        ensure!(seen.len() == 3, "a failing {subset}: expected 3 attempts, found {}", seen.len());
        for seen in seen {
            ensure!(seen.subset == subset, "expected {subset}, found {}", seen.subset);
            let leaked = seen.headers.keys().find(|name| name.as_str().starts_with("x-serin"));
            ensure!(leaked.is_none(), "{subset} sees the header {leaked:?}");
            if mode != Mode::ClusterHeader {
                ensure!(seen.path == "/list", "expected a rewritten path, found `{}`", seen.path);
                ensure!(seen.headers["x-team"] == "reviews", "{:?}", seen.headers);
            }
        }
    }
    Ok("504 after 1 s, 3 attempts".to_owned())
}

/// Rules to elsewhere work as before, for canary users too.
async fn others(caller: &Caller<'_>) -> anyhow::Result<String> {
    for (path, expected) in [(AWAY, "ratings"), (MOVED, "301")] {
        let found = caller.ask(path, &[STAFF]).await;
        ensure!(found == expected, "{path}: expected {expected}, found {found}");
    }
    Ok("untouched".to_owned())
}

/// Istio's retries take users to another pod of the canary. Envoy picks one at random, up to six times for each of
/// three attempts: one request in 8,000 finds the pod that refuses each time. Without retries every second one would.
async fn refused(caller: &Caller<'_>, scene: &mut Scene<'_>) -> anyhow::Result<String> {
    scene.pods.refuse("v2", 1);
    let counts = caller.count(USERS, REST, &[STAFF]).await;
    scene.pods.follow().await?;
    let (served, errors) = (counts.of("v2"), counts.errors());
    ensure!(errors <= 1 && served + errors == USERS, "expected v2, and one 503 at most: {counts}");
    Ok(counts.to_string())
}

/// Nobody reaches v2, though two of its pods are ready.
async fn only_v1(caller: &Caller<'_>) -> anyhow::Result<String> {
    caller.count(2 * USERS, REST, &[STAFF]).await.only("v1")
}

/// What is taken away leaves the team's file byte for byte, and the proxy's routes as they were.
async fn undone(
    scene: &Scene<'_>,
    before: &Routes,
    files: &[std::path::PathBuf],
    own: &std::path::Path,
    original: &str,
    attached: &serin_harness::mesh::Proxy,
) -> anyhow::Result<String> {
    scene.serin(&["render", "mesh.release.yaml", "--undo", "--into", OWN]).await?;
    let text = std::fs::read_to_string(own)?;
    ensure!(text == original, "expected the team's file as it was, found:\n{text}");
    // In reverse: the switch, then the team's rules, then the filter.
    for file in files.iter().rev() {
        if file == own {
            scene.apply(&[own.to_owned()]).await?;
        } else {
            scene.remove(std::slice::from_ref(file)).await?;
        }
    }
    until("the routes are as they were", async || {
        Ok((Routes::of(attached, scene).await? == *before).then_some(()))
    })
    .await?;
    Ok("file and routes as before".to_owned())
}
