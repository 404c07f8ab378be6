//! A module that refuses its configuration.

use envoy::proxy::Envoy;
use istio::render::bootstrap::Rendered;
use serde_json::json;

use super::{header, insiders};
use crate::envoy::stage::{Given, Setup, Stage, Through, filter_config, served_by};
use crate::envoy::{binary, wait};
use crate::goldens::scenarios;

/// Two mistakes, which only the module sees.
fn spoil(rendered: &mut Rendered) {
    let value = &mut filter_config(rendered)["configuration"]["value"];
    let mut configuration: serde_json::Value =
        serde_json::from_str(value.as_str().unwrap()).unwrap();
    configuration["release"]["spec"]["port"] = json!(70000);
    configuration["release"]["spec"]["stable"] = json!("v9");
    *value = json!(configuration.to_string());
}

#[test]
fn a_bootstrap_with_a_refused_configuration_does_not_start_and_every_problem_is_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let module = Setup::new(Through::Bootstrap).module;
    let scenarios = scenarios();
    let bootstrap = scenarios[0].bootstrap(&module, &folder.path().join("envoy.yaml"), &[]);
    // The scenario's own text with another version of the configuration, and no carrier that there is.
    let spoiled = bootstrap.replace("filter-state", "telepathy").replace("9080", "90800");
    assert_ne!(spoiled, bootstrap);
    let refused = wait(Envoy::validate(&binary(), &spoiled, folder.path())).unwrap().unwrap_err();
    for problem in [
        "expected `filter-state` or `header` (a map), found the string `telepathy`",
        "found `90800`",
    ] {
        assert!(refused.0.contains(problem), "{problem} is not in the log:\n{}", refused.0);
    }
}

#[test]
fn a_refused_update_keeps_the_last_good_configuration() {
    wait(async {
        let canary = insiders("v2");
        let mut stage = Stage::start(Setup::new(Through::Ecds), &Given::new(&canary)).await;
        let cookie = header("cookie", "version=v2");
        let mut kept_alive = stage.connect().await;
        assert_eq!(served_by(&mut kept_alive, &cookie).await, "v2");
        let bad = Given { checked: &insiders("v3"), twist: &spoil };
        assert!(!stage.apply(&bad).await, "the bad configuration was taken");
        for problem in ["found `70000`", "the stable subset `v9` is not declared"] {
            assert!(stage.log().contains(problem), "{problem} is not in the log");
        }
        for _ in 0..20 {
            assert_eq!(stage.served_by(&cookie).await, "v2");
        }
        assert_eq!(served_by(&mut kept_alive, &cookie).await, "v2");
        assert!(stage.apply(&Given::new(&insiders("v3"))).await, "{}", stage.envoy.log_tail());
        assert_eq!(
            served_by(&mut kept_alive, &cookie).await,
            "v3",
            "kept-alive connections follow"
        );
        assert_eq!(stage.served_by(&cookie).await, "v3");
    });
}

#[test]
fn a_fresh_proxy_with_only_a_refused_configuration_sends_all_to_stable_until_a_good_one_comes() {
    wait(async {
        let canary = insiders("v2");
        let mut stage =
            Stage::start(Setup::new(Through::Ecds), &Given { checked: &canary, twist: &spoil })
                .await;
        let cookie = header("cookie", "version=v2");
        let (taken, refused) = stage.updates().await;
        assert!(
            taken == 0 && refused > 0,
            "{taken} taken, {refused} refused:\n{}",
            stage.envoy.log_tail()
        );
        for _ in 0..10 {
            assert_eq!(stage.served_by(&cookie).await, "v1");
        }
        assert!(stage.apply(&Given::new(&canary)).await, "{}", stage.envoy.log_tail());
        assert_eq!(stage.served_by(&cookie).await, "v2");
    });
}
