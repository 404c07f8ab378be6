//! A gateway that a Kubernetes Gateway (Gateway API) describes: `HTTPRoutes` whose rules have the Release's name, and
//! `VirtualServices` on an Istio Gateway that selects the same pods.

mod objects;

use std::path::PathBuf;

use anyhow::{Context, ensure};
use policy::Checked;
use serde_json::{Value, json};
use serin_harness::mesh::{Behaviour, ISTIO_VERSION, Kind, Pod, Proxy, until};

use crate::caller::{Caller, STAFF};
use crate::place::Mode;
use crate::release;
use crate::scene::{SHOP, Scene, in_order};
use crate::table::Row;
use crate::trust;
use crate::world::World;

use objects::{GATEWAY_NAME, attach, gateway, http_routes, list, stable_service};

const TITLE: &str = "Kubernetes Gateway";
const USERS: usize = 40;
/// A rule with a time-out and a header of its own, in an `HTTPRoute` of its own.
const API: &str = "/api";

pub(crate) async fn run(world: &World) -> anyhow::Result<()> {
    let scene = Scene::start(world, "kube-gateway").await?;
    let kubectl = scene.mesh.kubectl();
    let (port, other_port) = (scene.gateway_port(), scene.other_gateway_port());
    kubectl.apply(&list(&gateway(&scene, "web", port))).await?;
    kubectl.apply(&list(&gateway(&scene, "other", other_port))).await?;
    kubectl.apply(&stable_service(&scene).to_string()).await?;
    kubectl.ready(&scene.ingress()).await?;
    let gateways = ["gateways.gateway.networking.k8s.io", "--all", "-n", &scene.ingress()];
    let programmed = ["wait", "--for=condition=Programmed", "--timeout=20s"];
    kubectl.run(&[programmed.as_slice(), &gateways].concat(), "").await?;
    let (web, other) = (proxy(&scene, "web").await?, proxy(&scene, "other").await?);
    let caller = Caller { proxy: &web, host: SHOP, port };
    let unattached = Caller { proxy: &other, host: SHOP, port: other_port };

    let release = release::reviews(&scene.namespace, &attach(&scene), json!({}));
    let checked = release::check(&release)?;
    let files = scene.render(&release, "mesh", &[]).await?;
    for (backend, is_pinned) in [("reviews", false), ("reviews-v1", true)] {
        let routes = scene.write("http-routes.yaml", &list(&http_routes(&scene, backend)))?;
        scene.apply(std::slice::from_ref(&routes)).await?;
        let mut row = Row::new(format!("matcher, HTTPRoute to {backend}"));
        until("the HTTPRoutes are there", async || {
            Ok((caller.ask("/ratings", &[]).await == "ratings").then_some(()))
        })
        .await?;
        row.note("without Serin", undecided(&caller, is_pinned).await);
        let files = in_order(&files, &routes);
        row.note("istioctl", scene.mesh.validate(&files).await.map(|()| "accepted".to_owned()));
        scene.apply(&files).await?;
        caller.until_staff("v2").await?;
        decided(&mut row, &caller, &checked, &scene).await;
        row.note("options", options_kept(&caller, &scene, &checked).await);
        row.note("unattached", undecided(&unattached, is_pinned).await);
        row.note("by targetRefs", by_target_refs(&scene, &files, &caller).await);
        world.found(TITLE, row)?;
        scene.remove(&files).await?;
    }
    for mode in Mode::ALL {
        let classic = Caller { port: port + 512, ..caller };
        let row = virtual_service(&scene, mode, &classic, (&release, &checked)).await?;
        world.found("An Istio Gateway on the pods of a Kubernetes Gateway", row)?;
    }
    scene.end().await
}

/// The proxy of the Gateway's pod: by that pod Istio finds the Gateway.
async fn proxy(scene: &Scene<'_>, gateway: &str) -> anyhow::Result<Proxy> {
    let (namespace, selector) = (scene.ingress(), format!("{GATEWAY_NAME}={gateway}"));
    let pods = scene.mesh.kubectl().get(&["pods", "-n", &namespace, "-l", &selector]).await?;
    let text = |pointer| pods.pointer(pointer).and_then(Value::as_str);
    let name = text("/items/0/metadata/name").context("the gateway has no pod")?.to_owned();
    let address = text("/items/0/status/podIP").context("the pod has no address")?.parse()?;
    let version = ISTIO_VERSION.to_owned();
    let app = gateway.to_owned();
    scene.proxy(Pod { kind: Kind::Gateway, name, namespace, app, address, version }).await
}

