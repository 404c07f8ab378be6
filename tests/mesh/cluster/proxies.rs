//! What a Release is to have in the mesh, put there and taken away, with proxies that are asked about it.

use anyhow::ensure;
use istio::render::mesh::Options;
use istio::render::mode::Mode;
use istio::render::{Delivery, FailurePolicy, Module, Modules};
use policy::policy::SubsetId;
use policy::rollout::{Action, Mesh, State, Traffic};
use rollout::drive::cluster::proxies::Proxies;
use rollout::drive::cluster::{ApplyOptions, Error, Notice, Object};
use rollout::drive::mesh::Change;
use rollout::drive::observe::{Seen, observe};
use rollout::drive::perform::{perform, remove_all};
use rollout::drive::subject::Subject;
use rollout::drive::{Compiled, Event, Failure, Report, SystemClock, mesh};
use serde_json::json;

use super::connect;
use crate::caller::Caller;
use crate::release::{check, reviews};
use crate::scene::{PORT, Scene};
use crate::world::World;

const FEW: usize = 100;

pub(super) async fn run(world: &World) -> anyhow::Result<()> {
    let mut scene = Scene::start(world, "cluster").await?;
    scene.pods.follow_along();
    let (cluster, said) = connect(&world.mesh, "alice").await?;
    let attach = json!([{"sidecar": {"labels": {"app": "productpage"}}}]);
    let written = reviews(&scene.namespace, &attach, json!({"rules": []}));
    let release = check(&written)?;
    let object = cluster.apply_release(&Object::from(written), ApplyOptions::default()).await?;
    let delivery = |module: String| Delivery {
        modules: Modules::Full(Module::File(module)),
        failure: FailurePolicy::Open,
    };
    let module = scene.programs().module.to_string_lossy().into_owned();
    let options = |module| Options {
        mode: Mode::Matcher,
        istio: None,
        delivery: delivery(module),
        pull_secret: None,
        gate: true,
        counts: false,
    };
    let good = options(module);
    let release = Compiled::from(release);
    let subject = Subject {
        cluster: &*cluster,
        object: &object,
        release: &release,
        mesh: Ok(&good),
        gateways: &[],
    };
    let mut proxies = Proxies::new(&*cluster, &SystemClock, subject.concerned());
    let sidecar = scene.sidecar("productpage").await?;
    let caller = Caller { proxy: &sidecar, host: "reviews:9080", port: PORT };
    let state = |traffic| State { traffic, ..State::fresh(subject.plan()) };

    let seen = observe(&subject, &state(Traffic::Stable), None, &mut proxies).await;
    nothing_failed(&seen)?;
    ensure!(seen.observation.mesh == Some(Mesh::Behind) && seen.differences.len() == 4);
    let mut done = Vec::new();
    let mut tell = |event: Event| done.push(event);
    route(&subject, &state(Traffic::Stable), &mut proxies, &mut tell).await?;
    ensure!(done.len() == 4, "{done:?}");
    caller.count(FEW, "/", &[]).await.only("v1")?;
    let seen = observe(&subject, &state(Traffic::Stable), None, &mut proxies).await;
    nothing_failed(&seen)?;
    ensure!(seen.observation.mesh == Some(Mesh::Current), "{:?}", seen.differences);

    let mut typo = mesh::desired(&subject, &state(Traffic::Stable)).await?.objects.swap_remove(0);
    typo.value_mut()["spec"]["hosst"] = json!("reviews");
    typo.value_mut()["metadata"] = json!({"name": "typo", "namespace": scene.namespace});
    let refused = cluster.apply_mesh_object(&typo, ApplyOptions::default()).await;
    ensure!(
        matches!(&refused, Err(Error::Refused { message, .. }) if message.contains("hosst")),
        "{refused:?}"
    );

    // All at once, as the proxies have it when it is done: no waiting here.
    let only = state(Traffic::Only(SubsetId(1)));
    let mut done = Vec::new();
    route(&subject, &only, &mut proxies, &mut |event| done.push(event)).await?;
    ensure!(done.len() == 1, "only the filter's configuration changes: {done:?}");
    caller.count(FEW, "/", &[]).await.only("v2")?;
    let mut again = Vec::new();
    route(&subject, &only, &mut proxies, &mut |event| again.push(event)).await?;
    ensure!(again.is_empty(), "{again:?}");

    foreign(&scene, &subject, &only, &mut proxies).await?;

    // Pinned: by routes alone.
    let pinned = state(Traffic::Pinned(SubsetId(1)));
    route(&subject, &pinned, &mut proxies, &mut |_| ()).await?;
    caller.count(FEW, "/", &[]).await.only("v2")?;
    let left = cluster.made_for(&release.policy.full_name()).await?;
    let mut kinds: Vec<&str> = left.iter().map(Object::kind).collect();
    kinds.sort_unstable();
    ensure!(kinds == ["DestinationRule", "VirtualService"], "{kinds:?}");

    rejected(&scene, &subject, &options("/no/such.wasm".to_owned()), &mut proxies).await?;

    let made = cluster.made_for(&release.policy.full_name()).await?;
    remove_all(&*cluster, made, ApplyOptions::default(), &mut proxies, &mut |_| ()).await?;
    ensure!(cluster.made_for(&release.policy.full_name()).await?.is_empty());
    let mut said = said.lock().unwrap().clone();
    // How long istiod takes is not what this is about.
    said.retain(|notice| !matches!(notice, Notice::Waiting { .. }));
    ensure!(said.is_empty(), "nothing is to be said of istiod or the API: {said:?}");
    scene.end().await
}

