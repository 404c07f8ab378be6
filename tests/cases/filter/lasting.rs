//! What no request may do to the filter: grow it, or end it.

use policy::config::Carrier;
use serde_json::json;

use crate::filter::configuration;
use crate::filter::{PROPERTY, insiders, module, release, serve};

#[test]
fn a_hundred_thousand_requests_do_not_grow_the_memory() {
    let fields = json!({
        "identity": [{"cookie": "device-id"}],
        "rules": [
            insiders(),
            {"name": "email", "match": [{"cookies": {"email": {"regex": ".+@some-company-name\\.com"}}}], "split": {"v2": 50}},
        ],
        "split": {"v2": 10},
    });
    let mut vm = serve(&release(fields), Carrier::FilterState);
    let request = |vm: &mut serin_harness::wasm_host::Vm, number: u32| {
        let email = if number.is_multiple_of(3) { "some-company-name" } else { "elsewhere" };
        let cookie = format!("device-id=user-{number}; email=u{number}@{email}.com");
        vm.request(&[("cookie", cookie.as_bytes())]).unwrap();
    };
    (0..1000).for_each(|number| request(&mut vm, number));
    let before = vm.memory_bytes();
    (1000..101_000).for_each(|number| request(&mut vm, number));
    assert_eq!(vm.memory_bytes(), before);
}

#[test]
fn a_cookie_of_64_kib_is_read_and_forgotten() {
    let mut vm = serve(&release(json!({"rules": [insiders()]})), Carrier::FilterState);
    let many = "a=b; ".repeat(13_000) + "version=v2";
    let one = "x".repeat(64 * 1024) + "; version=v2";
    let quotes = "\"=;=\"".repeat(13_000);
    let deny = b"\xff;=\x00".repeat(16_000);
    for cookie in [many.as_bytes(), one.as_bytes()] {
        let effects = vm.request(&[("cookie", cookie)]).unwrap();
        assert_eq!(effects.property(PROPERTY), Some(b"v2".as_slice()));
    }
    let before = vm.memory_bytes();
    for cookie in [quotes.as_bytes(), &deny, many.as_bytes(), one.as_bytes()].repeat(20) {
        vm.request(&[("cookie", cookie)]).unwrap();
    }
    assert_eq!(vm.memory_bytes(), before);
}

#[test]
fn a_request_with_nothing_in_it_is_decided() {
    let mut vm = serve(&release(json!({"rules": [insiders()]})), Carrier::FilterState);
    let effects = vm.request(&[]).unwrap();
    assert!(effects.writes.is_empty(), "{:?}", effects.writes);
}

#[test]
fn a_decision_that_cannot_be_written_stays_on_stable() {
    let configuration =
        configuration(&release(json!({"rules": [insiders()]})), Carrier::FilterState);
    let without_writing = [
        "proxy_define_metric",
        "proxy_get_buffer_bytes",
        "proxy_get_header_map_value",
        "proxy_increment_metric",
        "proxy_log",
        "proxy_on_configure",
        "proxy_on_context_create",
        "proxy_on_delete",
        "proxy_on_request_headers",
    ];
    let mut vm = module().setup().allow(without_writing).configure(&configuration).unwrap();
    for _ in 0..2 {
        let effects = vm.request(&[("cookie", b"version=v2")]).unwrap();
        assert!(effects.writes.is_empty());
        let text = &effects.log.last().unwrap().text;
        assert_eq!(text, "a request stays on stable: `proxy_set_property` returned status 10");
    }
}

/// Rendered before the filter asked for all lines of a header.
#[test]
fn a_rendering_without_properties_gets_the_first_line() {
    let yes = json!([{"headers": {"x-canary": {"exact": "yes"}}}]);
    let rules = json!([{"name": "canary", "match": yes, "split": {"v2": 100}}]);
    let release = release(json!({"counters": false, "rules": rules}));
    let configuration = configuration(&release, Carrier::FilterState);
    let of_old = [
        "proxy_call_foreign_function",
        "proxy_get_buffer_bytes",
        "proxy_get_header_map_value",
        "proxy_log",
        "proxy_on_configure",
        "proxy_on_context_create",
        "proxy_on_delete",
        "proxy_on_request_headers",
        "proxy_set_property",
    ];
    let mut vm = module().setup().allow(of_old).configure(&configuration).unwrap();
    let yes = ("x-canary", b"yes".as_slice());
    let effects = vm.request(&[yes, ("x-canary", b"no")]).unwrap();
    assert_eq!(effects.property(PROPERTY), Some(b"v2".as_slice()));
    let effects = vm.request(&[("x-canary", b"no"), yes]).unwrap();
    assert_eq!(effects.property(PROPERTY), None);
}
