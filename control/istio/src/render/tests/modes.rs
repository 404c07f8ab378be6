//! What each route mode makes of a Release.

use policy::policy::SubsetId;
use serde_json::json;

use super::super::cluster_header::{OfRules, Settings};
use super::super::proxy_version::{BEFORE_1_22, SINCE_1_22, SINCE_1_27};
use super::*;
use crate::gate::Gate;

const GATEWAY: &str = "attach: [{gateway: {namespace: ingress, labels: {istio: gw}, hosts: [a.example.com, b.example.com]}}]";

pub(super) fn rules(switched: &[&str], copies: &[(usize, &str)]) -> Rules {
    Rules {
        switched: switched.iter().map(|name| (*name).to_owned()).collect(),
        ungated: Vec::new(),
        copies: copies.iter().map(|(id, name)| (SubsetId(*id), (*name).to_owned())).collect(),
    }
}

/// Both the mesh and gateways have these rules.
pub(super) fn given(rules: &Rules) -> Given {
    Given { mesh: Some(rules.clone()), gateways: Some(rules.clone()), ..Given::default() }
}

pub(super) fn files(manifests: &[Manifest]) -> Vec<&str> {
    manifests.iter().map(|manifest| manifest.file_name.split('.').next().unwrap()).collect()
}

pub(super) fn patches<'a>(manifests: &'a [Manifest], start: &str) -> &'a [Value] {
    named(manifests, start)["spec"]["configPatches"].as_array().unwrap()
}

/// What a patch does to which route: operation, rule, guard.
fn routes<'a>(patches: &'a [Value]) -> Vec<(&'a str, &'a str, &'a str)> {
    let of = |patch: &'a Value| {
        let route = &patch["match"]["routeConfiguration"]["vhost"]["route"];
        Some((
            patch["patch"]["operation"].as_str()?,
            route["name"].as_str()?,
            patch["match"]["proxy"]["proxyVersion"].as_str()?,
        ))
    };
    patches.iter().filter(|patch| patch["applyTo"] == "HTTP_ROUTE").filter_map(of).collect()
}

#[test]
fn what_the_user_has_is_left_out() {
    let release = release(CALLERS);
    let all = mesh_by(&release, &options(Mode::Matcher), &Given::default());
    assert_eq!(
        files(&all),
        ["10-destination-rule", "20-virtual-service", "30-install-sidecar", "40-switch-sidecar"]
    );
    let mut given = given(&rules(&["main"], &[]));
    given.has_destination_rule = true;
    let rest = mesh_by(&release, &options(Mode::Matcher), &given);
    assert_eq!(files(&rest), ["30-install-sidecar", "40-switch-sidecar"]);
}

#[test]
fn a_header_counts_for_no_waypoint_of_the_callers_namespace() {
    let all = release("attach: [{sidecar: {}}]");
    let by_header = options(Mode::VirtualService);
    let problems = super::super::mesh::render(&all, &by_header, &Given::default()).unwrap_err();
    let text = problems.to_string();
    assert!(
        text.contains(
            "at `spec.attach[0]`: with `--route virtual-service` the callers need labels"
        ),
        "{text}"
    );
    mesh_by(&all, &options(Mode::Matcher), &Given::default());
}

#[test]
fn each_rule_is_switched_by_its_name() {
    let given = given(&rules(&["api", "rest.get"], &[]));
    let sidecars = mesh_by(&release(CALLERS), &options(Mode::Matcher), &given);
    let found = routes(patches(&sidecars, "40-"));
    assert_eq!(found, [("MERGE", "api", SINCE_1_27), ("MERGE", "rest.get", SINCE_1_27)]);
    let gateways = mesh_by(&release(GATEWAY), &options(Mode::Matcher), &given);
    assert_eq!(patches(&gateways, "40-").len(), 4, "two rules of two hosts");
    let text = gateways.last().unwrap().text().unwrap();
    assert!(!text.contains("It changes only rules named"), "{text}");
}

#[test]
fn the_header_is_removed_before_there_are_routes_that_match_it() {
    let given = Given { gateways: Some(rules(&["a"], &[(1, "a-v2")])), ..Given::default() };
    let manifests = mesh_by(&release(GATEWAY), &options(Mode::VirtualService), &given);
    assert_eq!(
        files(&manifests),
        ["10-destination-rule", "30-install-gateway", "35-virtual-service", "40-switch-gateway"]
    );
    let strip = patches(&manifests, "30-")
        .iter()
        .find(|patch| patch["applyTo"] == "NETWORK_FILTER")
        .unwrap();
    assert_eq!(strip["match"]["proxy"]["proxyVersion"], SINCE_1_22);
    let removed = json!([{"remove": "x-serin-subset"}]);
    let manager = &strip["patch"]["value"]["typed_config"];
    let mutations = &manager["early_header_mutation_extensions"][0]["typed_config"]["mutations"];
    assert_eq!(*mutations, removed);
}