async fn route(
    subject: &Subject<'_>,
    state: &State,
    proxies: &mut Proxies<'_>,
    report: Report<'_>,
) -> Result<(), Failure> {
    perform(subject, state, &Action::Route, ApplyOptions::default(), proxies, report).await
}

fn nothing_failed(seen: &Seen) -> anyhow::Result<()> {
    ensure!(seen.failures.is_empty(), "{:?}", seen.failures);
    ensure!(seen.observation.subsets.iter().all(Option::is_some));
    Ok(())
}

/// What somebody adds to an object of ours is found, told, and taken away only by force.
async fn foreign(
    scene: &Scene<'_>,
    subject: &Subject<'_>,
    state: &State,
    proxies: &mut Proxies<'_>,
) -> anyhow::Result<()> {
    let patch = json!({"spec": {"trafficPolicy": {"tls": {"mode": "DISABLE"}}}}).to_string();
    let edit = ["patch", "destinationrule", "serin-reviews", "-n", &scene.namespace];
    let edit =
        [&edit[..], &["--type=merge", "--field-manager=somebody", "--patch", &patch]].concat();
    scene.mesh.kubectl().run(&edit, "").await?;
    let desired = mesh::desired(subject, state).await?;
    let differences = mesh::differences(subject, &desired).await?;
    let [difference] = &differences[..] else { anyhow::bail!("{differences:?}") };
    ensure!(difference.change == Change::Change && difference.lines().contains("-trafficPolicy:"));
    let refused = route(subject, state, proxies, &mut |_| ()).await;
    let Err(Failure::Cluster(Error::Owned { manager, fields, .. })) = &refused else {
        anyhow::bail!("{refused:?}")
    };
    ensure!(
        manager == "somebody" && fields[..] == [".spec.trafficPolicy"],
        "{manager}: {fields:?}"
    );
    let force = ApplyOptions { force: true, ..ApplyOptions::default() };
    perform(subject, state, &Action::Route, force, proxies, &mut |_| ()).await?;
    let seen = observe(subject, state, None, proxies).await;
    ensure!(
        seen.observation.mesh == Some(Mesh::Current),
        "{:?} {:?}",
        seen.differences,
        seen.failures
    );
    Ok(())
}

/// A module that is not there: the proxy that does not take it is named, and nothing is built on it, later either.
async fn rejected(
    scene: &Scene<'_>,
    subject: &Subject<'_>,
    bad: &Options,
    proxies: &mut Proxies<'_>,
) -> anyhow::Result<()> {
    let subject = Subject { mesh: Ok(bad), ..*subject };
    let state = State { traffic: Traffic::Stable, ..State::fresh(subject.plan()) };
    for _ in 0..2 {
        let result = route(&subject, &state, proxies, &mut |_| ()).await;
        let Err(Failure::Cluster(Error::Rejected { proxy, message })) = &result else {
            anyhow::bail!("expected that a proxy rejects it: {result:?}")
        };
        ensure!(proxy.ends_with(&format!(".{}", scene.namespace)) && !message.is_empty());
        let seen = observe(&subject, &state, None, proxies).await;
        let missing: Vec<Change> = seen.differences.iter().map(|found| found.change).collect();
        ensure!(missing == [Change::Add], "expected that the switch is missing: {missing:?}");
        ensure!(seen.observation.mesh == Some(Mesh::Behind));
    }
    Ok(())
}
