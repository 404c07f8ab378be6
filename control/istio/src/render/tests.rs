mod delivery;
mod lacking;
mod mirror;
mod modes;

use document::load::{self, Source};
use document::yaml;
use policy::config::Carrier;
use policy::{Checked, Path, Policy, Problems};
use serde_json::Value;

use super::cluster::Endpoint;
use super::mesh::{Given, Options};
use super::mode::Mode;
use super::{
    Delivery, FailurePolicy, Manifest, Module, Modules, bootstrap, capabilities, configuration,
    mesh,
};
use crate::decision_header;
use crate::weave::Rules;

const SUBSETS: &str =
    "subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]";
const CALLERS: &str = "attach: [{sidecar: {labels: {app: productpage}}}]";

fn release(spec: &str) -> Checked {
    let text = format!(
        "apiVersion: serin.dev/v1alpha1\nkind: Release\nmetadata: {{name: reviews, namespace: bookinfo}}\n\
         spec: {{host: reviews, port: 9080, stable: v1, {SUBSETS}, {spec}}}\n"
    );
    let (documents, fault) = load::documents(&Source::new("release.yaml", text));
    assert_eq!(fault, None);
    let mut problems = Problems::default();
    let checked = policy::check(&documents[0].node, &Path::root(), &mut problems);
    checked.unwrap_or_else(|| panic!("{problems}"))
}

fn delivery() -> Delivery {
    Delivery {
        modules: Modules::Full(Module::File("/serin.wasm".to_owned())),
        failure: FailurePolicy::Open,
    }
}

fn options(mode: Mode) -> Options {
    Options {
        mode,
        istio: None,
        delivery: delivery(),
        pull_secret: None,
        gate: true,
        counts: false,
    }
}

fn mesh_by(release: &Checked, options: &Options, given: &Given) -> Vec<Manifest> {
    mesh::render(release, options, given).unwrap_or_else(|problems| panic!("{problems}"))
}

fn mesh(release: &Checked) -> Vec<Manifest> {
    mesh_by(release, &options(Mode::Matcher), &Given::default())
}

fn envoy(release: &Checked, carrier: &Carrier, ecds: Option<&str>) -> bootstrap::Rendered {
    let endpoint = |port| vec![Endpoint::new("127.0.0.1", port)];
    let options = bootstrap::Options {
        listen: "127.0.0.1:0".parse().unwrap(),
        admin: None,
        upstreams: vec![endpoint(9101), endpoint(9102)],
        carrier: carrier.clone(),
        delivery: delivery(),
        ecds: ecds.map(str::to_owned),
        gate: true,
    };
    bootstrap::render(release, &options).unwrap()
}

/// What a mesh says about a Release that it cannot be made of.
fn refused(spec: &str) -> String {
    let refused = mesh::render(&release(spec), &options(Mode::Matcher), &Given::default());
    refused.unwrap_err().to_string()
}

fn named<'a>(manifests: &'a [Manifest], start: &str) -> &'a Value {
    let found = manifests.iter().find(|manifest| manifest.file_name.starts_with(start));
    &found.unwrap_or_else(|| panic!("{start}")).body
}

#[test]
fn only_what_is_needed_is_allowed() {
    let extra = |spec: &str, carrier: fn(&Policy) -> Carrier| -> Vec<&str> {
        let Checked { policy, program, .. } = release(spec);
        capabilities::names(&policy, &program, &carrier(&policy))[6..].to_vec()
    };
    let state = |_: &Policy| Carrier::FilterState;
    let header = decision_header::subset_carrier;
    let property = ["proxy_set_property", "proxy_call_foreign_function"];
    let metric = ["proxy_define_metric", "proxy_increment_metric"];
    assert_eq!(extra("counters: false", state), property);
    assert_eq!(
        extra("split: {v2: 10}, sticky: false", header),
        ["proxy_replace_header_map_value", metric[0], metric[1], "random_get"]
    );
    let sticky = "identity: [{cookie: id}], split: {v2: 10}, counters: false";
    assert_eq!(extra(sticky, state), ["proxy_get_header_map_value", property[0], property[1]]);
    let random = format!("{sticky}, anonymous: random");
    assert_eq!(
        extra(&random, header),
        ["proxy_get_header_map_value", "proxy_replace_header_map_value", "random_get"]
    );
}

#[test]
fn the_same_release_makes_the_same_bytes() {
    let all = || -> Vec<String> {
        let release = release(&format!("{CALLERS}, identity: [{{cookie: id}}], split: {{v2: 10}}"));
        let rendered = envoy(&release, &Carrier::FilterState, Some("x/ecds.yaml"));
        let mut manifests = mesh(&release);
        manifests.extend([rendered.bootstrap, rendered.ecds.unwrap()]);
        manifests.iter().map(|manifest| manifest.text().unwrap()).collect()
    };
    assert_eq!(all(), all());
    for text in all() {
        let head = "# made by `serin render` 0.1.0 from Release bookinfo/reviews; do not edit\n# ";
        assert!(text.starts_with(head) && text.ends_with('\n'), "{text}");
    }
}

#[test]
fn files_are_numbered_in_the_order_in_which_they_are_applied() {
    let two = "attach: [{sidecar: {labels: {app: b}}}, {sidecar: {namespace: a}}, \
               {gateway: {namespace: istio-system, labels: {istio: ingressgateway}, hosts: [a.example.com]}}]";
    let files: Vec<String> =
        mesh(&release(two)).into_iter().map(|manifest| manifest.file_name).collect();
    assert_eq!(
        files,
        [
            "10-destination-rule.yaml",
            "20-virtual-service.yaml",
            "30-install-sidecar.bookinfo.app-b.yaml",
            "30-install-sidecar.a.all.yaml",
            "30-install-gateway.istio-system.istio-ingressgateway.yaml",
            "40-switch-sidecar.bookinfo.app-b.yaml",
            "40-switch-sidecar.a.all.yaml",
            "40-switch-gateway.istio-system.istio-ingressgateway.yaml",
        ]
    );
}

