//! What istiod makes of VirtualServices is what `serin_harness::virtual_service` makes of them: so that the comparison
//! of imported Releases with Envoy's own routes is one with Istio's.

use anyhow::{Context, ensure};
use policy::split::Generator;
use serde_json::{Value, json};
use serin_harness::virtual_service::{self, envoy_routes};

use crate::scene::{PORT, Scene};
use crate::table::Row;
use crate::world::World;

/// Enough for every regex of a cookie alone, and twice as many drawn.
const SERVICES: usize = 72;

pub(crate) async fn run(world: &World) -> anyhow::Result<()> {
    let scene = Scene::start(world, "translation").await?;
    let namespace = &scene.namespace;
    let mut random = Generator::new(7);
    let service = |number: usize| format!("web-{number}");
    let all: Vec<Vec<Value>> = (0..SERVICES)
        .map(|number| virtual_service::rules(number, &service(number), &mut random))
        .collect();
    let objects = all.iter().enumerate().flat_map(|(number, rules)| {
        let metadata = json!({"name": service(number), "namespace": namespace});
        [
            json!({
                "apiVersion": "v1",
                "kind": "Service",
                "metadata": metadata,
                "spec": {"ports": [{"name": "http", "port": PORT}]},
            }),
            json!({
                "apiVersion": "networking.istio.io/v1",
                "kind": "VirtualService",
                "metadata": metadata,
                "spec": {"hosts": [service(number)], "http": rules},
            }),
        ]
    });
    let objects: Vec<String> = objects.map(|object| object.to_string()).collect();
    scene.mesh.kubectl().apply(&objects.join("\n---\n")).await?;
    let proxy = scene.sidecar("productpage").await?;
    let domain = |number: usize| format!("{}.{namespace}.svc.cluster.local", service(number));
    // Each route names the VirtualService that it was made of.
    let made_of = |number: usize| format!("virtual-service/{}\"", service(number));
    let arrived = |dump: &str| (0..SERVICES).all(|number| dump.contains(&made_of(number)));
    proxy.until("routes of every VirtualService", arrived).await?;
    let mut routes = 0;
    for (number, rules) in all.iter().enumerate() {
        let hosts = proxy.virtual_hosts(&domain(number)).await?;
        let host = hosts.first().context("no virtual host")?;
        let cluster = |subset: &str| format!("outbound|{PORT}|{subset}|{}", domain(number));
        let ours = compared(&envoy_routes::virtual_host(rules, cluster));
        let istiods = compared(host);
        // istiod leaves out what stands behind a route that takes everything.
        ensure!(!istiods.is_empty(), "{} has no routes", service(number));
        for (found, expected) in istiods.iter().zip(&ours) {
            ensure!(found == expected, "istiod: {found:#}\nhere: {expected:#}\nof {rules:#?}");
        }
        let rest = ours.get(istiods.len()..).unwrap_or_default();
        ensure!(rest.is_empty() || takes_all(istiods.last()), "istiod has fewer routes: {rest:#?}");
        routes += istiods.len();
    }
    let mut row = Row::new("istiod and the harness");
    row.note("VirtualServices", Ok(SERVICES.to_string()));
    row.note("routes, all equal", Ok(routes.to_string()));
    scene.end().await?;
    world.found("The native routes of the comparison", row)
}

/// What a route goes by, and where it leads, in one order.
fn compared(host: &Value) -> Vec<Value> {
    let routes = host["routes"].as_array().map(Vec::as_slice).unwrap_or_default();
    routes.iter().map(|route| json!({"match": matched(&route["match"]), "to": to(route)})).collect()
}

fn matched(matched: &Value) -> Value {
    let mut matched = matched.clone();
    for list in ["headers", "query_parameters"] {
        let mut tests = matched[list].as_array().cloned().unwrap_or_default();
        tests.iter_mut().for_each(Value::sort_all_objects);
        tests.sort_by_key(Value::to_string);
        matched[list] = tests.into();
    }
    if matched.get("case_sensitive").is_none() {
        matched["case_sensitive"] = true.into();
    }
    matched
}

fn to(route: &Value) -> Value {
    let action = &route["route"];
    let weighted = action["weighted_clusters"]["clusters"].as_array();
    let pairs = weighted.into_iter().flatten().map(|to| json!([to["name"], to["weight"]]));
    json!([action["cluster"], pairs.collect::<Vec<_>>()])
}

/// Whether a route takes whatever comes to it.
fn takes_all(route: Option<&Value>) -> bool {
    route.is_some_and(|route| {
        let matched = &route["match"];
        let is_any = matched["prefix"] == "/" || matched["safe_regex"]["regex"] == ".*";
        is_any && matched["headers"] == json!([]) && matched["query_parameters"] == json!([])
    })
}
