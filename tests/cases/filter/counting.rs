//! The filter's counters.

use policy::config::Carrier;
use serde_json::json;

use crate::filter::{TOO_LONG, counter, insiders, release, serve};

#[test]
fn there_is_a_counter_for_every_decision_that_can_be() {
    let fields = json!({
        "identity": [{"cookie": "device-id"}],
        "rules": [
            insiders(),
            {"name": "staff", "match": [{"headers": {"x-staff": {"present": true}}}], "split": {"v2": 60, "v3": 40}},
        ],
        "split": {"v2": 10},
    });
    let vm = serve(&release(fields), Carrier::FilterState);
    let names: Vec<_> = vm.counters().keys().cloned().collect();
    let expected = [
        counter("default", "v1"),
        counter("default", "v2"),
        counter("insiders", "v2"),
        counter("staff", "v1"),
        counter("staff", "v2"),
        counter("staff", "v3"),
        TOO_LONG.to_owned(),
    ];
    assert_eq!(names, expected, "staff v1: those without an identity");
    assert!(vm.counters().values().all(|value| *value == 0));
}

#[test]
fn every_decision_is_counted_once() {
    let mut vm = serve(&release(json!({"rules": [insiders()]})), Carrier::FilterState);
    let canary = vm.request(&[("cookie", b"version=v2")]).unwrap();
    assert_eq!(canary.counters.into_iter().collect::<Vec<_>>(), [(counter("insiders", "v2"), 1)]);
    let stable = vm.request(&[("cookie", b"version=v1")]).unwrap();
    assert_eq!(stable.counters.into_iter().collect::<Vec<_>>(), [(counter("default", "v1"), 1)]);
    vm.request(&[("cookie", b"version=v2")]).unwrap();
    assert_eq!(vm.counters()[&counter("insiders", "v2")], 2);
    assert_eq!(vm.counters()[&counter("default", "v1")], 1);
}

#[test]
fn a_user_without_an_identity_is_counted_under_the_rule() {
    let fields = json!({
        "identity": [{"cookie": "device-id"}],
        "rules": [
            {"name": "staff", "match": [{"headers": {"x-staff": {"present": true}}}], "split": {"v2": 60, "v3": 40}},
        ],
    });
    let mut vm = serve(&release(fields), Carrier::FilterState);
    let effects = vm.request(&[("x-staff", b"1")]).unwrap();
    assert_eq!(effects.counters.into_iter().collect::<Vec<_>>(), [(counter("staff", "v1"), 1)]);
}

#[test]
fn values_too_long_for_a_regex_are_counted() {
    let rules = json!([
        {"name": "email", "match": [{"cookies": {"email": {"regex": "[^@]+@some-company-name\\.com"}}}], "split": {"v2": 100}},
    ]);
    let mut vm = serve(&release(json!({"rules": rules})), Carrier::FilterState);
    let domain = "@some-company-name.com";
    let cookie = |length: usize| format!("email={}{domain}", "a".repeat(length - domain.len()));
    let fits = vm.request(&[("cookie", cookie(8 * 1024).as_bytes())]).unwrap();
    assert_eq!(fits.counters.into_iter().collect::<Vec<_>>(), [(counter("email", "v2"), 1)]);
    let long = vm.request(&[("cookie", cookie(8 * 1024 + 1).as_bytes())]).unwrap();
    let expected = [(counter("default", "v1"), 1), (TOO_LONG.to_owned(), 1)];
    assert_eq!(long.counters.into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn a_release_without_counters_has_none() {
    let fields = json!({"rules": [insiders()], "counters": false});
    let mut vm = serve(&release(fields), Carrier::FilterState);
    vm.request(&[("cookie", b"version=v2")]).unwrap();
    assert!(vm.counters().is_empty(), "{:?}", vm.counters());
}
