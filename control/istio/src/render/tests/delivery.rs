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
    options.delivery.modules = Modules::Full(Module::Remote {
        url: "oci://registry.example.com/serin@sha256:abc".to_owned(),
        sha256: "abc".to_owned(),
    });
    options.pull_secret = Some("registry".to_owned());
    options.delivery.failure = FailurePolicy::Closed;
    let release = release(CALLERS);
    let manifests = mesh_by(&release, &options, &Given::default());
    assert_eq!(
        files(&manifests),
        ["10-destination-rule", "20-virtual-service", "30-plugin-sidecar", "40-switch-sidecar"]
    );
    let spec = &named(&manifests, "30-plugin")["spec"];
    assert_eq!(spec["selector"], json!({"matchLabels": {"app": "productpage"}}));
    assert_eq!(spec["match"], json!([{"mode": "CLIENT", "ports": [{"number": 9080}]}]));
    assert_eq!(spec["failStrategy"], "FAIL_CLOSE");
    assert_eq!(spec["imagePullSecret"], "registry");
    assert_eq!(spec["pluginConfig"]["carrier"], "filter-state");
    assert_eq!(spec["pluginConfig"]["release"]["metadata"]["name"], "reviews");
    let switch = patches(&manifests, "40-")[0].to_string();
    assert!(switch.contains("inline_cluster_specifier_plugin"), "{switch}");
    assert!(!switch.contains("typed_per_filter_config"), "it cannot be off: {switch}");
}

#[test]
fn a_release_that_needs_no_regex_engine_gets_the_module_without() {
    let file = |name: &str| Module::File(format!("/{name}.wasm"));
    let code = |spec: &str, modules: &Modules| {
        let options = Options {
            delivery: Delivery { modules: modules.clone(), failure: FailurePolicy::Open },
            ..options(Mode::Matcher)
        };
        let manifests = mesh::render(&release(spec), &options, &Given::default())
            .map_err(|problems| problems.to_string())?;
        let resource = patches(&manifests, "30-")
            .iter()
            .find(|patch| patch["applyTo"] == "EXTENSION_CONFIG")
            .unwrap();
        let file = "/patch/value/typed_config/config/vm_config/code/local/filename";
        Ok::<_, String>(resource.pointer(file).unwrap().clone())
    };
    let both = Modules::Both { full: file("full"), lite: file("lite") };
    let rule = |test: &str| {
        format!("{CALLERS}, rules: [{{name: r, match: [{test}], split: {{v2: 100}}}}]")
    };
    let plain = rule("{cookies: {a: {exact: b}}}");
    // Few enough values to be looked up.
    let listed = rule("{cookies: {a: {regex: 'b|c'}}}");
    let engine = rule("{cookies: {a: {regex: '[0-9]+'}}}");
    for spec in [&plain, &listed] {
        assert_eq!(code(spec, &both), Ok(json!("/lite.wasm")));
        assert_eq!(code(spec, &Modules::Lite(file("lite"))), Ok(json!("/lite.wasm")));
        assert_eq!(code(spec, &Modules::Full(file("full"))), Ok(json!("/full.wasm")));
    }
    assert_eq!(code(&engine, &both), Ok(json!("/full.wasm")));
    let refused = code(&engine, &Modules::Lite(file("lite"))).unwrap_err();
    let expected = "`spec.rules[0].match[0].cookies.a.regex`: the rule `r` needs the regex engine, and only the module \
                    without it (`serin-lite.wasm`) is given";
    assert!(refused.contains(expected), "{refused}");
}

#[test]
fn whatever_comes_of_a_release_runs_in_one_module() {
    let file = |name: &str| Module::File(format!("/{name}.wasm"));
    let both = Modules::Both { full: file("full"), lite: file("lite") };
    let rule = |regex: &str| {
        release(&format!(
            "rules: [{{name: r, match: [{{cookies: {{a: {{regex: '{regex}'}}}}}}], split: {{v2: 100}}}}]"
        ))
    };
    assert_eq!(both.for_all_of(&rule("b|c")), Ok(both.clone()));
    assert_eq!(both.for_all_of(&rule("[0-9]+")), Ok(Modules::Full(file("full"))));
    assert!(Modules::Lite(file("lite")).for_all_of(&rule("[0-9]+")).is_err());
}

#[test]
fn the_configuration_in_an_object_can_be_replaced_by_itself() {
    let [before, after] = [5, 0].map(|share| {
        release(&format!("{CALLERS}, identity: [{{cookie: user}}], split: {{v2: {share}}}"))
    });
    let plugin = Options { pull_secret: Some("registry".to_owned()), ..options(Mode::Matcher) };
    for options in [plugin, options(Mode::Matcher), options(Mode::VirtualService)] {
        let render = |release| mesh_by(release, &options, &Given::default());
        let carrier = options.mode.carrier(&after.policy);
        let mut replaced = 0;
        for (old, new) in render(&before).iter().zip(&render(&after)) {
            let found = configuration::replaced(&old.body, &after, Some(&carrier)).unwrap();
            // Who does not know the mode leaves decisions their way out.
            assert_eq!(configuration::replaced(&old.body, &after, None), Ok(found.clone()));
            if old.body["spec"] == new.body["spec"] {
                // Routes and subsets have none.
                assert_eq!(found, None, "{}", old.file_name);
            } else {
                assert_eq!(found.as_ref(), Some(&new.body["spec"]), "{}", old.file_name);
                replaced += 1;
            }
        }
        assert_eq!(replaced, 1);
    }
}
