//! The reviews of Bookinfo with a rollout of their own, for cases that no page tells.

use serde_json::{Value, json};
use serin_harness::mesh::{Pods, Proxy};

use super::objects::{MODULE, made_of};
use super::serin::{Ran, Serin};
use crate::caller::Caller;
use crate::place::Place;
use crate::scene::{PORT, Scene, service};
use crate::world::World;

pub(crate) const HOST: &str = "reviews:9080";
/// What the candidate is made of.
pub(crate) const NEW: &str = "reviews:2";

/// A namespace with the first version, two pods.
pub(crate) async fn scene<'w>(world: &'w World, namespace: &str) -> anyhow::Result<Scene<'w>> {
    let labels = json!({"app": "reviews", "version": "v1"});
    let objects = vec![
        service(namespace, "reviews", PORT),
        made_of(namespace, "reviews-v1", &labels, 2, "reviews:1"),
    ];
    let mut scene = Scene::of(world, namespace, objects).await?;
    Pods::follow_along(&mut scene.pods);
    Ok(scene)
}

pub(crate) fn caller(proxy: &Proxy) -> Caller<'_> {
    Caller { proxy, host: HOST, port: PORT }
}

/// The Release with these steps.
pub(crate) fn release(scene: &Scene<'_>, steps: &Value) -> Value {
    let subset = |name: &str| {
        json!({
            "name": name,
            "labels": {"version": name},
            "workload": {"deployment": format!("reviews-{name}")},
        })
    };
    let mut release = crate::release::reviews(
        &scene.namespace,
        &json!([{"sidecar": {"labels": {"app": "productpage"}}}]),
        json!({
            "subsets": [subset("v1"), subset("v2")],
            "rules": [],
            "rollout": {"candidate": "v2", "steps": steps},
        }),
    );
    if let Some(spec) = release["spec"].as_object_mut() {
        spec.remove("split");
    }
    release
}

/// Writes the Release with these steps down, and applies it.
pub(crate) async fn apply(scene: &Scene<'_>, serin: &Serin, steps: Value) -> anyhow::Result<Ran> {
    scene.write("reviews.yaml", &release(scene, &steps).to_string())?;
    serin.run(&["apply", "reviews.yaml", "--module-file", MODULE]).await
}

/// A command for the Release of a scene: `start`, `approve`.
pub(crate) async fn verb(scene: &Scene<'_>, serin: &Serin, verb: &[&str]) -> anyhow::Result<Ran> {
    serin.run(&command(scene, verb)).await
}

/// The arguments of such a command.
pub(crate) fn command<'a>(scene: &'a Scene<'_>, verb: &[&'a str]) -> Vec<&'a str> {
    let [first, rest @ ..] = verb else { return Vec::new() };
    let words: &[&str] = if *first == "run" { &["rollout", "run"] } else { &verb[..1] };
    [words, &["reviews", "-n", &scene.namespace], rest].concat()
}

/// A VirtualService of the team's that leads from the gateway to the first version, by a rule with a name.
pub(crate) fn at_gateway(scene: &Scene<'_>) -> String {
    let (host, _) = Place::Gateway.door(scene);
    let reviews = format!("reviews.{}.svc.cluster.local", scene.namespace);
    let to = json!({"host": reviews, "subset": "v1"});
    json!({
        "apiVersion": "networking.istio.io/v1",
        "kind": "VirtualService",
        "metadata": {"name": "shop", "namespace": scene.namespace},
        "spec": {
            "hosts": [host],
            "gateways": [format!("{}/web", scene.ingress())],
            "http": [{"name": "reviews", "route": [{"destination": to}]}],
        },
    })
    .to_string()
}
