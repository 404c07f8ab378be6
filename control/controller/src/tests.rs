//! What is seen, remembered and done, with a cluster that answers to nothing but writes of mesh objects.

mod backend;

use std::sync::Arc;
use std::time::Duration;

use rollout::drive::cluster::{ApplyOptions, Change, Cluster, Object, Resource};
use rollout::drive::{Analyzer, ProxyStats, SystemClock};
use serde_json::{Value, json};

use crate::cache::Cache;
use crate::events::Events;
use crate::log::{Format, Log};
use crate::metrics::Metrics;
use crate::notify::Notifier;
use crate::work::{Means, Work};
use backend::Writes;

fn cache() -> Cache {
    Cache::new(Arc::new(Writes))
}

fn rule(name: &str, version: u64, made_for: Option<&str>) -> Object {
    let mut rule = json!({
        "apiVersion": "networking.istio.io/v1", "kind": "DestinationRule",
        "metadata": { "namespace": "shop", "name": name, "resourceVersion": version.to_string() },
        "spec": { "host": "reviews" },
    });
    if let Some(release) = made_for {
        rule["metadata"]["labels"] = json!({ "app.kubernetes.io/managed-by": "serin" });
        rule["metadata"]["annotations"] = json!({ "serin.dev/release": release });
    }
    Object::from(rule)
}

fn list(cache: &Cache, objects: Vec<Object>) {
    see(cache, &Change::Listing);
    for object in objects {
        see(cache, &Change::Is(object));
    }
    see(cache, &Change::Listed);
}

fn see(cache: &Cache, change: &Change) -> bool {
    cache.see(&Resource::DESTINATION_RULE, change)
}

async fn names(cache: &Cache, selector: &str) -> Vec<String> {
    let found = cache.list(&Resource::DESTINATION_RULE, None, selector).await.unwrap();
    found.iter().map(|object| object.name().to_owned()).collect()
}

#[tokio::test]
async fn mesh_objects_are_at_hand_once_they_were_listed() {
    let cache = cache();
    assert!(cache.list(&Resource::DESTINATION_RULE, None, "").await.is_err(), "asked of the API");
    list(&cache, vec![rule("a", 1, None), rule("b", 2, Some("shop/reviews"))]);
    assert_eq!(names(&cache, "").await, ["a", "b"]);
    assert_eq!(names(&cache, "app.kubernetes.io/managed-by=serin").await, ["b"]);
    assert_eq!(names(&cache, "app.kubernetes.io/managed-by!=serin").await, ["a"]);
    let keep = |object: &Object| object.name() == "a";
    let kept = cache.list_where(&Resource::DESTINATION_RULE, Some("shop"), "", &keep).await;
    assert_eq!(kept.unwrap().len(), 1);
    let elsewhere = cache.list_where(&Resource::DESTINATION_RULE, Some("edge"), "", &keep).await;
    assert!(elsewhere.unwrap().is_empty());
    // What is not told of again is gone.
    list(&cache, vec![rule("b", 3, None)]);
    assert_eq!(names(&cache, "").await, ["b"]);
    see(&cache, &Change::Gone(rule("b", 4, None)));
    assert!(names(&cache, "").await.is_empty());
}

#[tokio::test]
async fn what_this_program_wrote_is_known_at_once_and_its_echo_is_no_news() {
    let cache = cache();
    list(&cache, vec![]);
    let how = ApplyOptions::default();
    // The backend gives it the version 100.
    cache.apply(&Resource::DESTINATION_RULE, &rule("a", 0, None), how).await.unwrap();
    assert_eq!(names(&cache, "").await, ["a"]);
    assert!(!see(&cache, &Change::Is(rule("a", 100, None))), "an echo");
    assert!(!see(&cache, &Change::Is(rule("a", 99, None))), "older than that");
    assert!(see(&cache, &Change::Is(rule("a", 101, None))), "of another user");
    let trial = ApplyOptions { dry_run: true, ..how };
    cache.apply(&Resource::DESTINATION_RULE, &rule("b", 0, None), trial).await.unwrap();
    assert_eq!(names(&cache, "").await, ["a"], "a dry run leaves nothing");
    cache.delete(&Resource::DESTINATION_RULE, &rule("a", 101, None), how).await.unwrap();
    assert!(names(&cache, "").await.is_empty());
}

