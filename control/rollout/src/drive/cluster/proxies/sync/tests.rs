use serde_json::json;

use super::super::changed::CONFIGURATION;
use super::*;
use crate::drive::cluster::Object;

/// Proxies by name, with the nonces of routes that were sent and acknowledged, and an error.
fn snapshot(proxies: &[(&str, &str, &str, &str)]) -> Snapshot {
    let proxy = |(name, sent, acked, error): &(&str, &str, &str, &str)| {
        let text = |text: &str| text.to_owned();
        let routes = Exchange { sent: text(sent), acked: text(acked), error: text(error) };
        let exchanges = [Exchange::default(), Exchange::default(), routes, Exchange::default()];
        Proxy { name: text(name), istiod: text("istiod"), exchanges }
    };
    Snapshot::from(proxies.iter().map(proxy).collect::<Vec<_>>())
}

fn concerned() -> BTreeSet<String> {
    BTreeSet::from(["shop".to_owned()])
}

fn changed(kind: &str) -> Vec<Changed> {
    let metadata = json!({ "namespace": "shop", "name": "a", "resourceVersion": "1" });
    vec![Changed::applied(&Object::from(json!({ "kind": kind, "metadata": metadata })))]
}

fn waiting(concerned: &[&str], others: &[&str]) -> Verdict {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Verdict::Waiting { concerned: names(concerned), others: names(others) }
}

#[test]
fn a_patch_is_there_when_each_proxy_of_its_namespace_took_something_new() {
    let before =
        snapshot(&[("a.shop", "1", "1", ""), ("b.shop", "1", "1", ""), ("c.x", "1", "1", "")]);
    let (concerned, changed) = (concerned(), changed("EnvoyFilter"));
    let expected = Expected::of(&changed, &before, &concerned);
    let judge = |a: (&str, &str), b: (&str, &str)| {
        let now = [("a.shop", a.0, a.1, ""), ("b.shop", b.0, b.1, ""), ("c.x", "1", "1", "")];
        snapshot(&now).judge(&expected)
    };
    assert_eq!(judge(("1", "1"), ("1", "1")), waiting(&["a.shop", "b.shop"], &[]));
    assert_eq!(judge(("2", "2"), ("1", "1")), waiting(&["b.shop"], &[]));
    assert_eq!(judge(("2", "2"), ("2", "1")), waiting(&["b.shop"], &[]));
    assert_eq!(judge(("2", "2"), ("2", "2")), Verdict::Done);
}

#[test]
fn routes_are_there_when_some_proxy_of_those_concerned_took_something_new() {
    let before = snapshot(&[("a.shop", "1", "1", ""), ("b.shop", "1", "1", "")]);
    let (concerned, changed) = (concerned(), changed("VirtualService"));
    let expected = Expected::of(&changed, &before, &concerned);
    let idle = snapshot(&[("a.shop", "1", "1", ""), ("b.shop", "1", "1", "")]);
    assert_eq!(idle.judge(&expected), waiting(&["a.shop", "b.shop"], &[]));
    let moved = snapshot(&[("a.shop", "2", "2", ""), ("b.shop", "1", "1", "")]);
    assert_eq!(moved.judge(&expected), Verdict::Done);
    let over = Expected { is_over: true, ..expected };
    assert_eq!(idle.judge(&over), Verdict::Done);
}

#[test]
fn who_is_new_or_gone_is_not_waited_for() {
    let before = snapshot(&[("a.shop", "1", "1", ""), ("gone.shop", "1", "1", "")]);
    let (concerned, changed) = (concerned(), changed("EnvoyFilter"));
    let expected = Expected::of(&changed, &before, &concerned);
    let now = snapshot(&[("a.shop", "2", "2", ""), ("new.shop", "7", "7", "")]);
    assert_eq!(now.judge(&expected), Verdict::Done);
    assert_eq!(Snapshot::default().judge(&expected), Verdict::Done);
}

#[test]
fn a_proxy_elsewhere_that_lags_is_told_apart() {
    let before = Snapshot::default();
    let concerned = concerned();
    let now = snapshot(&[("a.shop", "2", "2", ""), ("b.x", "2", "1", "")]);
    let expected = Expected::nothing(&before, &concerned);
    assert_eq!(now.judge(&expected), waiting(&[], &["b.x"]));
}

#[test]
fn what_is_not_taken_is_an_error_unless_it_was_there_before() {
    let rejected = |proxy: &str| Verdict::Rejected {
        proxy: proxy.to_owned(),
        message: "no such type".to_owned(),
    };
    let well = snapshot(&[("a.shop", "1", "1", ""), ("b.x", "1", "1", "")]);
    let ill = snapshot(&[("a.shop", "2", "1", "no such type"), ("b.x", "1", "1", "")]);
    let other = snapshot(&[("a.shop", "2", "2", ""), ("b.x", "2", "1", "no such type")]);
    let (concerned, changed) = (concerned(), changed("EnvoyFilter"));
    let expected = Expected::of(&changed, &well, &concerned);
    assert_eq!(ill.judge(&expected), rejected("a.shop"));
    // Proxies that are not concerned reject what others sent them.
    assert_eq!(other.judge(&expected), Verdict::Done);
    // Found before the change, and still there after it: not its fault, and it need not be waited for.
    let again = snapshot(&[("a.shop", "3", "1", "no such type"), ("b.x", "1", "1", "")]);
    assert_eq!(again.judge(&Expected::of(&changed, &ill, &concerned)), Verdict::Done);
    // One that looks without having changed anything sees what those that are concerned do not take.
    let nothing = Snapshot::default();
    assert_eq!(ill.judge(&Expected::nothing(&nothing, &concerned)), rejected("a.shop"));
    assert_eq!(other.judge(&Expected::nothing(&nothing, &concerned)), Verdict::Done);
    let lenient = Expected { rejections: false, ..Expected::nothing(&nothing, &concerned) };
    assert_eq!(ill.judge(&lenient), Verdict::Done);
}

