//! A module that is not there.

use std::path::PathBuf;

use envoy::proxy::Envoy;

use super::{header, insiders};
use crate::envoy::stage::{Given, Setup, Stage, Through};
use crate::envoy::{binary, wait};
use crate::goldens::scenarios;

fn nowhere() -> PathBuf {
    PathBuf::from("/nowhere/serin.wasm")
}

#[test]
fn a_bootstrap_that_names_an_absent_module_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    let scenarios = scenarios();
    let bootstrap = scenarios[0].bootstrap(&nowhere(), &folder.path().join("envoy.yaml"), &[]);
    let refused = wait(Envoy::validate(&binary(), &bootstrap, folder.path())).unwrap().unwrap_err();
    assert!(refused.0.contains("/nowhere/serin.wasm"), "{}", refused.0);
}

#[test]
fn a_fresh_proxy_whose_discovered_configuration_names_an_absent_module_sends_all_to_stable() {
    wait(async {
        let (canary, setup) = (insiders("v2"), Setup::new(Through::Ecds));
        let absent = Setup { module: nowhere(), ..setup.clone() };
        let mut stage = Stage::start(absent, &Given::new(&canary)).await;
        assert_eq!(stage.updates().await.0, 0, "{}", stage.envoy.log_tail());
        assert_eq!(stage.served_by(&header("cookie", "version=v2")).await, "v1");
        assert!(stage.replace(&setup, &Given::new(&canary)).await, "{}", stage.envoy.log_tail());
        assert_eq!(stage.served_by(&header("cookie", "version=v2")).await, "v2");
    });
}
