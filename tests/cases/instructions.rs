//! What a request costs in the module, in WebAssembly instructions: the same number on every machine, so that a test can
//! hold it. (What Envoy does for the module is not in it: `make bench-envoy` has that.)
//!
//! The budgets stand in tests/data/instructions.json. `SERIN_BLESS=1 cargo test --release -p serin-tests instructions`
//! sets each to what was counted and a tenth more, which is what compilers differ by: read the diff.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use policy::config::Carrier;
use serde_json::{Value, json};
use serin_harness::wasm_host::{Module, Vm};
use serin_harness::workload::{self, Rules};

use crate::check::program::root;
use crate::filter::configuration;

/// Requests before the one that counts: memory is made by then.
const WARM: usize = 3;

type Headers = Vec<(String, Vec<u8>)>;

#[derive(Default)]
struct Counts(BTreeMap<String, u64>);

impl Counts {
    /// Counts what it takes to configure a Release, and each of these requests.
    fn release(&mut self, name: &str, release: &Value, requests: &[(&str, Headers)]) {
        let mut vm = serve(release, Carrier::FilterState);
        self.0.insert(format!("{name}: configure"), vm.instructions().unwrap());
        for (request, headers) in requests {
            self.0.insert(format!("{name}: {request}"), cost(&mut vm, headers));
        }
    }
}

#[track_caller]
pub(crate) fn serve(release: &Value, carrier: Carrier) -> Vm {
    let module = Module::metered().unwrap_or_else(|unusable| panic!("{unusable}"));
    let vm = module.configure(&configuration(release, carrier));
    vm.unwrap_or_else(|refused| panic!("{refused}"))
}

#[track_caller]
pub(crate) fn cost(vm: &mut Vm, headers: &Headers) -> u64 {
    let headers: Vec<_> =
        headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
    for _ in 0..WARM {
        vm.request(&headers).unwrap_or_else(|trap| panic!("{trap}"));
    }
    let before = vm.instructions().unwrap();
    vm.request(&headers).unwrap_or_else(|trap| panic!("{trap}"));
    vm.instructions().unwrap() - before
}

fn counted() -> Counts {
    let mut counts = Counts::default();
    for (name, rules) in Rules::ALL {
        for count in [1, 10, 100, 1000] {
            let requests = [
                ("stays", workload::stays()),
                ("last rule", rules.request(count - 1)),
                ("no cookie", workload::without_cookies()),
            ];
            counts.release(&format!("{count} {name}"), &workload::release(rules, count), &requests);
        }
    }
    let all_users = |split: Value| {
        let mut release = workload::release_of(&[]);
        release["spec"]["split"] = split;
        release
    };
    let user = [("user", workload::stays())];
    counts.release("split of 2", &all_users(json!({"v2": 10})), &user);
    counts.release(
        "split of 5",
        &all_users(json!({"v2": 10, "v3": 10, "v4": 10, "v5": 10})),
        &user,
    );
    let mut counting = workload::release(Rules::Cookie, 1);
    counting["spec"]["counters"] = json!(true);
    counts.release("1 cookie, counters on", &counting, &[("stays", workload::stays())]);
    counts
}

#[test]
fn no_request_costs_more_than_its_budget() {
    let path = root().join("data/instructions.json");
    let Counts(counts) = counted();
    if std::env::var_os("SERIN_BLESS").is_some_and(|value| value == "1") {
        let budgets: BTreeMap<_, _> =
            counts.iter().map(|(name, count)| (name, count + count.div_ceil(10))).collect();
        fs::write(&path, serde_json::to_string_pretty(&budgets).unwrap() + "\n").unwrap();
    }
    let budgets: BTreeMap<String, u64> =
        serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    let mut over = String::new();
    for (name, count) in &counts {
        match budgets.get(name) {
            Some(budget) if count <= budget => {}
            Some(budget) => writeln!(over, "{name}: {count} instructions, over {budget}").unwrap(),
            None => writeln!(over, "{name}: {count} instructions, and no budget").unwrap(),
        }
    }
    for name in budgets.keys().filter(|name| !counts.contains_key(*name)) {
        writeln!(over, "{name}: a budget for what nothing counts").unwrap();
    }
    assert!(
        over.is_empty(),
        "{over}Make it cheaper; or, where it is worth it, raise {}",
        path.display()
    );
}

#[test]
fn a_thousand_rules_cost_hardly_more_than_one() {
    for (rules, more) in [(Rules::Cookie, 500), (Rules::CookieNames, 500), (Rules::Header, 500)] {
        let count = |count: usize, headers: &Headers| {
            cost(&mut serve(&workload::release(rules, count), Carrier::FilterState), headers)
        };
        let (one, all) = (count(1, &workload::stays()), count(1000, &workload::stays()));
        assert!(all <= one + more, "{rules:?}, stays: {one} for one rule, {all} for 1000");
        let (one, all) = (count(1, &rules.request(0)), count(1000, &rules.request(999)));
        assert!(all <= one + more, "{rules:?}, the last rule: {one} for one rule, {all} for 1000");
    }
}