#[test]
fn the_header_that_carries_decisions_is_removed_wherever_a_proxy_can() {
    let given = given(&rules(&["a"], &[]));
    for (mode, header) in [
        (Mode::Matcher, None),
        (Mode::VirtualService, Some("x-serin-subset")),
        (Mode::ClusterHeader, Some("x-serin-cluster")),
    ] {
        let manifests = mesh_by(&release(CALLERS), &options(mode), &given);
        let strip =
            patches(&manifests, "30-").iter().find(|patch| patch["applyTo"] == "NETWORK_FILTER");
        let Some(header) = header else {
            // To look for a header costs every request of the listener, of other hosts too.
            assert_eq!(strip, None, "{mode:?}");
            continue;
        };
        let strip = strip.unwrap();
        assert_eq!(strip["match"]["proxy"]["proxyVersion"], SINCE_1_22, "{mode:?}");
        let manager = &strip["patch"]["value"]["typed_config"];
        let mutations =
            &manager["early_header_mutation_extensions"][0]["typed_config"]["mutations"];
        assert_eq!(*mutations, json!([{"remove": header}]), "{mode:?}");
    }
}

#[test]
fn a_proxy_that_cannot_remove_headers_never_takes_a_copy() {
    let given = given(&rules(&["a"], &[(1, "a-v2")]));
    let manifests = mesh_by(&release(CALLERS), &options(Mode::VirtualService), &given);
    let install = patches(&manifests, "30-");
    assert_eq!(routes(install), [("MERGE", "a-v2", BEFORE_1_22)]);
    let value = &install.last().unwrap()["patch"]["value"]["match"]["headers"];
    let never = json!([{"name": "x-serin-subset", "present_match": true, "invert_match": true}]);
    assert_eq!(*value, never);
    assert_eq!(routes(patches(&manifests, "40-")), [("MERGE", "a", SINCE_1_22)]);
}

#[test]
fn copies_lead_to_the_fallback_where_there_is_one() {
    let given = given(&rules(&["a"], &[(1, "a-v2")]));
    let release = release(&format!("{CALLERS}, fallback: stable"));
    let manifests = mesh_by(&release, &options(Mode::VirtualService), &given);
    let found = routes(patches(&manifests, "40-"));
    assert_eq!(found, [("MERGE", "a", SINCE_1_22), ("MERGE", "a-v2", SINCE_1_22)]);
    let to = &patches(&manifests, "40-")[1]["patch"]["value"]["route"];
    assert_eq!(to["cluster"], "serin|9080|v2|reviews.bookinfo.svc.cluster.local");
    assert_eq!(
        to["retry_policy"]["retry_priority"]["name"],
        "envoy.retry_priorities.previous_priorities"
    );
    for mode in [Mode::Matcher, Mode::VirtualService, Mode::ClusterHeader] {
        let manifests = mesh_by(&release, &options(mode), &given);
        let cluster = &patches(&manifests, "30-")[0];
        assert_eq!(cluster["applyTo"], "CLUSTER", "{mode:?}");
        assert_eq!(cluster["patch"]["value"]["name"], to["cluster"], "{mode:?}");
    }
}

#[test]
fn a_cluster_header_stands_before_its_rule_and_leads_to_this_releases_clusters_only() {
    let given = Given {
        settings: OfRules {
            mesh: Some(Settings { timeout: "3s".to_owned(), retry_policy: None }),
            gateways: None,
        },
        ..given(&rules(&["a", "b"], &[]))
    };
    let manifests = mesh_by(&release(CALLERS), &options(Mode::ClusterHeader), &given);
    let found = routes(patches(&manifests, "40-"));
    let expected = [("MERGE", "a"), ("MERGE", "b"), ("INSERT_BEFORE", "a"), ("INSERT_BEFORE", "b")];
    assert_eq!(found, expected.map(|(operation, name)| (operation, name, SINCE_1_22)));
    let route = json!({
        "name": "serin.bookinfo.reviews.cluster-header",
        "match": {
            "prefix": "/",
            "headers": [{
                "name": "x-serin-cluster",
                "string_match": {
                    "safe_regex": { "regex": r"outbound\|9080\|v2\|reviews\.bookinfo\.svc\.cluster\.local" },
                },
            }],
        },
        "request_headers_to_remove": ["x-serin-cluster"],
        "route": { "cluster_header": "x-serin-cluster", "timeout": "3s", "max_grpc_timeout": "3s" },
    });
    assert_eq!(patches(&manifests, "40-")[2]["patch"]["value"], route);
    let config = named(&manifests, "30-").to_string();
    assert!(
        config.contains(
            r#"{\"header\":{\"name\":\"x-serin-cluster\",\"values\":{\"v2\":\"outbound|9080|v2|"#
        ),
        "{config}"
    );
}

