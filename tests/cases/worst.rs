//! What a request can cost that was made for it, in WebAssembly instructions: linear in its bytes, whatever the rules, and
//! for regexes in the steps that `check` states.
//!
//! The constants stand in tests/data/worst.json. `request`: what any request costs. `looked_up_byte`: a byte of a header
//! that is split and looked up (most where a piece has two bytes and is found). `scanned_byte`: one that is also scanned
//! for texts (most where each byte ends in a state of the scanner from which no edge goes on, and in lower case). `rule`:
//! a rule that is met, once in a request however often it is met. `rule_of_a_line`: the same for each line more of a
//! header. `step`: a byte that a regex looks at.

use std::collections::BTreeMap;
use std::fs;

use policy::config::Carrier;
use policy::regex::MAX_VALUE;
use policy::{Node, Path, Problems};
use serde_json::{Value, json};
use serin_harness::crafted::{self, CRAFTED, FEWEST};
use serin_harness::wasm_host::Vm;
use serin_harness::workload;

use crate::check::program::root;
use crate::instructions::{cost, serve};

/// As long as Envoy takes headers, and more than its default.
const LONGEST: usize = 64 * 1024;

struct Constants(BTreeMap<String, u64>);

impl Constants {
    fn read() -> Self {
        let path = root().join("data/worst.json");
        Self(serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap())
    }

    fn of(&self, name: &str, count: usize) -> u64 {
        self.0[name] * u64::try_from(count).unwrap()
    }
}

fn metered(release: &Value) -> Vm {
    serve(release, Carrier::FilterState)
}

/// Whether `found` is at most `expected` and so many percent.
fn within(found: u64, expected: u64, percent: u64) -> bool {
    found * 100 <= expected * (100 + percent)
}

#[test]
fn what_is_no_regex_costs_by_the_byte_whatever_the_rules() {
    let constants = Constants::read();
    let mut over = Vec::new();
    for crafted in CRAFTED {
        let mut by_rules = Vec::new();
        for rules in [FEWEST, 2 * FEWEST] {
            let mut vm = metered(&crafted.release(rules));
            let costs = [LONGEST / 4, LONGEST / 2, LONGEST]
                .map(|bytes| cost(&mut vm, &crafted.request(bytes)));
            let byte = if crafted.is_scan { "scanned_byte" } else { "looked_up_byte" };
            let stated = constants.of("request", 1)
                + constants.of(byte, LONGEST)
                + constants.of("rule", rules);
            let name = format!("{}, {rules} rules: {costs:?} instructions", crafted.name);
            if costs[2] > stated {
                over.push(format!("{name}, over {stated}"));
            }
            if costs.windows(2).any(|pair| !within(pair[1], pair[0] * 2, 3)) {
                over.push(format!("{name}: more than twice as much for twice the bytes"));
            }
            by_rules.push(costs[2]);
        }
        if !within(by_rules[1], by_rules[0], 5) {
            over.push(format!(
                "{}: {by_rules:?} for {FEWEST} rules and twice as many",
                crafted.name
            ));
        }
    }
    assert!(over.is_empty(), "{}", over.join("\n"));
}

/// As many rules with a regex of the worst kind as `check` lets pass, and the steps that it states.
fn largest(block: impl Fn(usize, String) -> Value) -> (Value, u64) {
    for count in (1..=1220).rev().step_by(20) {
        let release = workload::release_by(count, |number| block(number, crafted::regex(number)));
        let node: Node = serde_json::from_value(release.clone()).unwrap();
        if let Some(checked) = policy::check(&node, &Path::root(), &mut Problems::default()) {
            return (release, checked.program.worst_request());
        }
    }
    panic!("not one rule passes");
}

/// Holds what a request costs that has these headers beside the usual ones against what is stated.
#[track_caller]
fn hold(name: &str, release: &Value, steps: u64, crafted: Vec<(String, Vec<u8>)>) {
    let constants = Constants::read();
    let bytes: usize = crafted.iter().map(|(_, value)| value.len()).sum();
    assert!(bytes <= LONGEST);
    let mut headers = workload::without_cookies();
    headers.extend(crafted);
    let found = cost(&mut metered(release), &headers);
    let stated = constants.of("request", 1)
        + constants.of("scanned_byte", bytes)
        + constants.0["step"] * steps
        + constants.of("rule", release["spec"]["rules"].as_array().unwrap().len());
    assert!(found <= stated, "{name}: {found} instructions, over {stated}");
    assert!(
        found >= steps,
        "{name}: {found} instructions for {steps} steps: not the worst request"
    );
}

#[test]
fn regexes_cost_no_more_than_the_steps_that_check_states() {
    let value = crafted::regex_value(MAX_VALUE);
    let cookie = |number: usize| (format!("version{number}"), format!("version{number}={value}"));

    let (release, steps) = largest(|_, regex| json!({"cookies": {"version": {"regex": regex}}}));
    let one = format!("version={value}").into_bytes();
    hold("one cookie", &release, steps, vec![("cookie".to_owned(), one)]);

    // Seven, and what is left of 64 KiB holds their names.
    let (release, steps) =
        largest(|number, regex| json!({"cookies": {(cookie(number % 7).0): {"regex": regex}}}));
    let all: Vec<String> = (0..7).map(|number| cookie(number).1).collect();
    hold(
        "seven cookies",
        &release,
        steps,
        vec![("cookie".to_owned(), all.join("; ").into_bytes())],
    );

    let (release, steps) = largest(|_, regex| json!({"headers": {"x-user": {"regex": regex}}}));
    let line = || ("x-user".to_owned(), value.clone().into_bytes());
    hold(
        "eight lines of a header",
        &release,
        steps,
        std::iter::repeat_with(line).take(8).collect(),
    );
}

/// The one thing that is not by the byte: Envoy takes a hundred headers unless told otherwise.
#[test]
fn each_line_of_a_header_costs_the_rules_that_it_meets() {
    let constants = Constants::read();
    let (rules, lines) = (1000, 100);
    let release = workload::release_by(rules, |number| {
        json!({"headers": {
            "x-user": {"in": ["a", format!("u{number}")]},
            "x-never": {"exact": "a"},
        }})
    });
    let mut headers = workload::without_cookies();
    headers.extend(std::iter::repeat_n(("x-user".to_owned(), b"a".to_vec()), lines));
    let found = cost(&mut metered(&release), &headers);
    let stated = constants.of("request", 1)
        + constants.of("rule", rules)
        + constants.of("rule_of_a_line", rules * lines);
    assert!(found <= stated, "{found} instructions, over {stated}");
}
