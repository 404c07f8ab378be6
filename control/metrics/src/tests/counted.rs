//! What series count, and what is made of their samples.

use policy::rollout::analysis::{Check, Comparison, Dropped, Outcome, Reason, increments};
use serde_json::{Value, json};

use super::server::Server;
use super::{START, matrix, minutes, prometheus, series, subject};
use crate::prometheus::Standard;
use crate::{Judged, Metrics as _, Range, Readings, Subject, judge};

async fn readings(subject: &Subject, standard: Standard, range: Range, all: &[Value]) -> Readings {
    let server = Server::new("200 OK", "", matrix(all).to_string()).await;
    prometheus(&server.url, standard).range(subject, range).await.unwrap()
}

/// Errors and requests of the candidate and of stable from the first look to the last.
fn counted(readings: &Readings) -> [(u64, u64); 2] {
    let all: Vec<_> = readings.iter().collect();
    let mut sums = [(0, 0); 2];
    for pair in all.windows(2) {
        let [before, now] = pair else { unreachable!() };
        let sides = [(&before.candidate, &now.candidate), (&before.stable, &now.stable)];
        for (sum, (before, now)) in sums.iter_mut().zip(sides) {
            let (Some(before), Some(now)) = (before, now) else { continue };
            let added = increments(before, now).errors();
            *sum = (sum.0 + added.events(), sum.1 + added.requests());
        }
    }
    sums
}

/// Samples each 15 seconds for ten minutes, five of them before the first look, of a counter that grows so much.
fn steady(each: u64) -> Vec<(u64, u64)> {
    (0..=40).map(|at| (at * 15, at * each)).collect()
}

fn of(version: &str, code: &str, flags: &str, samples: &[(u64, u64)]) -> Value {
    let labels = json!({
        "__name__": "istio_requests_total", "reporter": "source", "destination_version": version,
        "response_code": code, "response_flags": flags,
    });
    series(&labels, samples)
}

fn judged(readings: &Readings, from: u64, splits: &[u64]) -> Judged {
    let checks = [Check::ErrorsWorseThanStable(Comparison::default())];
    judge(readings.iter(), &checks, from, splits, readings.tolerance())
}

#[tokio::test]
async fn each_series_counts_for_its_subset_and_as_what_it_is() {
    let with = |extra: Value, samples: &[(u64, u64)]| {
        let mut one = of("v2", "200", "-", samples);
        one["metric"].as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        one
    };
    let ten = [(0, 100), (60, 110)];
    for (case, one, expected, lost) in [
        ("a success", of("v2", "200", "-", &ten), [(0, 10), (0, 0)], 0),
        ("an error", of("v2", "503", "URX", &ten), [(10, 10), (0, 0)], 0),
        ("the client's fault", of("v2", "404", "-", &ten), [(0, 10), (0, 0)], 0),
        ("stable's", of("v1", "500", "-", &ten), [(0, 0), (10, 10)], 0),
        ("a third version", of("v3", "500", "-", &ten), [(0, 0), (0, 0)], 0),
        ("no pod", of("unknown", "503", "UH", &ten), [(0, 0), (0, 0)], 10),
        ("gRPC", with(json!({ "grpc_response_status": "14" }), &ten), [(10, 10), (0, 0)], 0),
        (
            "gRPC, not found",
            with(json!({ "grpc_response_status": "5" }), &ten),
            [(0, 10), (0, 0)],
            0,
        ),
        ("a reset", of("v2", "500", "-", &[(0, 100), (30, 103), (45, 2)]), [(5, 5), (0, 0)], 0),
        ("NaN", with(json!({}), &ten), [(0, 10), (0, 0)], 0),
    ] {
        let mut one = one;
        if case == "NaN" {
            one["values"].as_array_mut().unwrap().push(json!([START + 45, "NaN"]));
        }
        // The proxy is known, whatever else it has.
        let all = [one, of("v1", "200", "-", &[(0, 7), (60, 7)])];
        let readings = readings(&subject(), Standard::Istio, minutes(1), &all).await;
        assert_eq!(counted(&readings), expected, "{case}");
        assert_eq!(readings.lost(), lost, "{case}");
        assert_eq!(readings.notes.iter().any(|note| note.contains("reached a pod")), lost > 0);
    }
}

#[tokio::test]
async fn a_tag_with_the_decision_counts_what_reached_no_pod_and_what_a_fallback_served() {
    let tagged = |decided: &str, version: &str, code: &str| {
        let mut one = of(version, code, "-", &[(0, 100), (60, 110)]);
        one["metric"]["decided"] = json!(decided);
        one
    };
    let standard = || Standard::IstioDecided("decided".to_owned());
    for (one, expected) in [
        (tagged("v2", "unknown", "503"), [(10, 10), (0, 0)]),
        (tagged("v2", "v1", "200"), [(10, 10), (0, 0)]),
        (tagged("v2", "v2", "200"), [(0, 10), (0, 0)]),
        (tagged("", "v1", "200"), [(0, 0), (0, 10)]),
        (tagged("unknown", "unknown", "503"), [(0, 0), (10, 10)]),
        (tagged("v1", "v1", "200"), [(0, 0), (0, 10)]),
        (tagged("v3", "v1", "200"), [(0, 0), (0, 0)]),
    ] {
        let case = one["metric"].to_string();
        let readings = readings(&subject(), standard(), minutes(1), &[one]).await;
        assert_eq!(counted(&readings), expected, "{case}");
    }
}

