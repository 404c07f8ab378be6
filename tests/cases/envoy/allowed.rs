//! What the module is allowed, in a running Envoy: enough when its configuration changes, and nothing that it could do
//! without. (What it takes to free a request's memory and to say why a configuration is refused no request shows: the
//! smallest list is found in the wasm host, by the tests of the filter.)

use std::collections::BTreeMap;

use istio::render::bootstrap::Rendered;
use policy::Checked;
use serde_json::{Value, json};

use super::stage::filter_config;
use super::{Given, Setup, Stage, Through, wait};
use crate::decide::counted;
use crate::release::{check, release};
use crate::served::Headers;

/// Those whose lack no request shows.
const SILENT: [&str; 2] = ["proxy_log", "proxy_on_delete"];

fn insiders(fields: &Value) -> Checked {
    let mut spec = json!({"rules": [
        {"name": "insiders", "match": [{"cookies": {"version": {"exact": "v2"}}}], "split": {"v2": 100}},
    ]});
    for (key, value) in fields.as_object().unwrap() {
        spec[key] = value.clone();
    }
    check(&release(spec))
}

#[test]
fn a_configuration_that_needs_more_gets_it_in_a_running_envoy() {
    let nothing = check(&release(json!({"counters": false})));
    wait(async {
        let mut stage = Stage::start(Setup::new(Through::Ecds), &Given::new(&nothing)).await;
        let insider = [("cookie".to_owned(), b"version=v2".to_vec())];
        assert_eq!(stage.served_by(&insider).await, "v1");
        let cookie = insiders(&json!({}));
        assert!(stage.apply(&Given::new(&cookie)).await, "refused:\n{}", stage.envoy.log_tail());
        assert_eq!(stage.served_by(&insider).await, "v2", "{}", stage.log());
    });
}

/// Who serves each request, and the decisions that are counted meanwhile.
async fn seen(stage: &Stage, requests: &[&Headers]) -> (Vec<String>, BTreeMap<String, u64>) {
    let before = counted(stage).await;
    let mut served = Vec::new();
    for request in requests {
        served.push(stage.served_by(request).await);
    }
    let mut counted = counted(stage).await;
    for (rule, count) in &mut counted {
        *count -= before.get(rule).copied().unwrap_or_default();
    }
    counted.retain(|_, count| *count > 0);
    (served, counted)
}

#[test]
fn without_any_one_that_is_rendered_something_is_amiss() {
    let lines = json!([{"headers": {"x-team": {"exact": "qa"}}}]);
    let rules = json!([{"name": "team", "match": lines, "split": {"v2": 100}}]);
    let header = |name: &str, value: &str| (name.to_owned(), value.as_bytes().to_vec());
    let insider = vec![header("cookie", "version=v2")];
    let team = vec![header("x-team", "ops"), header("x-team", "qa")];
    for release in [insiders(&json!({})), insiders(&json!({"rules": rules, "counters": false}))] {
        wait(async {
            let requests = [&*insider, &*team, &[]];
            let mut stage = Stage::start(Setup::new(Through::Ecds), &Given::new(&release)).await;
            let expected = seen(&stage, &requests).await;
            assert!(expected.0.contains(&"v2".to_owned()), "{expected:?}");
            let mut names = Vec::new();
            let without = |rendered: &mut Rendered, left_out: &str| -> Vec<String> {
                let list = &mut filter_config(rendered)["capability_restriction_config"];
                let list = list["allowed_capabilities"].as_object_mut().unwrap();
                list.remove(left_out);
                list.keys().cloned().collect()
            };
            let read = std::cell::RefCell::new(&mut names);
            let twist = |rendered: &mut Rendered| **read.borrow_mut() = without(rendered, "");
            stage.apply(&Given { checked: &release, twist: &twist }).await;
            assert!(names.len() > SILENT.len() + 5, "{names:?}");
            for name in names.iter().filter(|name| !SILENT.contains(&name.as_str())) {
                let twist = |rendered: &mut Rendered| _ = without(rendered, name);
                let is_taken = stage.apply(&Given { checked: &release, twist: &twist }).await;
                let found = seen(&stage, &requests).await;
                assert!(!is_taken || found != expected, "all is well without `{name}`");
                assert!(stage.apply(&Given::new(&release)).await, "{name}");
                assert_eq!(seen(&stage, &requests).await, expected, "{name}, allowed again");
            }
        });
    }
}
