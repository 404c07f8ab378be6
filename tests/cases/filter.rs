//! The built module in the proxy-wasm host: what it does to requests, given a Release.

mod allowed;
mod configuring;
mod counting;
mod deciding;
mod host;
mod lasting;

use policy::config::Carrier;
use policy::{Config, Node, Path, Problems, Spec};
use serde_json::{Value, json};
use serin_harness::wasm_host::Vm;

use crate::release::release;
use crate::served::module;

/// A VM with this Release.
#[track_caller]
fn serve(release: &Value, carrier: Carrier) -> Vm {
    match module().configure(&configuration(release, carrier)) {
        Ok(vm) => vm,
        Err(refused) => panic!("{refused}"),
    }
}

/// The configuration that the CLI embeds for this Release.
#[track_caller]
pub(crate) fn configuration(release: &Value, carrier: Carrier) -> Vec<u8> {
    let node: Node = serde_json::from_value(release.clone()).unwrap();
    let mut problems = Problems::default();
    match Spec::read(&node, &Path::root(), &mut problems) {
        Some(spec) if problems.is_empty() => {
            serde_json::to_vec(&Config::new(spec, carrier)).unwrap()
        }
        _ => panic!("{problems}"),
    }
}

/// A rule that sends all users with the cookie `version=v2` to v2.
fn insiders() -> Value {
    json!({"name": "insiders", "match": [{"cookies": {"version": {"exact": "v2"}}}], "split": {"v2": 100}})
}

/// The property that carries decisions of [`release`].
const PROPERTY: &str = "serin.bookinfo.reviews";

/// The name of a counter of [`release`]'s decisions.
fn counter(rule: &str, subset: &str) -> String {
    format!(
        "serin_release=.=bookinfo/reviews;.;serin_rule=.={rule};.;serin_subset=.={subset};.;serin_decisions_total"
    )
}

/// The counter of [`release`]'s values that were too long for a regex.
const TOO_LONG: &str = "serin_release=.=bookinfo/reviews;.;serin_values_too_long_total";
