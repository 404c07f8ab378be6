//! The trust boundary: in each mode and place, however the filter fares, nobody gets more than the Release gives them
//! by claiming to have it.

mod claims;

use anyhow::ensure;
use serde_json::json;
use serin_harness::mesh::{Behaviour, Kind, Proxy};

use crate::caller::{Caller, Counts, STAFF};
use crate::own;
use crate::place::{Mode, Place};
use crate::release;
use crate::scene::{PORT, Scene, in_order};
use crate::table::Row;
use crate::world::World;

use claims::claims;

/// How the filter fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// It decides.
    Working,
    /// The proxy is too old to have it.
    Old,
    /// Its module is nowhere.
    Missing,
    /// It refuses its configuration.
    Refused,
    /// It trapped.
    Trapped,
}

const STATES: [(State, &str); 5] = [
    (State::Working, "working"),
    (State::Old, "not in an old proxy"),
    (State::Refused, "configuration refused"),
    (State::Trapped, "trapped"),
    (State::Missing, "module missing"),
];

/// A version whose proxies are too old for the filter, though they can remove headers early.
const OLD: &str = "1.20.0";

pub(crate) async fn run(world: &World, mode: Mode, place: Place) -> anyhow::Result<()> {
    let scene = Scene::start(world, &format!("trust-{mode}-{place}")).await?;
    if place == Place::Gateway {
        scene.mesh.kubectl().apply(&own::gateways(&scene)).await?;
    }
    let (unattached, unattached_port) = place.unattached(&scene).await?;
    // The forwarding application has a sidecar, and no Serin in it.
    let sidecar = if place == Place::Gateway { Some(scene.sidecar("other").await?) } else { None };
    let other = sidecar.as_ref().unwrap_or(&unattached);
    for (state, name) in STATES {
        let attached = stage(&scene, mode, place, state).await?;
        let (host, port) = place.door(&scene);
        let caller = Caller { proxy: &attached, host, port };
        let mut row = Row::new(format!("{mode}, {place}, {name}"));
        row.note("staff", staff(&caller, state).await);
        row.note("client", client(&caller, &scene).await);
        row.note("forwarding app", forwarding(&caller, other, &scene, state).await);
        let unattached = Caller { proxy: &unattached, host, port: unattached_port };
        row.note("unattached caller", client(&unattached, &scene).await);
        world.found("Trust boundary: who is served by what, whatever they claim", row)?;
    }
    scene.end().await
}

/// Renders and applies the Release so that the filter fares as told, and starts the attached proxy anew.
async fn stage(scene: &Scene<'_>, mode: Mode, place: Place, state: State) -> anyhow::Result<Proxy> {
    let release =
        release::reviews(&scene.namespace, &place.attach(scene), json!({"split": {"v2": 0}}));
    let mode = mode.to_string();
    let into = place.into_options(scene, "own.yaml");
    let mut options = vec!["--route", &mode];
    let own = match place {
        Place::Sidecar => None,
        Place::Gateway => {
            options.extend(into.iter().map(String::as_str));
            Some(scene.write("own.yaml", &own::objects(scene, place, true))?)
        }
    };
    let module = match state {
        State::Missing => "/nowhere/serin.wasm".to_owned(),
        State::Trapped => scene.trapping_module()?,
        _ => scene.programs().module.to_string_lossy().into_owned(),
    };
    let mut files = scene.render_with(&release, "mesh", &module, &options).await?;
    if state == State::Refused {
        for file in files.iter().filter(|file| file.to_string_lossy().contains("-install-")) {
            let text = std::fs::read_to_string(file)?;
            let refused = text.replace(r#""version":1,"#, r#""version":99,"#);
            ensure!(refused != text, "no version in `{}`:\n{text}", file.display());
            std::fs::write(file, refused)?;
        }
    }
    if let Some(own) = own {
        files = in_order(&files, &own);
    }
    scene.apply(&files).await?;
    let (kind, app, namespace) = match place {
        Place::Sidecar => (Kind::Sidecar, "productpage", scene.namespace.clone()),
        Place::Gateway => (Kind::Gateway, "ingress", scene.ingress()),
    };
    let mut pod = scene.pod(kind, app, namespace);
    if state == State::Old {
        OLD.clone_into(&mut pod.version);
    }
    let proxy = scene.proxy(pod).await?;
    let (host, port) = place.door(scene);
    let caller = Caller { proxy: &proxy, host, port };
    caller.until_staff(if state == State::Working { "v2" } else { "v1" }).await?;
    if state == State::Trapped {
        trap(&caller).await?;
    }
    Ok(proxy)
}

/// Has the module trap in every worker: such a request is lost, later ones pass. It is one that passes a gate.
async fn trap(caller: &Caller<'_>) -> anyhow::Result<()> {
    let (mut trapped, mut passed) = (0, 0);
    while passed < 30 {
        match caller.ask("/", &[STAFF, ("x-trap", "1")]).await.as_str() {
            "503" => (trapped, passed) = (trapped + 1, 0),
            "v1" => passed += 1,
            other => anyhow::bail!("a request that traps: {other}"),
        }
        ensure!(trapped < 10, "it traps again and again");
    }
    ensure!(trapped > 0, "it never trapped");
    Ok(())
}

/// The ones that the Release does give v2: only a filter that works can.
async fn staff(caller: &Caller<'_>, state: State) -> anyhow::Result<String> {
    let expected = if state == State::Working { "v2" } else { "v1" };
    caller.count(20, "/", &[STAFF]).await.only(expected)
}

/// Somebody else, who claims to be one of them in every way there is.
pub(crate) async fn client(caller: &Caller<'_>, scene: &Scene<'_>) -> anyhow::Result<String> {
    let mut counts = Counts::default();
    for claim in claims(&scene.namespace) {
        let headers: Vec<(&str, &str)> =
            claim.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let found = caller.ask("/", &headers).await;
        ensure!(found == "v1", "{claim:?}: {found}");
        counts.add(found);
    }
    Ok(counts.to_string())
}

/// An application that received a request, decided or not, and passes every header on to `reviews` through a proxy
/// that is not attached.
async fn forwarding(
    caller: &Caller<'_>,
    other: &Proxy,
    scene: &Scene<'_>,
    state: State,
) -> anyhow::Result<String> {
    let onward = format!("{} reviews:9080", other.at(PORT));
    let expected = if state == State::Working { "v2" } else { "v1" };
    let mut counts = Counts::default();
    for (number, claim) in claims(&scene.namespace).into_iter().enumerate() {
        let id = format!("{state:?}-{number}");
        // The cookie first: of several the filter sees the first.
        let mut headers = vec![STAFF, (Behaviour::FORWARD, &onward), (Behaviour::ID, &id)];
        headers.extend(claim.iter().map(|(name, value)| (*name, value.as_str())));
        let found = caller.ask("/", &headers).await;
        let seen = scene.pods.seen(&id);
        let hops: Vec<&str> = seen.iter().map(|seen| seen.subset.as_str()).collect();
        ensure!(hops == [expected, "v1"] && found == "v1", "{claim:?}: {hops:?}, {found}");
        counts.add(format!("{expected} then v1"));
    }
    Ok(counts.to_string())
}
