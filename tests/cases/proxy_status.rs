//! `serin proxy-status` on real Envoys: what is in force, what was refused, and what cannot be asked.

use istio::render::bootstrap::Rendered;
use policy::Checked;
use serde_json::{Value, json};

use crate::check::program::{Run, root, run};
use crate::envoy::stage::{Given, Setup, Stage, Through, filter_config};
use crate::envoy::wait;
use crate::release::{check, release};

/// A Release that sends the cookie `version=v2` to this subset.
fn insiders(subset: &str) -> Checked {
    let rule = json!({
        "name": "insiders",
        "match": [{ "cookies": { "version": { "exact": "v2" } } }],
        "split": { subset: 100 },
    });
    check(&release(json!({ "rules": [rule] })))
}

/// A mistake that only the module sees.
fn spoil(rendered: &mut Rendered) {
    let value = &mut filter_config(rendered)["configuration"]["value"];
    let mut configuration: Value = serde_json::from_str(value.as_str().unwrap()).unwrap();
    configuration["release"]["spec"]["port"] = json!(70000);
    *value = json!(configuration.to_string());
}

/// A module that is not there: the configuration itself is good.
fn lose_module(rendered: &mut Rendered) {
    filter_config(rendered)["vm_config"]["code"]["local"]["filename"] = json!("/nowhere.wasm");
}

fn status(stage: &Stage, arguments: &[&str]) -> Run {
    let url = format!("http://{}", stage.admin.address());
    run(root(), &[&["proxy-status", "--envoy", &url], arguments].concat(), b"")
}

/// What `--format json` says about the one filter, and the exit code.
#[track_caller]
fn filter(stage: &Stage) -> (Value, Option<i32>) {
    let run = status(stage, &["--format", "json"]);
    let answers: Value = serde_json::from_str(&run.stdout).unwrap();
    let [answer] = answers.as_array().unwrap().as_slice() else { panic!("{}", run.shown()) };
    let [filter] = answer["filters"].as_array().unwrap().as_slice() else {
        panic!("{}", run.shown())
    };
    assert_eq!(answer["ok"], run.code == Some(0), "{}", run.shown());
    (filter.clone(), run.code)
}

async fn insider(stage: &Stage) -> String {
    stage.served_by(&[("cookie".to_owned(), b"version=v2".to_vec())]).await
}

#[test]
fn a_refused_configuration_is_told_from_the_good_one_that_goes_on() {
    wait(async {
        let (good, better) = (insiders("v2"), insiders("v3"));
        let mut stage = Stage::start(Setup::new(Through::Ecds), &Given::new(&good)).await;
        for _ in 0..3 {
            assert_eq!(insider(&stage).await, "v2");
        }
        let (first, code) = filter(&stage);
        assert_eq!((&first["state"], code), (&json!("in-force"), Some(0)), "{first}");
        assert_eq!(first["release"], "bookinfo/reviews");
        let counted = json!({ "rule": "insiders", "subset": "v2", "requests": 3 });
        assert!(first["decisions"].as_array().unwrap().contains(&counted), "{first}");

        // Twice: the second time Envoy counts it as taken.
        for (is_taken, version) in [(false, &first["version"]), (true, &Value::Null)] {
            let spoiled = Given { checked: &better, twist: &spoil };
            assert_eq!(stage.apply(&spoiled).await, is_taken);
            let (refused, code) = filter(&stage);
            assert_eq!((&refused["state"], code), (&json!("refused"), Some(1)), "{refused}");
            assert_eq!((&refused["cause"], &refused["version"]), (&json!("refused"), version));
            let problem = refused["refused"]["problems"][0].as_str().unwrap();
            assert!(problem.contains("found `70000`"), "{refused}");
            assert_eq!(insider(&stage).await, "v2");
        }
        let shown = status(&stage, &[]).stdout;
        for part in ["  refused  ", "expected a port from 1 to 65535, found `70000`"] {
            assert!(shown.contains(part), "{shown}");
        }

        assert!(stage.apply(&Given::new(&better)).await);
        let (last, code) = filter(&stage);
        assert_eq!((&last["state"], code), (&json!("in-force"), Some(0)), "{last}");
        assert_ne!((&last["version"], &last["digest"]), (&first["version"], &first["digest"]));
        assert_eq!(insider(&stage).await, "v3");
    });
}

#[test]
fn an_envoy_that_never_had_a_good_configuration_is_said_to_send_all_to_stable() {
    wait(async {
        let canary = insiders("v2");
        let spoiled = Given { checked: &canary, twist: &spoil };
        let stage = Stage::start(Setup::new(Through::Ecds), &spoiled).await;
        let (filter, code) = filter(&stage);
        assert_eq!((&filter["state"], code), (&json!("stable-only"), Some(1)), "{filter}");
        assert_eq!((&filter["cause"], &filter["version"]), (&json!("refused"), &Value::Null));
        assert_eq!(insider(&stage).await, "v1");
    });
}

#[test]
fn a_module_that_cannot_be_loaded_is_no_mistake_of_the_configuration() {
    wait(async {
        let (good, better) = (insiders("v2"), insiders("v3"));
        let mut stage = Stage::start(Setup::new(Through::Ecds), &Given::new(&good)).await;
        let (first, _) = filter(&stage);
        assert!(!stage.apply(&Given { checked: &better, twist: &lose_module }).await);
        let (refused, code) = filter(&stage);
        assert_eq!((&refused["state"], code), (&json!("refused"), Some(1)), "{refused}");
        assert_eq!(refused["version"], first["version"]);
        assert_eq!(refused["refused"]["problems"], json!([]));
        assert!(status(&stage, &[]).stdout.contains("Envoy's log has the reason"));
    });
}

#[test]
fn a_configuration_in_the_bootstrap_is_in_force() {
    wait(async {
        let canary = insiders("v2");
        let stage = Stage::start(Setup::new(Through::Bootstrap), &Given::new(&canary)).await;
        let (filter, code) = filter(&stage);
        assert_eq!((&filter["state"], code), (&json!("in-force"), Some(0)), "{filter}");
        assert_eq!(filter["switched"]["routes"], 1, "{filter}");
    });
}

#[test]
fn an_envoy_that_cannot_be_asked_does_not_keep_others_from_being_asked() {
    wait(async {
        let canary = insiders("v2");
        let stage = Stage::start(Setup::new(Through::Bootstrap), &Given::new(&canary)).await;
        // Nothing listens where the system has just given a port and taken it back.
        let closed = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
        let closed = format!("http://{closed}");
        let run = status(&stage, &["--envoy", &closed]);
        assert_eq!(run.code, Some(3), "{}", run.shown());
        assert!(run.stdout.contains("  in force  "), "{}", run.shown());
        let error = format!("cannot query the Envoy at {closed}: connection refused");
        assert!(run.stderr.contains(&error), "{}", run.shown());
    });
}
