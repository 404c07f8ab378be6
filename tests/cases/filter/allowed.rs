//! What the module may call and be called for: `serin render` names what a Release needs of it, and nothing else.
//!
//! The smallest list that works is found by taking away one capability after the other, of all that the module imports
//! and exports, for as long as nothing changes: what configurations are taken or refused with which words, what becomes
//! of requests, and what they leave behind in memory.

use std::collections::{BTreeMap, BTreeSet};

use istio::decision_header;
use istio::render::capabilities;
use policy::config::Carrier;
use policy::{Checked, Config};
use serde_json::json;
use serin_harness::wasm_host::{Effects, Line, Vm};

use crate::release::{check, release};
use crate::served::module;

type Request = &'static [(&'static str, &'static [u8])];

/// Enough for some bytes of each to make the memory grow by a page.
const MANY: usize = 2000;

/// How the names of what the module is called for begin.
const CALLBACK: &str = "proxy_on_";

/// A Release, where its proxy stands, and requests in which all that it needs is needed.
struct Case {
    name: &'static str,
    fields: serde_json::Value,
    is_header: bool,
    labels: &'static [(&'static str, &'static str)],
    requests: &'static [Request],
}

fn cases() -> Vec<Case> {
    let rule =
        |block: serde_json::Value| json!([{"name": "r", "match": [block], "split": {"v2": 100}}]);
    let cookie: &[Request] = &[&[("cookie", b"version=v2")], &[("cookie", b"version=v1")], &[]];
    let insider = || rule(json!({"cookies": {"version": {"exact": "v2"}}}));
    let case =
        |name, fields| Case { name, fields, is_header: false, labels: &[], requests: cookie };
    let callers = rule(json!({"caller": {"app": {"exact": "web"}}}));
    let lines = rule(json!({"headers": {"x-team": {"exact": "qa"}}}));
    let repeated: &[Request] = &[
        &[("x-team", b"qa")],
        &[("x-team", b"ops"), ("x-team", b"qa")],
        &[("x-team", b"ops,qa")],
        &[],
    ];
    vec![
        case("a cookie", json!({"rules": insider(), "counters": false})),
        case("counted", json!({"rules": insider()})),
        Case {
            is_header: true,
            ..case("by a header", json!({"rules": insider(), "counters": false}))
        },
        case(
            "sticky",
            json!({"identity": [{"cookie": "version"}], "split": {"v2": 50}, "counters": false}),
        ),
        case("random", json!({"split": {"v2": 50}, "sticky": false, "counters": false})),
        Case {
            labels: &[("app", "web")],
            ..case("callers", json!({"rules": callers, "counters": false}))
        },
        Case {
            requests: repeated,
            ..case("several lines", json!({"rules": lines, "counters": false}))
        },
        case("everything to v2", json!({"split": {"v2": 100}, "counters": false})),
    ]
}

/// What a module did, from its start on.
#[derive(Debug, PartialEq)]
struct Seen {
    /// What it said about the configuration that it took; or refused.
    taken: Result<Vec<Line>, Vec<Line>>,
    /// The same of one that is wrong.
    refused: Result<Vec<Line>, Vec<Line>>,
    requests: Vec<Effects>,
    /// Whether requests leave something behind.
    grows: bool,
}

fn configuration(checked: &Checked, carrier: &Carrier) -> Vec<u8> {
    serde_json::to_vec(&Config::new(checked.spec.clone(), carrier.clone())).unwrap()
}

/// What the module does with this list, `without` the last that was taken away.
fn run(case: &Case, good: &[u8], allowed: &BTreeSet<&str>, without: &str) -> Seen {
    let labels = |&(key, value): &(&str, &str)| (key.to_owned(), value.to_owned());
    let labels: BTreeMap<_, _> = case.labels.iter().map(labels).collect();
    let start = |configuration: &[u8]| {
        let setup = module().setup().labels(labels.clone()).allow(allowed.iter().copied());
        setup.configure(configuration)
    };
    let refused = start(b"{}").map(|vm| vm.log().to_vec()).map_err(|refused| refused.log);
    let mut vm = match start(good) {
        Ok(vm) => vm,
        Err(error) => {
            return Seen { taken: Err(error.log), refused, requests: Vec::new(), grows: false };
        }
    };
    let taken = Ok(vm.log().to_vec());
    let requests: Vec<Effects> =
        case.requests.iter().map_while(|request| vm.request(request).ok()).collect();
    let Some(request) = case.requests.first().filter(|_| requests.len() == case.requests.len())
    else {
        return Seen { taken, refused, requests, grows: false };
    };
    // What is called does not leave anything behind, only what is not called any more.
    if !without.starts_with(CALLBACK) {
        return Seen { taken, refused, requests, grows: false };
    }
    let many = |vm: &mut Vm| (0..MANY).all(|_| vm.request(request).is_ok());
    many(&mut vm);
    let before = vm.memory_bytes();
    many(&mut vm);
    let grows = vm.memory_bytes() > before;
    Seen { taken, refused, requests, grows }
}

/// What a proxy that is given no list calls the module for.
fn callbacks() -> BTreeSet<String> {
    module().exports().into_iter().filter(|name| name.starts_with(CALLBACK)).collect()
}

/// All that can be allowed: Envoy gives and takes memory whatever the list says.
fn all() -> BTreeSet<String> {
    let imports = module().imports();
    let imports = imports.iter().filter_map(|import| import.split_once('.')).map(|(_, name)| name);
    imports.map(str::to_owned).chain(callbacks()).collect()
}

#[test]
fn the_module_exports_no_callback_that_it_does_not_need() {
    let needed = capabilities::ALWAYS.into_iter().filter(|name| name.starts_with(CALLBACK));
    assert_eq!(callbacks(), needed.map(str::to_owned).collect());
}

#[test]
fn what_is_rendered_is_the_smallest_list_that_works() {
    let all = all();
    assert!(all.len() > 20, "{all:?}");
    for case in cases() {
        let checked = check(&release(case.fields.clone()));
        let Checked { policy, program, .. } = &checked;
        let carrier = if case.is_header {
            decision_header::subset_carrier(policy)
        } else {
            Carrier::FilterState
        };
        let good = configuration(&checked, &carrier);
        let mut smallest: BTreeSet<&str> = all.iter().map(String::as_str).collect();
        let expected = run(&case, &good, &smallest, CALLBACK);
        assert!(expected.taken.as_ref().is_ok_and(Vec::is_empty), "{}: {expected:?}", case.name);
        assert!(expected.refused.as_ref().is_err_and(|said| !said.is_empty()), "{}", case.name);
        assert_eq!(expected.requests.len(), case.requests.len(), "{}: a trap", case.name);
        assert!(!expected.grows, "{}", case.name);
        let leaves = |effects: &Effects| !effects.writes.is_empty();
        assert!(expected.requests.iter().any(leaves), "{}: nothing is decided", case.name);
        for name in &all {
            smallest.remove(name.as_str());
            if run(&case, &good, &smallest, name) != expected {
                smallest.insert(name);
            }
        }
        let rendered = capabilities::names(policy, program, &carrier);
        let rendered: BTreeSet<&str> = rendered.into_iter().collect();
        assert_eq!(rendered, smallest, "{}", case.name);
    }
}
