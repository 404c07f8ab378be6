//! Which routes copy requests, in every mode.

use policy::config::Carrier;
use serde_json::json;

use super::modes::{given, patches, rules};
use super::*;

const COPIES: &str =
    "mirror: {to: v2, percent: 2.5}, fallback: stable, identity: [{cookie: id}], split: {v2: 10}";

/// The policies as they are to be: to the subset's own cluster, not to one that falls back.
fn expected() -> Value {
    json!([{
        "cluster": "outbound|9080|v2|reviews.bookinfo.svc.cluster.local",
        "runtime_fraction": { "default_value": { "numerator": 250, "denominator": "TEN_THOUSAND" } },
        "trace_sampled": false,
        "disable_shadow_host_suffix_append": true,
    }])
}

/// The operation and the route of each patch of routes, and whether it copies requests.
fn copying(manifests: &[Manifest]) -> Vec<(&str, &str, bool)> {
    let of = |patch: &'_ Value| {
        let policies = patch["patch"]["value"]["route"].get("request_mirror_policies").cloned();
        assert!(policies.is_none() || policies == Some(expected()), "{patch}");
        policies.is_some()
    };
    patches(manifests, "40-")
        .iter()
        .map(|patch| {
            let route = &patch["match"]["routeConfiguration"]["vhost"]["route"]["name"];
            let operation = patch["patch"]["operation"].as_str().unwrap();
            (operation, route.as_str().unwrap(), of(patch))
        })
        .collect()
}

#[test]
fn every_route_of_the_release_copies_requests() {
    let with = release(&format!("{COPIES}, {CALLERS}"));
    let given = given(&rules(&["a"], &[(1, "a-v2")]));
    let by = |mode| mesh_by(&with, &options(mode), &given);
    assert_eq!(copying(&by(Mode::Matcher)), [("MERGE", "a", true)]);
    assert_eq!(copying(&by(Mode::VirtualService)), [("MERGE", "a", true), ("MERGE", "a-v2", true)]);
    assert_eq!(
        copying(&by(Mode::ClusterHeader)),
        [("MERGE", "a", true), ("INSERT_BEFORE", "a", true)]
    );
}

#[test]
fn what_passes_by_the_filter_is_copied_too() {
    let rule = "rules: [{name: qa, match: [{headers: {x-team: {exact: qa}}}], split: {v2: 100}}]";
    let gated = release(&format!("mirror: {{to: v2, percent: 2.5}}, {rule}, {CALLERS}"));
    let options = options(Mode::VirtualService);
    let given = Given { gate: options.gate(&gated.policy), ..Given::default() };
    let all = mesh_by(&gated, &options, &given);
    let name = "serin.bookinfo.reviews";
    let gate = format!("{name}/_gate/{name}");
    let copy = format!("{name}/v2/{name}");
    assert_eq!(
        copying(&all),
        [("MERGE", gate.as_str(), true), ("MERGE", copy.as_str(), true), ("MERGE", name, true)]
    );
}

#[test]
fn nothing_is_added_where_nothing_is_copied() {
    let without = release(&format!(
        "{}, {CALLERS}",
        COPIES.split_once(", ").unwrap().1.split_once(", ").unwrap().1
    ));
    let given = given(&rules(&["a"], &[(1, "a-v2")]));
    for mode in Mode::ALL {
        let all = mesh_by(&without, &options(mode), &given);
        assert!(copying(&all).iter().all(|(_, _, copies)| !copies));
    }
}

#[test]
fn an_envoy_without_a_mesh_copies_requests_in_each_of_its_routes() {
    let rule = "rules: [{name: qa, match: [{headers: {x-team: {exact: qa}}}], split: {v2: 100}}]";
    let release = release(&format!("mirror: {{to: v2, percent: 2.5}}, {rule}"));
    let header = decision_header::subset_carrier(&release.policy);
    for carrier in [Carrier::FilterState, header] {
        let body = envoy(&release, &carrier, None).bootstrap.body;
        let manager = &body["static_resources"]["listeners"][0]["filter_chains"][0]["filters"][0];
        let host = &manager["typed_config"]["route_config"]["virtual_hosts"][0];
        let routes = host["routes"].as_array().unwrap();
        assert!(routes.len() >= 2, "{routes:?}");
        for route in routes {
            assert_eq!(route["route"]["request_mirror_policies"], expected(), "{route}");
        }
    }
}

#[test]
fn the_filter_is_not_told_of_copies() {
    let configured = |mirror: &str| {
        let all = mesh(&release(&format!(
            "{mirror}identity: [{{cookie: id}}], split: {{v2: 10}}, {CALLERS}"
        )));
        named(&all, "30-").clone()
    };
    assert_eq!(configured("mirror: {to: v2, percent: 5}, "), configured(""));
}
