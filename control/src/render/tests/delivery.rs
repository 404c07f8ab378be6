//! How the module comes into proxies, and what they do when it fails.

use serde_json::json;

use super::super::proxy_version::{FROM_1_22_TO_1_24, SINCE_1_25, SINCE_1_27};
use super::modes::{files, given, patches, rules};
use super::*;

#[test]
fn each_generation_of_proxies_gets_the_fail_policy_that_it_knows() {
    let given = given(&rules(&["a"], &[]));
    let configs = |mode, failure| -> Vec<(String, Value, Value)> {
        let mut options = options(mode);
        options.delivery.failure = failure;
        let manifests = mesh_by(&release(CALLERS), &options, &given);
        let resources = patches(&manifests, "30-")
            .iter()
            .filter(|patch| patch["applyTo"] == "EXTENSION_CONFIG");
        resources
            .map(|patch| {
                let config = &patch["patch"]["value"]["typed_config"]["config"];
                let guard = patch["match"]["proxy"]["proxyVersion"].as_str().unwrap().to_owned();
                (guard, config["failure_policy"].clone(), config["fail_open"].clone())
            })
            .collect()
    };
    let config = |guard: &str, policy: Value, open: Value| (guard.to_owned(), policy, open);
    assert_eq!(
        configs(Mode::Matcher, FailurePolicy::Open),
        [config(SINCE_1_27, json!("FAIL_OPEN"), json!(null))]
    );
    assert_eq!(
        configs(Mode::VirtualService, FailurePolicy::Open),
        [
            config(FROM_1_22_TO_1_24, json!(null), json!(true)),
            config(SINCE_1_25, json!("FAIL_OPEN"), json!(null))
        ]
    );
    assert_eq!(
        configs(Mode::ClusterHeader, FailurePolicy::Closed),
        [
            config(FROM_1_22_TO_1_24, json!(null), json!(false)),
            config(SINCE_1_25, json!("FAIL_CLOSED"), json!(null))
        ]
    );
    assert_eq!(
        configs(Mode::VirtualService, FailurePolicy::Reload),
        [config(SINCE_1_25, json!("FAIL_RELOAD"), json!(null))]
    );
}

#[test]
fn a_password_of_a_registry_takes_a_wasm_plugin() {
    let mut options = options(Mode::Matcher);
    options.delivery.module = Module::Remote {
        url: "oci://registry.example.com/serin@sha256:abc".to_owned(),
        sha256: "abc".to_owned(),
    };
    options.pull_secret = Some("registry".to_owned());
    options.delivery.failure = FailurePolicy::Closed;
    let release = release(CALLERS);
    let manifests = mesh_by(&release, &options, &Given::default());
    assert_eq!(
        files(&manifests),
        [
            "10-destination-rule",
            "20-virtual-service",
            "30-install-sidecar",
            "30-plugin-sidecar",
            "40-switch-sidecar"
        ]
    );
    let spec = &named(&manifests, "30-plugin")["spec"];
    assert_eq!(spec["selector"], json!({"matchLabels": {"app": "productpage"}}));
    assert_eq!(spec["match"], json!([{"mode": "CLIENT", "ports": [{"number": 9080}]}]));
    assert_eq!(spec["failStrategy"], "FAIL_CLOSE");
    assert_eq!(spec["imagePullSecret"], "registry");
    assert_eq!(spec["pluginConfig"]["carrier"], "filter-state");
    assert_eq!(spec["pluginConfig"]["release"]["metadata"]["name"], "reviews");
    let kinds: Vec<&Value> =
        patches(&manifests, "30-install").iter().map(|patch| &patch["applyTo"]).collect();
    assert_eq!(kinds, ["NETWORK_FILTER"], "the filter itself comes with the plugin");
    let switch = patches(&manifests, "40-")[0].to_string();
    assert!(switch.contains("inline_cluster_specifier_plugin"), "{switch}");
    assert!(!switch.contains("typed_per_filter_config"), "it cannot be off: {switch}");
}