fn release(name: &str, host: &str) -> Object {
    Object::from(json!({
        "apiVersion": "serin.dev/v1alpha1", "kind": "Release",
        "metadata": { "namespace": "shop", "name": name, "resourceVersion": "7" },
        "spec": { "host": host, "subsets": [{ "name": "v1", "workload": { "deployment": "a-v1" } }] },
        "status": { "phase": "Progressing", "since": "2026-11-30T10:00:00Z" },
    }))
}

fn work() -> (Work, Metrics) {
    let metrics = Metrics::new();
    let cache = cache();
    let stats = ProxyStats::new(Arc::new(cache.clone()));
    let means = Means {
        cache,
        analyzer: Arc::new(Analyzer::new(Box::new(stats))),
        clock: Arc::new(SystemClock),
        by: "controller".into(),
        defaults: None,
        system: "serin-system".into(),
        metrics: metrics.clone(),
        log: Log::new(Format::Json, std::io::sink()),
        notifier: Notifier::default(),
        events: Events::default(),
    };
    (Work::new(means, 4), metrics)
}

fn list_all(work: &mut Work, releases: &[Object]) {
    for resource in Resource::MESH {
        work.see(&resource, &Change::Listing);
        work.see(&resource, &Change::Listed);
    }
    work.see(&Resource::RELEASE, &Change::Listing);
    for release in releases {
        work.see(&Resource::RELEASE, &Change::Is(release.clone()));
    }
    work.see(&Resource::RELEASE, &Change::Listed);
}