#[test]
fn filters_are_found_by_the_names_that_istio_gives() {
    let manifests = mesh(&release(CALLERS));
    let switch = named(&manifests, "40-");
    assert_eq!(switch["metadata"]["name"], "serin.bookinfo.reviews.switch.sidecar.app-productpage");
    assert_eq!(switch["metadata"]["namespace"], "bookinfo");
    let patch = &switch["spec"]["configPatches"][0];
    let vhost = &patch["match"]["routeConfiguration"]["vhost"];
    assert_eq!(vhost["name"], "reviews.bookinfo.svc.cluster.local:9080");
    assert_eq!(vhost["route"]["name"], named(&manifests, "20-")["spec"]["http"][0]["name"]);
    let value = &patch["patch"]["value"];
    let filter = &named(&manifests, "30-")["spec"]["configPatches"][1]["patch"]["value"];
    let name = filter["name"].as_str().unwrap();
    assert_eq!(name, "bookinfo/serin.reviews");
    assert_eq!(value["typed_per_filter_config"][name]["is_optional"], true);
    let text = yaml::block(value).unwrap();
    assert!(
        text.contains("cluster: outbound|9080|v2|reviews.bookinfo.svc.cluster.local"),
        "{text}"
    );
    assert!(text.contains("key: wasm.serin.bookinfo.reviews"), "{text}");
}

#[test]
fn a_gateway_is_patched_by_domain_and_says_what_it_needs() {
    let attach = "attach: [{gateway: {namespace: ingress, labels: {istio: gw}, hosts: [a.example.com, '*']}}]";
    let release = release(attach);
    let manifests = mesh(&release);
    let patches = named(&manifests, "40-")["spec"]["configPatches"].as_array().unwrap().clone();
    let domains: Vec<&Value> = patches
        .iter()
        .map(|patch| &patch["match"]["routeConfiguration"]["vhost"]["domainName"])
        .collect();
    assert_eq!(domains, ["a.example.com", "*"]);
    assert_eq!(patches[0]["match"]["context"], "GATEWAY");
    let text = manifests.last().unwrap().text().unwrap();
    assert!(text.contains("rules named `serin.bookinfo.reviews`"), "{text}");
    assert!(super::envoy_filter::needs(&release.policy, &release.policy.attach()[0]).is_some());
}

#[test]
fn a_mesh_needs_callers_that_get_the_filter_once() {
    assert_eq!(
        refused("counters: true"),
        "error[missing-field] at `spec.attach`: missing field `attach`: a mesh needs to know which proxies run the \
         filter; \
         help: name the callers of the host: `attach: [{sidecar: {labels: {app: productpage}}}]`"
    );
    assert_eq!(
        refused("attach: [{sidecar: {labels: {app: a}}}, {sidecar: {}}]"),
        "error[duplicate-name] at `spec.attach[0]`: these proxies are among those of `spec.attach[1]`, and would get the \
         filter twice; help: remove one of the two, or use labels that do not overlap"
    );
    mesh(&release("attach: [{sidecar: {labels: {app: a}}}, {sidecar: {namespace: other}}]"));
}

#[test]
fn a_header_chooses_only_where_it_is_the_carrier() {
    let release = release("identity: [{cookie: id}], split: {v2: 10}");
    let host = |carrier: &Carrier| {
        let body = envoy(&release, carrier, None).bootstrap.body;
        let manager = &body["static_resources"]["listeners"][0]["filter_chains"][0]["filters"][0]["typed_config"];
        let removal = manager.get("early_header_mutation_extensions").map(ToString::to_string);
        assert_eq!(removal.is_some(), *carrier != Carrier::FilterState);
        assert!(removal.is_none_or(|removal| removal.contains("x-serin-subset")));
        assert_eq!(manager["http_filters"][0]["disabled"], true);
        manager["route_config"]["virtual_hosts"][0].clone()
    };
    let header = host(&decision_header::subset_carrier(&release.policy));
    assert_eq!(header["request_headers_to_remove"], serde_json::json!(["x-serin-subset"]));
    let routes = header["routes"].as_array().unwrap();
    assert_eq!(routes.len(), 2);
    assert_eq!(routes[0]["match"]["headers"][0]["string_match"]["exact"], "reviews.bookinfo/v2");
    assert_eq!(
        routes[1]["route"]["cluster"],
        "outbound|9080|v1|reviews.bookinfo.svc.cluster.local"
    );
    let state = host(&Carrier::FilterState);
    assert_eq!(state["routes"].as_array().unwrap().len(), 1);
    assert_eq!(state.get("request_headers_to_remove"), None);
}

#[test]
fn the_watched_folder_is_that_of_the_file() {
    let release = release("counters: false");
    for (path, folder, name) in
        [("e.yaml", ".", "e.yaml"), ("a/b/e.yaml", "a/b", "e.yaml"), ("/e.yaml", "/", "e.yaml")]
    {
        let rendered = envoy(&release, &Carrier::FilterState, Some(path));
        let text = rendered.bootstrap.body.to_string();
        let source = format!(
            r#""path_config_source":{{"path":"{path}","watched_directory":{{"path":"{folder}"}}}}"#
        );
        assert!(text.contains(&source), "{text}");
        assert_eq!(rendered.ecds.unwrap().file_name, name);
    }
}
