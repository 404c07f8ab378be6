//! Whose decisions count: each entry of a copy's `match` is for proxies that run the filter, and no others.

use super::*;

/// A VirtualService with one rule.
fn one(gateways: &str, entries: &str) -> String {
    let text = service(&format!(
        "  - name: a\n    match: {entries}\n    route: [{{destination: {{host: reviews}}}}]\n"
    ));
    text.replace(
        "  - reviews\n",
        &format!("  - reviews\n  - bookinfo.example.com\n  gateways: {gateways}\n"),
    )
}

/// The entries of the first copy, without the test of the decision that each must have.
fn entries(text: &str, policy: &Policy, options: &Options) -> Vec<Value> {
    let woven = lasts(text, policy, options);
    let rules = http(&woven.output);
    if rules.len() == 1 {
        return Vec::new();
    }
    let mut entries = rules[0]["match"].as_array().unwrap().clone();
    for entry in &mut entries {
        let headers = entry["headers"].as_object_mut().unwrap();
        assert_eq!(
            headers.remove("x-serin-subset"),
            Some(json!({ "exact": "reviews.bookinfo/v2" }))
        );
        if headers.is_empty() {
            entry.as_object_mut().unwrap().remove("headers");
        }
    }
    entries
}

fn sidecar(more: Value) -> Value {
    let mut entry = json!({ "sourceLabels": { "app": "productpage" }, "sourceNamespace": "bookinfo", "port": 9080 });
    merge(&mut entry, more);
    entry
}

fn merge(value: &mut Value, more: Value) {
    let Value::Object(more) = more else { panic!("{more}") };
    for (key, more) in more {
        match value.get_mut(&key) {
            Some(old) if old.is_object() => merge(old, more),
            _ => value[key] = more,
        }
    }
}

#[test]
fn every_entry_is_for_one_kind_of_proxy() {
    let gateway = |more: Value| {
        let mut entry = json!({ "gateways": ["gw"] });
        merge(&mut entry, more);
        entry
    };
    let both = "[mesh, gw]";
    for (gateways, own, expected) in [
        (both, "[]", vec![sidecar(json!({})), gateway(json!({}))]),
        (both, "[{}]", vec![sidecar(json!({})), gateway(json!({}))]),
        ("[]", "[]", vec![sidecar(json!({}))]),
        ("[mesh]", "[]", vec![sidecar(json!({}))]),
        ("[gw]", "[]", vec![gateway(json!({}))]),
        (
            both,
            "[{uri: {exact: /a}}, {headers: {x-b: {}}}]",
            vec![
                sidecar(json!({ "uri": { "exact": "/a" } })),
                gateway(json!({ "uri": { "exact": "/a" } })),
                sidecar(json!({ "headers": { "x-b": {} } })),
                gateway(json!({ "headers": { "x-b": {} } })),
            ],
        ),
        // Gateways of its own.
        (both, "[{gateways: [mesh]}]", vec![sidecar(json!({}))]),
        (both, "[{gateways: [bookinfo/gw]}]", vec![gateway(json!({}))]),
        (both, "[{gateways: [other]}, {}]", vec![sidecar(json!({})), gateway(json!({}))]),
        // Istio reads no labels where there are gateways.
        (both, "[{gateways: [mesh], sourceLabels: {app: x}}]", vec![sidecar(json!({}))]),
        (both, "[{gateways: [gw], sourceNamespace: x}]", vec![gateway(json!({}))]),
        // Labels, namespace and port of its own.
        (
            both,
            "[{sourceLabels: {tier: a}}]",
            vec![sidecar(json!({ "sourceLabels": { "tier": "a" } }))],
        ),
        (both, "[{sourceLabels: {app: productpage}}]", vec![sidecar(json!({}))]),
        (both, "[{sourceLabels: {app: other}}, {port: 80}]", vec![gateway(json!({ "port": 80 }))]),
        (both, "[{sourceNamespace: other}, {sourceNamespace: bookinfo}]", vec![sidecar(json!({}))]),
        (
            both,
            "[{sourceNamespace: istio-system, sourceLabels: {istio: ingressgateway}}]",
            vec![gateway(json!({}))],
        ),
        ("[gw]", "[{sourceLabels: {istio: ingressgateway, app: x}}]", vec![]),
        ("[mesh]", "[{sourceLabels: {app: other}}]", vec![]),
    ] {
        let found = entries(&one(gateways, own), &reviews(), &options(Mode::Copies));
        assert_eq!(found, expected, "{gateways} {own}");
    }
}

#[test]
fn sidecars_of_every_entry_of_attach_count_and_no_others() {
    let two = release(&[(
        "  - sidecar: {labels: {app: productpage}}\n",
        "  - sidecar: {labels: {app: productpage}}\n  - sidecar: {namespace: tools}\n",
    )]);
    let found = entries(&one("[mesh]", "[]"), &two, &options(Mode::Copies));
    assert_eq!(found, [sidecar(json!({})), json!({ "sourceNamespace": "tools", "port": 9080 })]);
    let none = release(&[("  - sidecar: {labels: {app: productpage}}\n", "")]);
    assert_eq!(entries(&one("[mesh]", "[]"), &none, &options(Mode::Copies)), Vec::<Value>::new());
    assert_eq!(entries(&one("[mesh, gw]", "[]"), &none, &options(Mode::Copies)).len(), 1);
}

