//! The gate in rules of a team: what cannot leave stable never reaches the filter, what passes is decided as ever, and
//! who claims to have a decision gains nothing.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::ensure;
use hyper::http::HeaderValue;
use serde_json::json;
use serin_harness::mesh::{Proxy, until};

use crate::caller::{Caller, STAFF};
use crate::own::{self, API, AWAY, REST};
use crate::place::{Mode, Place};
use crate::release;
use crate::scene::{Scene, in_order};
use crate::table::Row;
use crate::world::World;

type Headers<'h> = &'h [(&'h str, &'h str)];

/// Requests of each kind.
const TIMES: u64 = 10;
const OWN: &str = "own.yaml";

pub(crate) async fn run(world: &World, place: Place) -> anyhow::Result<()> {
    let scene = Scene::start(world, &format!("gate-{place}")).await?;
    let gateways = scene.write("gateways.yaml", &own::gateways(&scene))?;
    scene.apply(std::slice::from_ref(&gateways)).await?;
    let original = own::objects(&scene, place, false);
    let own = scene.write(OWN, &original)?;
    let attached = place.attached(&scene).await?;
    let (other, other_port) = place.unattached(&scene).await?;
    let (host, port) = place.door(&scene);
    let caller = Caller { proxy: &attached, host, port };
    let rules = json!([
        {"name": "staff", "match": [{"cookies": {"group": {"exact": "staff"}}}], "split": {"v2": 100}},
        {"name": "team", "match": [{"headers": {"x-team": {"exact": "qa"}}}], "split": {"v2": 100}},
    ]);
    let fields = json!({"rules": rules, "split": {"v2": 0}});
    let release = release::reviews(&scene.namespace, &place.attach(&scene), fields);
    let route = Mode::VirtualService.to_string();
    let into = place.into_options(&scene, OWN);
    let mut options = vec!["--route", &route];
    options.extend(into.iter().map(String::as_str));
    let files = in_order(&scene.render(&release, "mesh", &options).await?, &own);
    let mut row = Row::new(place.to_string());
    let analyzed = [files.clone(), vec![gateways, scene.objects()?]].concat();
    row.note("istioctl", scene.mesh.validate(&analyzed).await.map(|()| "accepted".to_owned()));
    scene.apply(&files).await?;
    caller.until_staff("v2").await?;
    row.note("others", native(&caller, &scene.namespace).await);
    row.note("who pass", decided(&caller).await);
    row.note("any bytes", any_bytes(&caller).await);
    row.note("unattached", unattached(&Caller { proxy: &other, host, port: other_port }).await);

    options.push("--no-gate");
    let ungated = in_order(&scene.render(&release, "mesh", &options).await?, &own);
    scene.apply(&ungated).await?;
    row.note("--no-gate", shown(&caller).await);
    row.note("undone", undone(&scene, &own, &original).await);
    world.found("The gate, woven into the rules of a team", row)?;
    scene.end().await
}

/// The decisions that the filter of a proxy has counted, by rule.
async fn counted(proxy: &Proxy) -> anyhow::Result<BTreeMap<String, u64>> {
    let mut counted = BTreeMap::new();
    for (name, value) in proxy.admin().stats("wasmcustom.").await? {
        let rule = name.split_once("serin_rule=.=").and_then(|(_, rest)| rest.split_once(";.;"));
        let Some((rule, _)) = rule else { continue };
        *counted.entry(rule.to_owned()).or_default() += value;
    }
    Ok(counted)
}

/// How many decisions are counted while such requests are answered by `subset`, each time, wherever they go.
pub(crate) async fn asked(
    caller: &Caller<'_>,
    headers: Headers<'_>,
    subset: &str,
) -> anyhow::Result<BTreeMap<String, u64>> {
    let before = counted(caller.proxy).await?;
    for path in [REST, API] {
        for _ in 0..TIMES {
            let found = caller.ask(path, headers).await;
            ensure!(found == subset, "{headers:?} at {path}: expected {subset}, found {found}");
        }
    }
    let mut counted = counted(caller.proxy).await?;
    for (rule, value) in &mut counted {
        *value -= before.get(rule).copied().unwrap_or_default();
    }
    counted.retain(|_, value| *value > 0);
    Ok(counted)
}

/// Requests with nothing of what the rules ask for, and those that only claim a decision.
async fn native(caller: &Caller<'_>, namespace: &str) -> anyhow::Result<String> {
    let claimed = format!("reviews.{namespace}/v2");
    let kinds: [Headers; 5] = [
        &[],
        &[("cookie", "user=u1; theme=dark")],
        &[("x-team", "ops")],
        &[("x-serin-subset", &claimed)],
        &[("x-serin-subset", &claimed), ("cookie", "theme=dark")],
    ];
    for headers in kinds {
        let counted = asked(caller, headers, "v1").await?;
        ensure!(counted.is_empty(), "{headers:?}: the filter decided {counted:?}");
    }
    ensure!(caller.ask(AWAY, &[STAFF]).await == "ratings", "another service's rule has changed");
    Ok(format!("{} kinds on v1, 0 decisions", kinds.len()))
}

/// Requests that pass the gate, by each of its conditions.
async fn decided(caller: &Caller<'_>) -> anyhow::Result<String> {
    let all = 2 * TIMES;
    let claimed: Headers = &[("cookie", "group=guests"), ("x-serin-subset", "reviews/v2")];
    let kinds: [(Headers, &str, &str); 5] = [
        (&[STAFF], "v2", "staff"),
        (&[("cookie", "a=b;group = staff")], "v2", "staff"),
        (&[("x-team", "ops"), ("x-team", "qa")], "v2", "team"),
        (&[("cookie", "group=guests")], "v1", "default"),
        (claimed, "v1", "default"),
    ];
    for (headers, subset, rule) in kinds {
        let counted = asked(caller, headers, subset).await?;
        let expected = BTreeMap::from([(rule.to_owned(), all)]);
        ensure!(counted == expected, "{headers:?}: expected {expected:?}, found {counted:?}");
    }
    Ok("decided and counted, each".to_owned())
}

/// What is no UTF-8 beside the cookie hides it from no regex.
async fn any_bytes(caller: &Caller<'_>) -> anyhow::Result<String> {
    let mut request = caller.request(REST, &[]);
    let cookie = HeaderValue::from_bytes(b"a=\xff\xfe\x80; group=staff; b=\xc3")?;
    request.headers_mut().insert("cookie", cookie);
    let answer = caller.proxy.send(caller.port, &request).await?;
    ensure!(answer.served_by() == Some("v2"), "{:?}", answer.served_by());
    Ok("pass".to_owned())
}

async fn unattached(caller: &Caller<'_>) -> anyhow::Result<String> {
    caller.count(20, REST, &[STAFF, ("x-team", "qa")]).await.only("v1")
}

/// Without a gate every request is counted.
async fn shown(caller: &Caller<'_>) -> anyhow::Result<String> {
    until("the filter sees every request", async || {
        let counted = asked(caller, &[], "v1").await?;
        Ok((counted == BTreeMap::from([("default".to_owned(), 2 * TIMES)])).then_some(()))
    })
    .await?;
    caller.until_staff("v2").await?;
    Ok("all counted".to_owned())
}

/// Weaving both ways has left nothing that cannot be taken out.
async fn undone(scene: &Scene<'_>, own: &Path, original: &str) -> anyhow::Result<String> {
    scene.serin(&["render", "mesh.release.yaml", "--undo", "--into", OWN]).await?;
    let text = std::fs::read_to_string(own)?;
    ensure!(text == original, "expected the team's file as it was, found:\n{text}");
    Ok("file as before".to_owned())
}
