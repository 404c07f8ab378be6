//! Every scenario's bootstrap is one that Envoy would start with: `--mode validate` loads the module and has it
//! read the Release.

use std::path::Path;

use envoy::proxy::Envoy;

use super::{binary, wait};
use crate::goldens::{Scenario, scenarios};

async fn validate(scenario: &Scenario, more: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("filter.yaml");
    let ecds = file.to_str().unwrap();
    let more: Vec<&str> =
        more.iter().map(|text| if *text == "FILE" { ecds } else { text }).collect();
    let module = serin_harness::wasm_host::Module::path().canonicalize().unwrap();
    let bootstrap = scenario.bootstrap(&module, &folder.path().join("envoy.yaml"), &more);
    let checked = Envoy::validate(&binary(), &bootstrap, folder.path()).await;
    if let Err(refused) = checked.unwrap_or_else(|error| panic!("{error:#}")) {
        panic!("{}: {refused}", scenario.name);
    }
}

#[test]
fn envoy_accepts_every_rendered_bootstrap() {
    wait(async {
        for scenario in scenarios() {
            validate(&scenario, &[]).await;
            validate(&scenario, &["--carrier", "header"]).await;
            validate(&scenario, &["--ecds", "FILE"]).await;
        }
    });
}

#[test]
fn envoy_accepts_upstreams_with_http2() {
    wait(async {
        for mut scenario in scenarios() {
            for upstream in &mut scenario.upstreams {
                upstream.push_str(",h2");
            }
            validate(&scenario, &[]).await;
        }
    });
}

#[test]
fn the_scenarios_are_there() {
    let names: Vec<_> = scenarios().into_iter().map(|scenario| scenario.name).collect();
    for name in [
        "bookinfo-ratio",
        "cookie-tutorial",
        "istio-focused-cookie",
        "istio-focused-regex",
        "kubesphere-content",
        "pipecd",
    ] {
        assert!(names.iter().any(|found| found == name), "no envoyfilter/{name}: {names:?}");
    }
    assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join("../envoyfilter").is_dir());
}
