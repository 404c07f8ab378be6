use serde_json::{Value, json};

use super::super::given::tests::{object, release_with};
use super::*;

const HOST: &str = "reviews.shop.svc.cluster.local";

fn rule(namespace: &str, fields: &Value) -> Object {
    let mut spec = json!({ "host": HOST, "subsets": [{ "name": "v1" }, { "name": "v2" }] });
    for (key, value) in fields.as_object().unwrap() {
        spec[key] = value.clone();
    }
    object("DestinationRule", namespace, &spec)
}

fn users(own: &[Object]) -> Users {
    Users { own: own.to_vec(), ..Users::default() }
}

/// Callers in the service's own namespace and in another one.
fn two_callers() -> policy::Checked {
    release_with(&json!({ "attach": [
        { "sidecar": { "labels": { "app": "productpage" } } },
        { "sidecar": { "namespace": "front", "labels": { "app": "web" } } },
    ] }))
}

#[test]
fn users_rules_make_ours_superfluous_only_where_every_proxy_sees_all_subsets() {
    let release = two_callers();
    let serve = |own: &[Object]| serve_all(&release.policy, &users(own));
    let [public, private] = [json!({}), json!({ "exportTo": ["."] })];
    assert!(!serve(&[]));
    assert!(serve(&[rule("shop", &public)]));
    assert!(serve(&[rule("shop", &json!({ "exportTo": ["*"] }))]));
    assert!(serve(&[rule("istio-system", &public)]));
    // Not for those of other namespaces.
    assert!(!serve(&[rule("shop", &private)]));
    assert!(!serve(&[rule("shop", &json!({ "exportTo": [".", "front"] }))]));
    assert!(!serve(&[rule("front", &public)]));
    // For none: neither a caller's namespace nor the service's.
    assert!(!serve(&[rule("default", &public)]));
    assert!(!serve(&[rule("default", &private)]));
    assert!(!serve(&[rule(
        "shop",
        &json!({ "workloadSelector": { "matchLabels": { "app": "web" } } })
    )]));
    assert!(!serve(&[rule("shop", &json!({ "subsets": [{ "name": "v1" }] }))]));
    // The caller's own comes first.
    assert!(!serve(&[rule("shop", &public), rule("front", &json!({ "subsets": [] }))]));
    assert!(!serve(&[
        rule("shop", &public),
        rule("front", &json!({ "host": "*.local", "subsets": [] }))
    ]));
    assert!(serve(&[
        rule("shop", &public),
        rule("shop", &json!({ "host": "*.local", "subsets": [] }))
    ]));
    assert!(serve(&[rule("shop", &public), rule("front", &private)]));
}

#[test]
fn rules_of_one_namespace_are_one_only_where_they_are_for_the_same_clients() {
    let release = two_callers();
    let serve = |own: &[Object]| serve_all(&release.policy, &users(own));
    let [v1, v2] = ["v1", "v2"].map(|name| json!({ "subsets": [{ "name": name }] }));
    assert!(serve(&[rule("shop", &v1), rule("shop", &v2)]));
    let mut other = v2.clone();
    other["exportTo"] = json!(["*"]);
    assert!(!serve(&[rule("shop", &v1), rule("shop", &other)]));
}

#[test]
fn a_rule_that_no_attached_proxy_goes_by_is_not_in_force() {
    let release = two_callers();
    let is_in_force =
        |rule: Object| is_in_force(&rule, &release.policy, &users(std::slice::from_ref(&rule)));
    for (namespace, fields, expected) in [
        ("shop", json!({}), true),
        ("front", json!({ "exportTo": ["."] }), true),
        ("front", json!({ "host": "*.shop.svc.cluster.local" }), true),
        ("default", json!({}), false),
        ("default", json!({ "exportTo": ["."] }), false),
        ("shop", json!({ "exportTo": ["default"] }), false),
    ] {
        assert_eq!(is_in_force(rule(namespace, &fields)), expected, "{namespace} {fields}");
    }
}