#[test]
fn sidecars_without_labels_are_not_told_from_gateways() {
    let all = release(&[("sidecar: {labels: {app: productpage}}", "sidecar: {}")]);
    let found = wrong(&one("[mesh, gw]", "[]"), &all, &options(Mode::Copies));
    let message = "`spec.attach[0]` of the Release has no labels: gateways of this VirtualService would be treated as \
        its sidecars";
    assert_eq!(found, [("[mesh, gw]".to_owned(), message.to_owned())]);
    lasts(&one("[mesh]", "[]"), &all, &options(Mode::Copies));
    lasts(&one("[mesh, gw]", "[{gateways: [gw]}]"), &all, &options(Mode::Copies));
    lasts(&one("[mesh, gw]", "[]"), &all, &options(Mode::Names));
}

#[test]
fn of_several_gateways_those_of_the_release_are_named() {
    let text = one("[mesh, public, internal/gw]", "[]");
    let found = wrong(&text, &reviews(), &options(Mode::Copies));
    let message = "expected one gateway, found 2: `public`, `internal/gw`; only clients of those of `attach` may bring \
                   decisions";
    assert_eq!(found, [("[mesh, public, internal/gw]".to_owned(), message.to_owned())]);
    let named = |names: &[&str]| Options {
        gate: None,
        mode: Mode::Copies,
        gateways: names.iter().map(|name| (*name).to_owned()).collect(),
    };
    for (names, expected) in [
        (vec!["public"], vec!["public"]),
        (vec!["bookinfo/public"], vec!["public"]),
        (vec!["internal/gw", "public"], vec!["public", "internal/gw"]),
    ] {
        let found = entries(&text, &reviews(), &named(&names));
        assert_eq!(found[1], json!({ "gateways": expected }));
    }
    let woven = lasts(&text, &reviews(), &named(&["elsewhere"]));
    assert_eq!((woven.gateways, woven.mesh.is_some()), (None, true));
    let woven = lasts(&one("[public]", "[]"), &reviews(), &named(&["elsewhere"]));
    assert_eq!(woven.output, one("[public]", "[]"));
    assert!(
        woven.notes[0].contains("it is for `public`, which `--gateway` does not name"),
        "{:?}",
        woven.notes
    );
}

#[test]
fn routes_are_listed_by_the_names_that_envoy_has() {
    let text = one(
        "[mesh, gw]",
        "[{name: m, gateways: [mesh]}, {name: g, gateways: [gw]}, {uri: {prefix: /}}]",
    );
    let woven = lasts(&text, &reviews(), &options(Mode::Copies));
    let (mesh, gateways) = (woven.mesh.unwrap(), woven.gateways.unwrap());
    assert_eq!(mesh.switched, ["a.m", "a"]);
    assert_eq!(gateways.switched, ["a.g", "a"]);
    let routes = |rules: &Rules, subset: usize| -> Vec<String> {
        let own = rules.copies.iter().filter(|(id, _)| id.0 == subset);
        own.map(|(_, route)| route.clone()).collect()
    };
    assert_eq!(routes(&mesh, 1), ["serin.bookinfo.reviews/v2/a.m", "serin.bookinfo.reviews/v2/a"]);
    assert_eq!(
        routes(&gateways, 2),
        ["serin.bookinfo.reviews/v3/a.g", "serin.bookinfo.reviews/v3/a"]
    );
    let names = lasts(&text, &reviews(), &options(Mode::Names));
    assert_eq!(
        (names.mesh.unwrap().switched, names.gateways.unwrap().switched),
        (mesh.switched, gateways.switched)
    );
}

#[test]
fn a_virtual_service_is_for_those_whom_istio_gives_it() {
    for (hosts, gateways, mesh, gateway) in [
        ("[reviews]", "[]", true, false),
        ("[reviews.bookinfo.svc.cluster.local]", "[mesh]", true, false),
        ("['*.bookinfo.svc.cluster.local']", "[mesh]", true, false),
        ("[other]", "[mesh]", false, false),
        ("[bookinfo.example.com]", "[mesh]", false, false),
        ("[bookinfo.example.com]", "[gw]", false, true),
        ("['*']", "[gw]", false, true),
        ("['*.example.com']", "[gw, mesh]", false, true),
        ("[shop.example.com]", "[gw]", false, false),
        ("[reviews, bookinfo.example.com]", "[gw, mesh]", true, true),
        ("[]", "[]", false, false),
    ] {
        let text = one(gateways, "[]")
            .replace("hosts:\n  - reviews\n  - bookinfo.example.com", &format!("hosts: {hosts}"));
        for mode in [Mode::Names, Mode::Copies] {
            let woven = lasts(&text, &reviews(), &options(mode));
            assert_eq!(
                (woven.mesh.is_some(), woven.gateways.is_some()),
                (mesh, gateway),
                "{hosts} {gateways}"
            );
            assert_eq!(woven.output != text, mesh || gateway);
            assert_eq!(
                woven.notes.is_empty(),
                mesh || gateway,
                "{hosts} {gateways} {:?}",
                woven.notes
            );
        }
    }
    let wide = release(&[("hosts: [bookinfo.example.com]", "hosts: ['*.example.com']")]);
    let woven = lasts(&one("[gw]", "[]"), &wide, &options(Mode::Copies));
    assert!(woven.gateways.is_some());
}
