//! Configurations that the filter takes, and those that it refuses.

use policy::config::Carrier;
use serde_json::json;
use serin_harness::wasm_host::{Level, Refused};

use crate::filter::{PROPERTY, configuration, insiders, module, release, serve};

#[track_caller]
fn refused(configuration: &[u8]) -> Refused {
    let Err(refused) = module().configure(configuration) else {
        panic!("the configuration was taken")
    };
    assert_eq!(refused.trap, None, "{refused}");
    assert!(refused.log.iter().all(|line| line.level == Level::Error), "{refused}");
    refused
}

#[track_caller]
fn texts(refused: &Refused) -> Vec<&str> {
    refused.log.iter().map(|line| line.text.as_str()).collect()
}

#[test]
fn every_problem_is_logged_on_a_line_of_its_own() {
    let mut release = release(json!({
        "rules": [
            insiders(),
            {"name": "staff", "match": [{"cookies": {"email": {"regex": "a[b"}}}], "split": {"v9": 10}},
        ],
        "split": {"v2": 130},
    }));
    release["spec"]["port"] = json!(70000);
    let configuration = json!({"version": 1, "carrier": "filter-state", "release": release});
    let refused = refused(configuration.to_string().as_bytes());
    let texts = texts(&refused);
    assert_eq!(texts.len(), 4, "{refused}");
    for place in [
        "release.spec.port",
        "release.spec.rules[1].match[0].cookies.email.regex",
        "release.spec.rules[1].split.v9",
        "release.spec.split.v2",
    ] {
        assert!(
            texts.iter().any(|text| text.contains(&format!("`{place}`"))),
            "{place}: {refused}"
        );
    }
    assert!(texts.iter().all(|text| text.starts_with("configuration: error[")), "{refused}");
    assert!(texts.iter().all(|text| !text.contains('\n')), "{refused}");
}

#[test]
fn what_is_no_json_is_refused() {
    for bytes in [&b""[..], b"{", b"\xff\xfe", b"version: 1", b"{}{}", &[b'['; 5000]] {
        let refused = refused(bytes);
        let texts = texts(&refused);
        assert_eq!(texts.len(), 1, "{refused}");
        assert!(texts[0].starts_with("configuration: expected JSON, found "), "{refused}");
    }
}

#[test]
fn a_configuration_of_another_version_is_refused() {
    for version in [json!(2), json!("1"), json!(null)] {
        let configuration = json!({"version": version, "carrier": "header", "release": {}});
        let refused = refused(configuration.to_string().as_bytes());
        assert!(texts(&refused)[0].contains("expected a configuration of version 1"), "{refused}");
    }
}

#[test]
fn a_refused_configuration_leaves_the_last_good_one() {
    let mut vm = serve(&release(json!({"rules": [insiders()]})), Carrier::FilterState);
    vm.reconfigure(b"{}").unwrap_err();
    let effects = vm.request(&[("cookie", b"version=v2")]).unwrap();
    assert_eq!(effects.property(PROPERTY), Some(b"v2".as_slice()));
}

#[test]
fn a_new_configuration_takes_over_and_open_requests_end_well() {
    let before = release(json!({"rules": [insiders()]}));
    let after = release(json!({"split": {"v3": 100}}));
    let mut vm = serve(&before, Carrier::FilterState);
    let (open, effects) = vm.open(&[("cookie", b"version=v2")]).unwrap();
    assert_eq!(effects.property(PROPERTY), Some(b"v2".as_slice()));
    vm.reconfigure(&configuration(&after, Carrier::FilterState)).unwrap();
    let effects = vm.request(&[("cookie", b"version=v2")]).unwrap();
    assert_eq!(effects.property(PROPERTY), Some(b"v3".as_slice()));
    vm.close(open).unwrap();
}

#[test]
fn what_the_configuration_needs_and_cannot_have_refuses_it() {
    let counted = configuration(&release(json!({"split": {"v2": 50}})), Carrier::FilterState);
    let base =
        ["proxy_on_context_create", "proxy_on_configure", "proxy_get_buffer_bytes", "proxy_log"];
    let refusal_of = |configuration: &[u8], extra: &[&'static str]| {
        let allowed = base.iter().chain(extra).copied();
        let refused = module().setup().allow(allowed).configure(configuration).err().unwrap();
        assert_eq!(refused.trap, None, "{refused}");
        refused.log.last().unwrap().text.clone()
    };
    let refusal = |extra: &[&'static str]| refusal_of(&counted, extra);
    assert_eq!(
        refusal(&["random_get"]),
        "the counters could not be defined: `proxy_define_metric` returned status 10"
    );
    assert_eq!(
        refusal(&["proxy_define_metric", "proxy_increment_metric"]),
        "splits that are not sticky need randomness: `random_get` failed"
    );
    let called = json!({"counters": false, "rules": [{
        "name": "called", "match": [{"caller": {"app": {"exact": "web"}}}], "split": {"v2": 100},
    }]});
    assert_eq!(
        refusal_of(&configuration(&release(called), Carrier::FilterState), &[]),
        "the caller's labels could not be read: `proxy_get_property` returned status 10"
    );
}
