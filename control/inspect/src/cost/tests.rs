//! Sums are made of the parts that a Release asks for, each as often as it does.

use istio::render::mode::Mode;
use policy::{Checked, Node, Path, Problems};
use serde_json::{Value, json};

use super::primitives::Name;
use super::{Assumed, Estimate, Kind, Part, Primitives, RouteMode};

/// As the requests that were measured.
const MEASURED: Assumed = Assumed { cookie_bytes: 147, value_bytes: 2, headers: 3 };

fn release(fields: &Value) -> Checked {
    let mut spec = json!({
        "host": "reviews",
        "port": 9080,
        "stable": "v1",
        "subsets": [{ "name": "v1", "labels": { "v": "1" } }, { "name": "v2", "labels": { "v": "2" } }],
        "identity": [{ "cookie": "device-id" }],
        "counters": false,
    });
    spec.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let document = json!({
        "apiVersion": "serin.dev/v1alpha1",
        "kind": "Release",
        "metadata": { "name": "reviews", "namespace": "bookinfo" },
        "spec": spec,
    });
    let node: Node = serde_json::from_value(document).unwrap();
    let mut problems = Problems::default();
    policy::check(&node, &Path::root(), &mut problems).unwrap_or_else(|| panic!("{problems}"))
}

/// Rules of one test each.
fn rules(tests: &[Value], split: &Value) -> Value {
    let rules = tests.iter().enumerate().map(
        |(number, test)| json!({ "name": format!("r{number}"), "match": [test], "split": split }),
    );
    json!({ "rules": rules.collect::<Vec<_>>() })
}

fn cookie(test: &Value) -> Value {
    json!({ "cookies": { "version": test } })
}

#[track_caller]
fn estimate(release: &Checked, route_mode: RouteMode) -> Estimate {
    Estimate::of(release, route_mode, MEASURED, &Primitives::measured().unwrap())
}

#[track_caller]
fn in_matcher(fields: &Value) -> Estimate {
    let release = release(fields);
    estimate(&release, RouteMode::of_mesh(Mode::Matcher, &release.policy))
}

#[track_caller]
fn sum(names: &[Name]) -> f64 {
    let primitives = Primitives::measured().unwrap();
    names.iter().map(|name| primitives.of(*name)).sum()
}

#[track_caller]
fn expect(estimate: &Estimate, kind: Kind, names: &[Name]) {
    let total = estimate.dearest(kind).unwrap().total();
    assert!((total - sum(names)).abs() < 0.01, "{total}: {:#?}", estimate.classes);
}

#[test]
fn one_rule_about_a_cookie_is_the_sum_of_what_was_measured_with_it() {
    let found = in_matcher(&rules(&[cookie(&json!({ "exact": "v2" }))], &json!({ "v2": 50 })));
    let default =
        [Name::FirstLookUp, Name::RoutesByFilterState, Name::Stream, Name::GetFirst, Name::Program];
    expect(&found, Kind::Default, &default);
    let canary = [&default[..], &[Name::DrawTwo, Name::WriteFilterState]].concat();
    expect(&found, Kind::Canary, &canary);
    assert!(found.dearest(Kind::Gated).is_none() && !found.needs_engine && found.worst.is_none());
}

#[test]
fn a_gate_costs_what_does_not_pass_it_a_search() {
    let release = release(&rules(&[cookie(&json!({ "exact": "v2" }))], &json!({ "v2": 50 })));
    let envoy = estimate(&release, RouteMode::of_envoy(&release.policy));
    expect(&envoy, Kind::Gated, &[Name::FirstLookUp, Name::GateContains]);
    let mesh = estimate(&release, RouteMode::of_mesh(Mode::VirtualService, &release.policy));
    expect(&mesh, Kind::Gated, &[Name::FirstLookUp, Name::RoutesByHeader, Name::GateRegex]);
    // A split of all users may let any of them out.
    let open = in_matcher(&json!({ "split": { "v2": 10 } }));
    assert!(open.dearest(Kind::Gated).is_none());
    assert_eq!(open.dearest(Kind::Canary).unwrap().rule.as_deref(), Some("default"));
}

#[test]
fn a_thousand_rules_cost_what_one_does() {
    let tests: Vec<Value> = (0..1000)
        .map(|number| json!({ "cookies": { (format!("c{number}")): { "exact": "v2" } } }))
        .collect();
    let split = json!({ "v2": 100 });
    let [one, all] = [&tests[..1], &tests].map(|tests| in_matcher(&rules(tests, &split)));
    assert_eq!(one.classes.len(), all.classes.len());
    for (one, all) in one.classes.iter().zip(&all.classes) {
        assert!((one.total() - all.total()).abs() < 0.01, "{one:?} {all:?}");
    }
}

#[test]
fn regexes_that_run_over_each_value_are_counted_and_named() {
    let tests = ["[A-Za-z0-9]*[A-Z]", "[A-Za-z0-9]*[B-Z]", "v[0-9]+-build[a-z]*"]
        .map(|regex| cookie(&json!({ "regex": regex })));
    let found = in_matcher(&rules(&tests, &json!({ "v2": 100 })));
    let default = found.dearest(Kind::Default).unwrap();
    let each = sum(&[Name::RuleRegex]);
    assert!((default.of(Part::Regexes) - 2.0 * each).abs() < 0.01, "{default:?}");
    assert!(default.of(Part::Search) > 0.0 && found.needs_engine && found.worst.is_some());
    let one = in_matcher(&rules(&tests[2..], &json!({ "v2": 100 })));
    assert!(one.dearest(Kind::Default).unwrap().of(Part::Regexes) == 0.0);
    assert!((one.dearest(Kind::Canary).unwrap().of(Part::Regexes) - each).abs() < 0.01);
}

#[test]
fn a_second_header_has_all_read_at_once_and_is_named() {
    let tests = [
        cookie(&json!({ "exact": "v2" })),
        json!({ "headers": { "x-user": { "exact": "u" } } }),
        cookie(&json!({ "exact": "v3" })),
    ];
    let found = in_matcher(&rules(&tests, &json!({ "v2": 100 })));
    let default = found.dearest(Kind::Default).unwrap();
    let all = sum(&[Name::PairsFew, Name::FindFew, Name::FindFew]);
    assert!((default.of(Part::ReadAll) - all).abs() < 0.01, "{default:?}");
    assert!(default.of(Part::ReadOne) == 0.0);
    let dominant = found.dominant.unwrap();
    assert_eq!(
        (dominant.header.as_deref(), dominant.rule.as_deref()),
        (Some("x-user"), Some("r1"))
    );

    // Where only what a rule has taken wants the second one, the first was read alone.
    let with_user = json!({ "identity": [{ "header": "x-user" }] });
    let mut fields = rules(&tests[..1], &json!({ "v2": 50 }));
    fields.as_object_mut().unwrap().extend(with_user.as_object().unwrap().clone());
    let found = in_matcher(&fields);
    assert!(found.dearest(Kind::Default).unwrap().of(Part::ReadAll) == 0.0);
    let canary = found.dearest(Kind::Canary).unwrap();
    assert!(canary.of(Part::ReadAll) > 0.0 && canary.of(Part::ReadOne) > 0.0, "{canary:?}");
}