#[tokio::test]
async fn envoys_own_series_count_by_the_cluster() {
    let labels = |class: &str, subset: &str, is_istio: bool| {
        let name = format!("outbound|9080|{subset}|reviews.bookinfo.svc.cluster.local");
        if is_istio {
            json!({ "__name__": "envoy_cluster_upstream_rq", "cluster_name": name + ";", "response_code_class": class })
        } else {
            json!({ "__name__": "envoy_cluster_upstream_rq_xx", "envoy_cluster_name": name, "envoy_response_code_class": class })
        }
    };
    for is_istio in [true, false] {
        let of = |class: &str, subset: &str, count: u64| {
            series(&labels(class, subset, is_istio), &[(0, 100), (60, 100 + count)])
        };
        let (ok, failed) = if is_istio { ("2xx", "5xx") } else { ("2", "5") };
        let all = [of(ok, "v1", 50), of(failed, "v1", 1), of(ok, "v2", 5), of(failed, "v2", 2)];
        let readings = readings(&subject(), Standard::Envoy, minutes(1), &all).await;
        assert_eq!(counted(&readings), [(2, 7), (1, 51)], "{is_istio}");
    }
}

#[tokio::test]
async fn a_proxy_that_two_scrape_counts_once() {
    let mut twice = of("v2", "200", "-", &[(0, 100), (30, 104), (60, 110)]);
    twice["metric"]["instance"] = json!("10.0.0.1:15090");
    twice["metric"]["job"] = json!("other");
    let all = [of("v2", "200", "-", &[(0, 100), (60, 110)]), twice];
    let readings = readings(&subject(), Standard::Istio, minutes(1), &all).await;
    assert_eq!(counted(&readings), [(0, 10), (0, 0)]);
    assert!(readings.notes.iter().any(|note| note.contains("scraped more than once")));
}

#[tokio::test]
async fn a_candidate_that_fails_is_worse_at_the_first_look_that_shows_it() {
    let all = [
        of("v1", "200", "-", &steady(150)),
        of("v1", "500", "-", &steady(1)),
        of("v2", "200", "-", &steady(15)),
        // From the first minute of the range on, and well again in the last ones.
        of(
            "v2",
            "503",
            "-",
            &(0..=40)
                .map(|at: u64| (at * 15, at.saturating_sub(24).min(8) * 3))
                .collect::<Vec<_>>(),
        ),
    ];
    let range = minutes(10);
    let from = range.from + 300_000;
    let readings = readings(&subject(), Standard::Istio, range, &all).await;
    let Judged { verdict, blocks_before, .. } = judged(&readings, from, &[]);
    assert_eq!((verdict.outcome, blocks_before), (Outcome::Worse, 20), "{verdict:?}");
    assert!(verdict.until > from + 60_000 && verdict.until < from + 240_000, "{verdict:?}");
    // A block in which the split changed is not judged.
    let change = from + 80_000;
    let dropped = judged(&readings, from, &[change]).verdict.dropped;
    assert_eq!(dropped, [(Dropped::SplitChanged, 1)].into());
}

#[tokio::test]
async fn a_healthy_candidate_is_shown_to_be_with_enough_requests() {
    let with =
        |each: u64| [of("v1", "200", "-", &steady(1500)), of("v2", "200", "-", &steady(each))];
    let range = minutes(10);
    let from = range.from + 150_000;
    let enough = readings(&subject(), Standard::Istio, range, &with(150)).await;
    let enough = judged(&enough, from, &[]);
    assert_eq!(enough.verdict.outcome, Outcome::Healthy);
    assert!(enough.healthy_at.is_some_and(|at| at < range.to));
    let few = readings(&subject(), Standard::Istio, range, &with(1)).await;
    let few = judged(&few, from, &[]).verdict;
    assert_eq!(few.outcome, Outcome::Inconclusive(Reason::NotEnough));
    let none = readings(&subject(), Standard::Istio, range, &with(150)[..1]).await;
    let none = judged(&none, from, &[]).verdict;
    assert_eq!(none.outcome, Outcome::Inconclusive(Reason::NoCandidateTraffic));
}

/// Prometheus was away for two minutes: what was counted meanwhile is in one block.
#[tokio::test]
async fn an_outage_of_prometheus_loses_nothing_and_leads_nowhere_while_it_lasts() {
    let gap = |samples: Vec<(u64, u64)>, to: u64| {
        samples.into_iter().filter(|(at, _)| !(180..to).contains(at)).collect::<Vec<_>>()
    };
    let range = minutes(10);
    let with = |to| {
        [of("v1", "200", "-", &gap(steady(150), to)), of("v2", "200", "-", &gap(steady(150), to))]
    };
    let back = readings(&subject(), Standard::Istio, range, &with(300)).await;
    let back = judged(&back, range.from, &[]).verdict;
    assert_eq!(back.findings[0].candidate.requests(), 40 * 150);
    assert_eq!(back.outcome, Outcome::Healthy);
    assert!(back.dropped.keys().all(|why| *why == Dropped::CandidateLate), "{back:?}");
    let away = readings(&subject(), Standard::Istio, range, &with(601)).await;
    let away = judged(&away, range.from, &[]).verdict;
    assert!(matches!(away.outcome, Outcome::Inconclusive(Reason::Missing(_))), "{away:?}");
}

#[tokio::test]
async fn looks_are_no_closer_than_scrapes() {
    let slow: Vec<_> = (0..=10).map(|at| (at * 60, at * 600)).collect();
    let all = [of("v1", "200", "-", &slow), of("v2", "200", "-", &slow)];
    let readings = readings(&subject(), Standard::Istio, minutes(10), &all).await;
    assert_eq!((readings.every.as_secs(), readings.iter().count()), (60, 11));
    assert!(readings.notes.iter().any(|note| note.contains("scraped every 60 s")));
    assert_eq!(counted(&readings), [(0, 6000), (0, 6000)]);
}
