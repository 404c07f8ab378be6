//! The copies that only what passes the gate takes.

use super::*;
use crate::gate::Gate;

const RULES: &str = "  - name: shop
    match:
    - uri: {prefix: /shop}
    route: [{destination: {host: shop}}]
  - name: api
    match:
    - name: v1
      uri: {prefix: /api/v1}
    - uri: {prefix: /api/v2}
    rewrite: {uri: /}
    route: [{destination: {host: reviews}}]
    timeout: 3s
  - route: [{destination: {host: reviews, subset: v1}}]
";

/// The Release, with a rule for every one of these blocks, and its gate.
fn gated(blocks: &str) -> (Policy, Options) {
    let rules = format!("  rules: [{{name: r, match: [{blocks}], split: {{v2: 100}}}}]\n");
    let policy = release(&[("  attach:\n", &format!("{rules}  attach:\n"))]);
    let gate = Gate::of(&policy);
    assert!(gate.is_some());
    (policy, Options { gate, ..options(Mode::Copies) })
}

#[test]
fn they_stand_between_the_copies_of_subsets_and_the_rule() {
    let (policy, options) = gated("{cookies: {version: {exact: v2}}}");
    let woven = lasts(&service(RULES), &policy, &options);
    let expected = [
        "shop",
        "serin.bookinfo.reviews/v2/api",
        "serin.bookinfo.reviews/v3/api",
        "serin.bookinfo.reviews/_gate/api",
        "api",
        "serin.bookinfo.reviews/v2/serin.bookinfo.reviews",
        "serin.bookinfo.reviews/v3/serin.bookinfo.reviews",
        "serin.bookinfo.reviews/_gate/serin.bookinfo.reviews",
        "serin.bookinfo.reviews",
    ];
    assert_eq!(names(&woven.output), expected);
    let rules = http(&woven.output);
    let cookie = json!({ "cookie": { "regex": ".*version.*" } });
    let entry = |name: Option<&str>, path: &str| {
        let mut entry = json!({
            "headers": cookie, "uri": { "prefix": path }, "port": 9080,
            "sourceLabels": { "app": "productpage" }, "sourceNamespace": "bookinfo",
        });
        if let Some(name) = name {
            entry["name"] = json!(name);
        }
        entry
    };
    let expected = json!({
        "name": "serin.bookinfo.reviews/_gate/api",
        "match": [entry(Some("v1"), "/api/v1"), entry(None, "/api/v2")],
        "rewrite": { "uri": "/" },
        "route": [{ "destination": { "host": "reviews", "subset": "v1" } }],
        "timeout": "3s",
    });
    assert_eq!(rules[3], expected);
    // The filter runs in them, and in the rules behind them only where that is asked for.
    let mesh = woven.mesh.unwrap();
    let copies = ["_gate/api.v1", "_gate/api", "_gate/serin.bookinfo.reviews"];
    assert_eq!(mesh.switched, copies.map(|copy| format!("serin.bookinfo.reviews/{copy}")));
    assert_eq!(mesh.ungated, ["api.v1", "api", "serin.bookinfo.reviews"]);
    assert!(mesh.copies.iter().all(|(subset, _)| *subset != policy.stable()));
}

#[test]
fn several_conditions_are_several_entries() {
    let (policy, options) =
        gated("{cookies: {version: {exact: v2}}}, {headers: {x-team: {present: true}}}");
    let woven = lasts(&service("  - route: [{destination: {host: reviews}}]\n"), &policy, &options);
    let entries = http(&woven.output)[2]["match"].as_array().unwrap().clone();
    let headers: Vec<_> = entries.iter().map(|entry| entry["headers"].clone()).collect();
    let version = json!({ "cookie": { "regex": ".*version.*" } });
    assert_eq!(headers, [version, json!({ "x-team": {} })]);
}

#[test]
fn a_rule_that_asks_the_same_header_has_none() {
    let (policy, options) = gated("{cookies: {version: {exact: v2}}}");
    let rules = "  - name: beta
    match: [{headers: {cookie: {regex: '.*beta.*'}}}]
    route: [{destination: {host: reviews}}]
  - name: rest
    route: [{destination: {host: reviews}}]
";
    let mesh = lasts(&service(rules), &policy, &options).mesh.unwrap();
    assert_eq!(mesh.switched, ["beta", "serin.bookinfo.reviews/_gate/rest"]);
    assert_eq!(mesh.ungated, ["rest"]);
}

#[test]
fn gateways_have_their_own_and_what_two_releases_weave_comes_out_apart() {
    let (policy, options) = gated("{cookies: {version: {exact: v2}}}");
    let text = service("  - name: main\n    route: [{destination: {host: reviews}}]\n").replace(
        "  hosts:\n  - reviews\n",
        "  hosts: [reviews, bookinfo.example.com]\n  gateways: [mesh, istio-system/public]\n",
    );
    let woven = lasts(&text, &policy, &options);
    let copy = ["serin.bookinfo.reviews/_gate/main"];
    for rules in [woven.mesh.as_ref().unwrap(), woven.gateways.as_ref().unwrap()] {
        assert_eq!(
            (&*rules.switched, &*rules.ungated),
            (&copy.map(str::to_owned)[..], &["main".to_owned()][..])
        );
    }
    let entries = http(&woven.output)[2]["match"].as_array().unwrap().clone();
    assert_eq!(entries[1]["gateways"], json!(["istio-system/public"]));
    // Another Release of the same host stays when this one goes, and the other way round.
    let other = release(&[("name: reviews, namespace", "name: other, namespace")]);
    let both = weave(&source(&woven.output), &other, &super::options(Mode::Copies)).unwrap().output;
    assert_eq!(undone(&both, &other), woven.output);
    let alone = weave(&source(&text), &other, &super::options(Mode::Copies)).unwrap().output;
    assert_eq!(undone(&both, &policy), alone);
    assert_eq!(undone(&alone, &other), text);
}

#[test]
fn without_a_gate_they_go() {
    let (policy, options) = gated("{cookies: {version: {exact: v2}}}");
    let text = service("  - name: main\n    route: [{destination: {host: reviews}}]\n");
    let gated = weave(&source(&text), &policy, &options).unwrap().output;
    let ungated = Options { gate: None, ..options };
    let woven = weave(&source(&gated), &policy, &ungated).unwrap();
    assert_eq!(woven, weave(&source(&text), &policy, &ungated).unwrap());
    assert_eq!(woven.mesh.unwrap().switched, ["main"]);
}
