//! The built module with a Release: requests through it, and what it decided.

use std::collections::BTreeMap;

pub(crate) use oracles::request::{Headers, lines};
use policy::config::Carrier;
use policy::{Checked, Config};
use serin_harness::wasm_host::{Effects, Module, Vm};

/// What the CLI embeds for a Release.
pub(crate) fn configuration(checked: &Checked) -> Vec<u8> {
    serde_json::to_vec(&Config::new(checked.spec.clone(), Carrier::FilterState)).unwrap()
}

/// The built module.
#[track_caller]
pub(crate) fn module() -> &'static Module {
    match Module::built() {
        Ok(module) => module,
        Err(unusable) => panic!("{unusable}"),
    }
}

/// The one without the regex engine.
#[track_caller]
pub(crate) fn lite() -> &'static Module {
    match Module::lite() {
        Ok(module) => module,
        Err(unusable) => panic!("{unusable}"),
    }
}

/// The built module with a Release.
#[track_caller]
pub(crate) fn serve(checked: &Checked) -> Vm {
    serve_for(checked, &BTreeMap::new())
}

/// The same in the proxy of a workload with these labels.
#[track_caller]
pub(crate) fn serve_for(checked: &Checked, labels: &BTreeMap<String, String>) -> Vm {
    match module().setup().labels(labels.clone()).configure(&configuration(checked)) {
        Ok(vm) => vm,
        Err(refused) => panic!("{refused}"),
    }
}

/// Sends a request through.
#[track_caller]
pub(crate) fn send(vm: &mut Vm, headers: &Headers) -> Effects {
    let headers: Vec<_> =
        headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
    match vm.request(&headers) {
        Ok(effects) => effects,
        Err(trap) => panic!("{trap}"),
    }
}

/// What the module decided: the rule and the subset, by their positions. It is counted as what it is carried as.
#[track_caller]
pub(crate) fn decided(effects: &Effects, checked: &Checked) -> (Option<usize>, usize) {
    let policy = &checked.policy;
    let counter = effects.counters.keys().find(|name| name.contains("serin_decisions_total"));
    let counter =
        counter.unwrap_or_else(|| panic!("no decision was counted: {:?}", effects.counters));
    let label = |label: &str| {
        let (_, rest) = counter.split_once(&format!("{label}=.=")).unwrap();
        rest.split_once(";.;").unwrap().0
    };
    let position =
        |name: &str| policy.subsets().iter().position(|subset| subset.name == name).unwrap();
    let rule = policy.rules().iter().position(|rule| rule.name() == label("serin_rule"));
    let carried = effects.property(&policy.property());
    let carried =
        carried.map_or(policy.stable().0, |name| position(std::str::from_utf8(name).unwrap()));
    assert_eq!(carried, position(label("serin_subset")), "counted as another subset: {counter}");
    (rule, carried)
}