#[test]
fn a_gateways_own_virtual_service_must_be_given_where_it_has_to_change() {
    for mode in [Mode::VirtualService, Mode::ClusterHeader] {
        let refused = mesh::render(&release(GATEWAY), &options(mode), &Given::default());
        let refused = refused.unwrap_err().to_string();
        assert!(
            refused.starts_with("error[missing-field] at `spec.attach[0]`: with `--route "),
            "{refused}"
        );
        assert!(refused.contains("`--into FILE`"), "{refused}");
    }
    mesh_by(&release(GATEWAY), &options(Mode::Matcher), &Given::default());
}

#[test]
fn a_gateway_before_istio_1_26_is_patched_by_names_that_nobody_else_has() {
    let options = Options { istio: Some("1.25".parse().unwrap()), ..options(Mode::VirtualService) };
    let ours = rules(&["serin.bookinfo.reviews", "serin.bookinfo.reviews/2"], &[]);
    let manifests = mesh_by(&release(GATEWAY), &options, &given(&ours));
    let switch = patches(&manifests, "40-");
    assert_eq!(switch.len(), 2);
    assert!(switch.iter().all(|patch| !patch.to_string().contains("domainName")), "{switch:?}");
    let other = given(&rules(&["main"], &[]));
    let refused = mesh::render(&release(GATEWAY), &options, &other).unwrap_err().to_string();
    assert!(refused.contains("has a rule `main` too"), "{refused}");
    let new = Options { istio: Some("1.26".parse().unwrap()), ..options };
    mesh_by(&release(GATEWAY), &new, &other);
}

#[test]
fn our_own_virtual_service_has_its_copies_as_a_users_would() {
    let manifests = mesh_by(&release(CALLERS), &options(Mode::VirtualService), &Given::default());
    let service = named(&manifests, "35-");
    assert_eq!(
        service["metadata"]["annotations"],
        json!({"serin.dev/release": "bookinfo/reviews", "argocd.argoproj.io/sync-wave": "35"})
    );
    let rules = service["spec"]["http"].as_array().unwrap();
    let subset = |rule: &Value| rule["route"][0]["destination"]["subset"].clone();
    assert_eq!(rules.iter().map(subset).collect::<Vec<_>>(), ["v2", "v1"]);
    assert_eq!(rules[0]["match"][0]["headers"]["x-serin-subset"]["exact"], "reviews.bookinfo/v2");
    let copy = rules[0]["name"].as_str().unwrap();
    let name = "serin.bookinfo.reviews";
    assert_eq!(routes(patches(&manifests, "40-")), [("MERGE", name, SINCE_1_22)]);
    assert_eq!(routes(patches(&manifests, "30-")), [("MERGE", copy, BEFORE_1_22)]);
}

#[test]
fn the_filter_runs_where_the_gate_leads_while_the_rules_gate_is_that_of_the_release() {
    const GATED: &str =
        "rules: [{name: r, match: [{cookies: {version: {exact: v2}}}], split: {v2: 100}}]";
    let release = |split: &str| release(&format!("{CALLERS}, {GATED}, {split}"));
    let (all_stable, some) =
        (release("split: {v1: 100}"), release("split: {v2: 10}, sticky: false"));
    let options = options(Mode::VirtualService);
    let gate = options.gate(&all_stable.policy);
    assert!(gate.is_some());
    assert_eq!(options.gate(&some.policy), None);
    assert_eq!(Options { gate: false, ..options.clone() }.gate(&all_stable.policy), None);
    let switched = |release: &Checked, gate: Option<&Gate>| -> Vec<String> {
        let given = Given { gate: gate.cloned(), ..Given::default() };
        let manifests = mesh_by(release, &options, &given);
        let patches = patches(&manifests, "40-");
        routes(patches).into_iter().map(|(_, name, _)| name.to_owned()).collect()
    };
    let (plain, gated) =
        ("serin.bookinfo.reviews", "serin.bookinfo.reviews/_gate/serin.bookinfo.reviews");
    assert_eq!(switched(&all_stable, gate.as_ref()), [gated]);
    assert_eq!(switched(&all_stable, None), [plain]);
    // In the middle of a rollout: rules as they will be again, and every subset has a share.
    assert_eq!(switched(&some, gate.as_ref()), [gated, plain]);
    assert_eq!(switched(&some, None), [plain]);
}

#[test]
fn modes_whose_patches_go_by_a_users_rules_have_no_gate() {
    let release = release(&format!(
        "{CALLERS}, rules: [{{name: r, match: [{{cookies: {{a: {{exact: b}}}}}}], split: {{v2: 100}}}}]"
    ));
    for mode in Mode::ALL {
        assert_eq!(options(mode).gate(&release.policy).is_some(), mode == Mode::VirtualService);
    }
}
