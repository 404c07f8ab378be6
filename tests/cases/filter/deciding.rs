//! What the filter reads of a request, and what it writes.

use istio::decision_header;
use policy::config::Carrier;
use serde_json::{Value, json};
use serin_harness::wasm_host::Action;

use crate::filter::{PROPERTY, insiders, module, release, serve};
use crate::filter::{configuration, counter};
use crate::release::check;

#[test]
fn a_request_that_stays_on_stable_is_left_alone() {
    let mut vm = serve(&release(json!({"rules": [insiders()]})), Carrier::FilterState);
    let headers: [(&str, &[u8]); 2] = [(":path", b"/"), ("cookie", b"version=v1")];
    let effects = vm.request(&headers).unwrap();
    assert_eq!(effects.action, Action::Continue);
    assert!(effects.writes.is_empty(), "{:?}", effects.writes);
    assert!(effects.log.is_empty(), "{:?}", effects.log);
    assert_eq!(effects.route_cache_clears, 0);
    let before: Vec<_> =
        headers.iter().map(|(name, value)| (name.as_bytes().to_vec(), value.to_vec())).collect();
    assert_eq!(effects.headers, before);
}

#[test]
fn a_canary_is_a_property_and_a_route_chosen_anew() {
    let mut vm = serve(&release(json!({"rules": [insiders()]})), Carrier::FilterState);
    let effects = vm.request(&[("cookie", b"a=b; version=v2")]).unwrap();
    assert_eq!(effects.action, Action::Continue);
    assert_eq!(effects.property(PROPERTY), Some(b"v2".as_slice()));
    assert_eq!(effects.writes, [format!("property {PROPERTY}")]);
    assert_eq!(effects.route_cache_clears, 1);
    assert_eq!(effects.header("x-serin-subset"), None);
    assert!(effects.log.is_empty(), "{:?}", effects.log);
}

#[test]
fn a_header_carries_a_qualified_value_in_place_of_any_other() {
    let release = release(json!({"rules": [insiders()]}));
    let carrier = decision_header::subset_carrier(&check(&release).policy);
    let mut vm = serve(&release, carrier);
    let forged: [(&str, &[u8]); 3] = [
        ("x-serin-subset", b"reviews.bookinfo/v3"),
        ("cookie", b"version=v2"),
        ("x-serin-subset", b"anything"),
    ];
    let effects = vm.request(&forged).unwrap();
    let carried: Vec<_> =
        effects.headers.iter().filter(|(name, _)| name == b"x-serin-subset").collect();
    assert_eq!(carried, [&(b"x-serin-subset".to_vec(), b"reviews.bookinfo/v2".to_vec())]);
    assert_eq!(effects.writes, ["header x-serin-subset"]);
    assert_eq!(effects.route_cache_clears, 1);
    assert!(effects.properties.is_empty());
}

#[test]
fn one_header_is_read_alone_and_several_at_once() {
    let staff = json!({
        "name": "staff",
        "match": [{"cookies": {"email": {"suffix": "@some-company-name.com"}}, "path": {"prefix": "/api/"}}],
        "split": {"v3": 100},
    });
    let canary = json!({"name": "canary", "match": [{"headers": {"x-canary": {"present": true}}}], "split": {"v3": 100}});
    let request: [(&str, &[u8]); 3] =
        [(":path", b"/api/?q=1"), ("cookie", b"email=a@some-company-name.com"), ("x-canary", b"1")];
    let reads = |rules: Value, request: &[(&str, &[u8])]| {
        let mut vm = serve(&release(json!({"rules": rules})), Carrier::FilterState);
        let effects = vm.request(request).unwrap();
        assert_eq!(effects.property(PROPERTY), Some(b"v3".as_slice()));
        effects.reads
    };
    assert_eq!(reads(json!([canary]), &request), ["x-canary"]);
    // The path is asked for only where the cookie is there.
    let first = reads(json!([staff]), &request);
    assert!(first == ["cookie", "*"] || first == [":path", "*"], "{first:?}");
    // Most requests are asked for both.
    assert_eq!(reads(json!([insiders(), canary, staff]), &request), ["*"]);
}

#[test]
fn the_host_is_found_by_its_old_name_too() {
    let rule = |name: &str| json!({"name": name, "match": [{"headers": {name: {"exact": "beta"}}}], "split": {"v2": 100}});
    for rules in [json!([rule("host")]), json!([insiders(), rule("host")])] {
        let mut vm = serve(&release(json!({"rules": rules})), Carrier::FilterState);
        let effects = vm.request(&[(":authority", b"beta"), ("cookie", b"a=b")]).unwrap();
        assert_eq!(effects.property(PROPERTY), Some(b"v2".as_slice()), "{rules}");
    }
}

#[test]
fn header_values_are_bytes() {
    let rules = json!([
        {"name": "raw", "match": [{"headers": {"x-raw": {"suffix": "!"}}}], "split": {"v2": 100}},
    ]);
    let mut vm = serve(&release(json!({"rules": rules})), Carrier::FilterState);
    let effects = vm.request(&[("x-raw", b"\xff\xfe\x00\x80!")]).unwrap();
    assert_eq!(effects.property(PROPERTY), Some(b"v2".as_slice()));
    let effects = vm.request(&[("x-raw", b"\xff\xfe!\xc3")]).unwrap();
    assert_eq!(effects.property(PROPERTY), None);
    let effects = vm.request(&[("x-raw", b"")]).unwrap();
    assert_eq!(effects.property(PROPERTY), None);
}

#[test]
fn two_proxies_decide_alike_about_the_same_user() {
    let fields = json!({"identity": [{"cookie": "device-id"}], "split": {"v2": 30, "v3": 20}});
    let release = release(fields);
    let mut here = serve(&release, Carrier::FilterState);
    let there = module().setup().seed(99).configure(&configuration(&release, Carrier::FilterState));
    let mut there = there.unwrap();
    for user in 0..500 {
        let cookie = format!("device-id=user-{user}");
        let headers = [("cookie", cookie.as_bytes())];
        let (a, b) = (here.request(&headers).unwrap(), there.request(&headers).unwrap());
        assert_eq!(a, b, "user {user}");
    }
    assert_eq!(here.counters(), there.counters());
    let canary = here.counters()[&counter("default", "v2")];
    assert!((110..=190).contains(&canary), "30 % of 500: {canary}");
}

#[test]
fn a_split_that_is_not_sticky_draws_from_one_seed() {
    let release = release(json!({"split": {"v2": 50}}));
    let configuration = configuration(&release, Carrier::FilterState);
    let draws = |seed: u64| {
        let mut vm = module().setup().seed(seed).configure(&configuration).unwrap();
        let one = |_| {
            let effects = vm.request(&[(":path", b"/")]).unwrap();
            assert_eq!(effects.random_bytes, 0, "the seed is read when configured");
            assert!(effects.reads.is_empty(), "{:?}", effects.reads);
            effects.property(PROPERTY).is_some()
        };
        (0..200).map(one).collect::<Vec<_>>()
    };
    assert_eq!(draws(1), draws(1), "the host's randomness is all there is");
    assert_ne!(draws(1), draws(2));
    let canary = draws(1).into_iter().filter(|canary| *canary).count();
    assert!((65..=135).contains(&canary), "50 % of 200: {canary}");
}