fn value(metrics: &Metrics, name: &str) -> String {
    let text = metrics.text();
    let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    line.rsplit(' ').next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn nothing_is_done_before_all_is_known_and_before_this_one_leads() {
    let (mut work, metrics) = work();
    work.lead(true);
    work.see(&Resource::RELEASE, &Change::Is(release("reviews", "reviews")));
    assert!(!work.is_ready());
    work.begin();
    assert_eq!(value(&metrics, "serin_reconciles_running "), "0");
    list_all(&mut work, &[release("reviews", "reviews")]);
    assert!(work.is_ready());
    work.lead(false);
    work.begin();
    assert_eq!(value(&metrics, "serin_reconciles_running "), "0");
    work.lead(true);
    work.begin();
    assert_eq!(value(&metrics, "serin_reconciles_running "), "1");
    let done = work.done().await;
    work.end(done);
    // The backend answers to nothing: it is tried again later.
    assert_eq!(value(&metrics, "serin_reconciles_total{outcome=\"failed\"}"), "1");
    assert!(work.begin().is_some());
}

#[tokio::test]
async fn releases_are_counted_with_their_age_and_forgotten_when_they_are_gone() {
    let (mut work, metrics) = work();
    list_all(&mut work, &[release("a", "a"), release("b", "b")]);
    assert_eq!(value(&metrics, "serin_releases "), "2");
    let labels = "serin_phase_age_seconds{namespace=\"shop\",release=\"a\",phase=\"Progressing\"}";
    assert!(value(&metrics, labels).parse::<f64>().unwrap() > 0.0, "{}", metrics.text());
    list_all(&mut work, &[release("b", "b")]);
    assert_eq!(value(&metrics, "serin_releases "), "1");
    assert_eq!(value(&metrics, labels), "");
    work.see(&Resource::RELEASE, &Change::Gone(release("b", "b")));
    assert_eq!(value(&metrics, "serin_releases "), "0");
}

#[tokio::test]
async fn the_evidence_of_each_check_is_told_while_the_status_has_it() {
    let (mut work, metrics) = work();
    let check = json!({
        "check": "errors-worse-than-stable", "outcome": "inconclusive",
        "worse": { "evidence": 12.5, "limit": 100.0 }, "healthy": { "evidence": 0.5, "limit": 20.0 },
    });
    let mut judged = release("a", "a").value().clone();
    judged["status"]["analysis"] = json!({ "analyze": { "checks": [check] } });
    list_all(&mut work, &[Object::from(judged)]);
    let of = |name: &str, toward: &str| {
        let labels = "namespace=\"shop\",release=\"a\",check=\"errors-worse-than-stable\"";
        value(&metrics, &format!("serin_analysis_{name}{{{labels},toward=\"{toward}\"}}"))
    };
    assert_eq!((of("evidence", "worse"), of("limit", "worse")), ("12.5".into(), "100.0".into()));
    assert_eq!((of("evidence", "healthy"), of("limit", "healthy")), ("0.5".into(), "20.0".into()));
    work.see(&Resource::RELEASE, &Change::Is(release("a", "a")));
    assert_eq!(of("evidence", "worse"), "");
}

#[tokio::test]
async fn probes_and_metrics_are_answered() {
    use std::sync::atomic::{AtomicBool, Ordering};

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let is_ready = Arc::new(AtomicBool::new(false));
    let served = crate::serve::Served { metrics: Metrics::new(), is_ready: Arc::clone(&is_ready) };
    let serving = tokio::spawn(crate::serve::serve(listener, served));
    let get = async |path: &str| backend::get(address, path).await;
    assert!(get("/healthz").await.starts_with("HTTP/1.1 200"));
    assert!(get("/readyz").await.starts_with("HTTP/1.1 503"));
    is_ready.store(true, Ordering::Relaxed);
    assert!(get("/readyz").await.starts_with("HTTP/1.1 200"));
    let metrics = get("/metrics").await;
    for name in ["serin_leader 0", "serin_queue_depth 0", "# TYPE serin_releases gauge", "# EOF"] {
        assert!(metrics.contains(name), "{name}: {metrics}");
    }
    serving.abort();
}

#[test]
fn the_log_has_one_object_a_line_and_nothing_raw() {
    use rollout::drive::{Event, Note};

    let out = backend::Text::default();
    let log = Log::new(Format::Json, out.clone());
    let key = crate::Key { namespace: "shop".to_owned(), name: "reviews".to_owned() };
    log.event(&key, &Event::Note(Note::Mesh("a\u{202e}b\x1b[31m".to_owned())));
    let text = out.take();
    assert!(!text.contains('\u{202e}') && !text.contains('\x1b'), "{text}");
    let line: Value = serde_json::from_str(text.trim_end()).unwrap();
    assert_eq!((&line["namespace"], &line["release"]), (&json!("shop"), &json!("reviews")));
    assert_eq!(line["event"]["event"], "note");
    let lines = text.lines().count();
    assert_eq!(lines, 1);
}

/// A burst is one look.
#[tokio::test]
async fn many_changes_are_one_look() {
    let (mut work, metrics) = work();
    list_all(&mut work, &[release("reviews", "reviews")]);
    work.lead(true);
    for version in 0..50 {
        let mut slice = json!({
            "kind": "EndpointSlice",
            "metadata": {
                "namespace": "shop", "name": "reviews-x", "resourceVersion": version.to_string(),
                "labels": { "kubernetes.io/service-name": "reviews" },
            },
        });
        slice["endpoints"] = json!([]);
        work.see(&Resource::ENDPOINT_SLICE, &Change::Is(Object::from(slice)));
    }
    work.begin();
    assert_eq!(value(&metrics, "serin_reconciles_running "), "1");
    let done = work.done().await;
    work.end(done);
    tokio::time::sleep(Duration::from_millis(150)).await;
    work.begin();
    // What failed is looked at later.
    assert_eq!(value(&metrics, "serin_reconciles_running "), "0");
}