/// What istiod sent, and a proxy took, of each kind, by the numbers of the pushes; none: it does not ask for it.
fn pushed(name: &str, istiod: &str, pushes: [u64; 4]) -> Proxy {
    let exchange = |push: u64| {
        let version = format!("2026-11-30T16:07:41Z/{push}0b6b3a7f-9d2f-4c0e-8d59-0a5a3f0c2b11");
        let sent = if push == 0 { String::new() } else { version };
        Exchange { acked: sent.clone(), sent, error: String::new() }
    };
    Proxy { name: name.to_owned(), istiod: istiod.to_owned(), exchanges: pushes.map(exchange) }
}

#[test]
fn a_push_that_was_under_way_does_not_have_the_change() {
    let concerned = concerned();
    for kind in ["EnvoyFilter", "VirtualService"] {
        let changed = changed(kind);
        // The fifth push has not reached the one that is concerned yet.
        let before = Snapshot::from(vec![
            pushed("a.shop", "istiod-1", [4, 4, 4, 4]),
            pushed("b.x", "istiod-1", [5, 5, 5, 0]),
            pushed("c.x", "istiod-2", [70, 70, 70, 0]),
        ]);
        let expected = Expected::of(&changed, &before, &concerned);
        let judge = |istiod: &str, push| {
            Snapshot::from(vec![pushed("a.shop", istiod, [push; 4])]).judge(&expected)
        };
        assert_eq!(judge("istiod-1", 5), waiting(&["a.shop"], &[]), "{kind}");
        assert_eq!(judge("istiod-1", 6), Verdict::Done, "{kind}");
        // It went to another istiod, which counts for itself.
        assert_eq!(judge("istiod-2", 70), waiting(&["a.shop"], &[]), "{kind}");
        assert_eq!(judge("istiod-2", 71), Verdict::Done, "{kind}");
        assert_eq!(judge("istiod-3", 1), Verdict::Done, "{kind}");
    }
}

#[test]
fn a_push_has_arrived_when_all_of_it_has_that_the_proxy_asks_for() {
    let before = Snapshot::from(vec![pushed("a.shop", "istiod-1", [4, 4, 4, 0])]);
    let concerned = concerned();
    let judge = |kind: &str, pushes, is_still| {
        let changed = changed(kind);
        let expected = Expected { is_still, ..Expected::of(&changed, &before, &concerned) };
        Snapshot::from(vec![pushed("a.shop", "istiod-1", pushes)]).judge(&expected)
    };
    let waits = waiting(&["a.shop"], &[]);
    assert_eq!(judge("EnvoyFilter", [5, 4, 4, 0], false), waits);
    assert_eq!(judge("EnvoyFilter", [5, 5, 4, 0], false), waits);
    assert_eq!(judge("EnvoyFilter", [5, 5, 5, 0], false), Verdict::Done);
    // It asks for extensions now.
    assert_eq!(judge("EnvoyFilter", [5, 5, 5, 4], false), waits);
    assert_eq!(judge("EnvoyFilter", [5, 5, 5, 5], false), Verdict::Done);
    assert_eq!(judge("VirtualService", [5, 5, 4, 0], false), waits);
    assert_eq!(judge("VirtualService", [5, 5, 5, 0], false), Verdict::Done);
    assert_eq!(judge("WasmPlugin", [4, 5, 4, 0], false), Verdict::Done);
    // A version of Istio that sends less.
    assert_eq!(judge("EnvoyFilter", [4, 5, 4, 0], true), Verdict::Done);
    assert_eq!(judge("EnvoyFilter", [4, 4, 4, 0], true), waits);
}

#[test]
fn on_the_way_back_only_the_filters_configuration_has_to_be_taken() {
    let (nothing, concerned) = (Snapshot::default(), concerned());
    let judge = |kind: usize, needed| {
        let mut proxy = pushed("a.shop", "istiod-1", [5; 4]);
        proxy.exchanges[kind].acked.clear();
        proxy.exchanges[kind].error = "no such type".to_owned();
        let expected = Expected { needed, ..Expected::nothing(&nothing, &concerned) };
        Snapshot::from(vec![proxy]).judge(&expected)
    };
    for kind in 0..3 {
        assert!(matches!(judge(kind, EVERY), Verdict::Rejected { .. }));
        assert_eq!(judge(kind, CONFIGURATION), Verdict::Done);
    }
    assert!(matches!(judge(3, CONFIGURATION), Verdict::Rejected { .. }));
}
