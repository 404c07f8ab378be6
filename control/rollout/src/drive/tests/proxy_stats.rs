//! What the proxies of callers count, asked of each of them.

use metrics::{Metrics as _, Range, Readings};
use policy::policy::SubsetId;
use policy::rollout::analysis::Scrape;
use serde_json::{Value, json};

use super::scene::*;
use crate::drive::ProxyStats;
use crate::drive::cluster::Object;
use crate::drive::fake::{self, Fake};
use crate::drive::proxy_stats::MOST_PROXIES;

const HOST: &str = "reviews.shop.svc.cluster.local";

fn pod(name: &str, change: impl FnOnce(&mut Value)) -> Object {
    let mut pod = json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": { "namespace": "shop", "name": name, "labels": { "app": "productpage" } },
        "spec": { "containers": [{ "name": "app" }, { "name": "istio-proxy" }] },
        "status": { "phase": "Running" },
    });
    change(&mut pod);
    Object::from(pod)
}

/// So many requests of v1 and v2, of which so many failed at the pods of v2, and so many were sent to none.
fn page(v1: u64, v2: u64, failed: u64, unsent: u64) -> String {
    let of = |subset: &str, what: &str, value: u64| {
        format!(
            "envoy_cluster_endpoint_rq_{what}{{envoy_cluster_name=\"outbound|9080|{subset}|{HOST}\",envoy_endpoint_address=\"10.0.0.1:9080\"}} {value}\n"
        )
    };
    let decided = |subset: &str, value: u64| {
        format!(
            "serin_release___shop_reviews___serin_rule___default___serin_subset___{subset}___serin_decisions_total{{}} {value}\n"
        )
    };
    [
        of("v1", "success", v1),
        of("v1", "total", v1),
        of("v2", "success", v2 - failed - unsent),
        of("v2", "error", failed),
        of("v2", "total", v2 - unsent),
        decided("v1", v1),
        decided("v2", v2),
    ]
    .concat()
}

fn read(fake: &Fake) -> Result<Readings, metrics::Error> {
    let scene = Scene::new(&canary());
    let release = scene.compiler.read(&Object::from(scene.release.clone())).unwrap();
    let subject = metrics::Subject::new(&release, SubsetId(1), false);
    let stats = ProxyStats::new(fake);
    let range = Range { from: 0, to: 1000, every: std::time::Duration::ZERO };
    fake::run(stats.range(&subject, range)).unwrap()
}

/// Errors of requests: of v2, and of v1.
fn counted(readings: &Readings) -> [(u64, u64); 2] {
    let reading = readings.iter().next().unwrap();
    [reading.candidate, reading.stable].map(|scrape: Option<Scrape>| {
        let errors = scrape.unwrap().totals().errors();
        (errors.events(), errors.requests())
    })
}

#[test]
fn all_proxies_that_run_are_read_each_once() {
    let fake = Fake::default();
    let others = [
        pod("ended", |pod| pod["status"]["phase"] = json!("Succeeded")),
        pod("going", |pod| pod["metadata"]["deletionTimestamp"] = json!("2026-11-21T10:00:00Z")),
        pod("bare", |pod| pod["spec"]["containers"] = json!([{ "name": "app" }])),
        pod("other", |pod| pod["metadata"]["labels"] = json!({ "app": "ratings" })),
    ];
    let native = pod("p-2", |pod| {
        pod["spec"] = json!({ "initContainers": [{ "name": "istio-proxy" }] });
    });
    let pages = [(pod("p-1", |_| {}), page(100, 10, 2, 1)), (native, page(50, 5, 0, 0))];
    let pages = pages.map(|(pod, page)| (pod, Some(page)));
    fake.world().proxies = pages.into_iter().chain(others.map(|pod| (pod, None))).collect();
    let readings = read(&fake).unwrap();
    // Two failed at a pod, and one was sent to none.
    assert_eq!(counted(&readings), [(3, 15), (0, 150)]);
    assert_eq!(readings.notes, Vec::<String>::new());
}

#[test]
fn a_proxy_that_does_not_answer_is_told_and_the_others_count() {
    let fake = Fake::default();
    let answers = |name: &str, page: Option<String>| (pod(name, |_| {}), page);
    fake.world().proxies = vec![answers("p-1", Some(page(9, 3, 0, 0))), answers("p-2", None)];
    let readings = read(&fake).unwrap();
    assert_eq!(counted(&readings), [(0, 3), (0, 9)]);
    assert_eq!(readings.notes, ["1 of 2 proxies were not read: p-2: no answer"]);

    fake.world().proxies = vec![answers("p-2", None)];
    let error = read(&fake).unwrap_err();
    assert_eq!(error.to_string(), "cannot read what the proxies count: p-2: no answer");
}

#[test]
fn without_proxies_or_their_counters_it_is_said_what_is_missing() {
    let fake = Fake::default();
    let readings = read(&fake).unwrap();
    assert!(readings.is_empty());
    assert_eq!(readings.notes, ["no running pod with a proxy matches `attach`"]);
    fake.world().proxies = vec![(pod("p-1", |_| {}), Some("envoy_server_live{} 1\n".to_owned()))];
    let readings = read(&fake).unwrap();
    assert_eq!(counted(&readings), [(0, 0), (0, 0)]);
    assert!(readings.notes[0].contains("envoy_cluster_endpoint_rq_total"), "{:?}", readings.notes);
}

#[test]
fn more_proxies_than_are_read_are_not_read_in_part() {
    let fake = Fake::default();
    let pods = (0..=MOST_PROXIES).map(|number| (pod(&format!("p-{number}"), |_| {}), None));
    fake.world().proxies = pods.collect();
    let error = read(&fake).unwrap_err();
    assert_eq!(error.to_string(), "101 proxies run the filter, and at most 100 are read");
    assert_eq!(error.help.as_deref(), Some("name a Prometheus: `--prometheus`"));
}

#[test]
fn a_query_needs_a_prometheus() {
    let fake = Fake::default();
    let stats = ProxyStats::new(&fake);
    let error = fake::run(stats.number("up", 0)).unwrap().unwrap_err();
    assert_eq!(error.to_string(), "a check is a query, and no Prometheus is named to ask");
}