/// Where no filter decides, the `HTTPRoute` alone does: its backend is one version, or all pods of the service.
async fn undecided(caller: &Caller<'_>, is_pinned: bool) -> anyhow::Result<String> {
    let counts = caller.count(USERS, "/", &[STAFF]).await;
    let is_right = counts.errors() == 0 && (counts.of("v2") == 0) == is_pinned;
    ensure!(is_right, "one version: {is_pinned}, found {counts}");
    Ok(if is_pinned { "only v1" } else { "v1 and v2" }.to_owned())
}

/// Every user is served as the Program decides, and what is claimed counts for nothing.
async fn decided(row: &mut Row, caller: &Caller<'_>, release: &Checked, scene: &Scene<'_>) {
    let counts = caller.as_decided(USERS, &["/", API], release).await;
    row.note("users as decided", counts.map(|counts| counts.to_string()));
    row.note("claims", trust::client(caller, scene).await);
}

/// Time-out and header of the rule hold for both subsets; other rules are as they were.
async fn options_kept(
    caller: &Caller<'_>,
    scene: &Scene<'_>,
    release: &Checked,
) -> anyhow::Result<String> {
    let somebody = release::somebody_on("v1", release);
    ensure!(caller.ask(API, &[STAFF]).await == "v2", "staff at {API} are not on v2");
    for (user, subset) in [(STAFF, "v2"), (("cookie", &*somebody), "v1")] {
        let found = caller.ask(API, &[user, (Behaviour::DELAY, "5000")]).await;
        ensure!(found == "504", "a slow answer of {subset}: expected 504, found {found}");
        let id = format!("header-{subset}");
        caller.ask(API, &[user, (Behaviour::ID, &id)]).await;
        let seen = scene.pods.seen(&id);
        let team = seen.first().and_then(|seen| seen.headers.get("x-team"));
        ensure!(team.is_some_and(|team| team == "reviews"), "{subset} saw {seen:?}");
    }
    for (path, expected) in [("/ratings", "ratings"), ("/old", "302")] {
        let found = caller.ask(path, &[STAFF]).await;
        ensure!(found == expected, "{path}: expected {expected}, found {found}");
    }
    Ok("kept".to_owned())
}

/// The same `EnvoyFilters` with `targetRefs` in the place of the selector: what a mesh asks for that has
/// `ENABLE_SELECTOR_BASED_K8S_GATEWAY_POLICY` off.
async fn by_target_refs(
    scene: &Scene<'_>,
    files: &[PathBuf],
    caller: &Caller<'_>,
) -> anyhow::Result<String> {
    let selector = format!("  workloadSelector:\n    labels:\n      {GATEWAY_NAME}: web\n");
    let targets =
        "  targetRefs:\n  - {group: gateway.networking.k8s.io, kind: Gateway, name: web}\n";
    let mut filters = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(file)?;
        if text.contains(&selector) {
            filters.push(text.replace(&selector, targets));
        }
    }
    ensure!(filters.len() == 2, "{} EnvoyFilters", filters.len());
    let file = scene.write("target-refs.yaml", &filters.join("---\n"))?;
    scene.mesh.validate(std::slice::from_ref(&file)).await?;
    scene.apply(&[file]).await?;
    // A proxy that never saw the others.
    let fresh = proxy(scene, "web").await?;
    Caller { proxy: &fresh, ..*caller }.until_staff("v2").await?;
    Ok("the same".to_owned())
}

/// `VirtualServices` cannot be bound to a Kubernetes Gateway, but to an Istio Gateway that selects its pods.
async fn virtual_service(
    scene: &Scene<'_>,
    mode: Mode,
    caller: &Caller<'_>,
    (release, checked): (&Value, &Checked),
) -> anyhow::Result<Row> {
    let gateway = objects::classic_gateway(scene, caller.port).to_string();
    let gateway = scene.write("gateway.yaml", &gateway)?;
    let own = scene
        .write("own.yaml", &serde_json::to_string_pretty(&objects::virtual_service(scene))?)?;
    let route = mode.to_string();
    let files = scene.render(release, &route, &["--route", &route, "--into", "own.yaml"]).await?;
    let mut files = in_order(&files, &own);
    files.insert(0, gateway);
    let mut row = Row::new(route);
    row.note("istioctl", scene.mesh.validate(&files).await.map(|()| "accepted".to_owned()));
    scene.apply(&files).await?;
    caller.until_staff("v2").await?;
    decided(&mut row, caller, checked, scene).await;
    scene.remove(&files).await?;
    Ok(row)
}
