use serde_json::json;

use super::*;
use crate::drive::cluster::Object;

/// Proxies by name, with the nonces of routes that were sent and acknowledged, and an error.
fn snapshot(proxies: &[(&str, &str, &str, &str)]) -> Snapshot {
    let proxy = |(name, sent, acked, error): &(&str, &str, &str, &str)| {
        let text = |text: &str| text.to_owned();
        let routes = Exchange { sent: text(sent), acked: text(acked), error: text(error) };
        let exchanges = [Exchange::default(), Exchange::default(), routes, Exchange::default()];
        Proxy { name: text(name), exchanges }
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
