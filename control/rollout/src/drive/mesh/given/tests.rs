use policy::{Checked, Node, Path, Problems};
use serde_json::json;

use super::*;

pub(in crate::drive::mesh) fn release() -> Checked {
    release_with(&json!({}))
}

pub(in crate::drive::mesh) fn release_with(fields: &Value) -> Checked {
    let mut release = json!({
        "apiVersion": "serin.dev/v1alpha1", "kind": "Release",
        "metadata": { "name": "reviews", "namespace": "shop" },
        "spec": {
            "host": "reviews", "port": 9080, "stable": "v1",
            "subsets": [
                { "name": "v1", "labels": { "version": "v1" } },
                { "name": "v2", "labels": { "version": "v2" } },
            ],
            "attach": [{ "sidecar": { "labels": { "app": "productpage" } } }],
        },
    });
    for (key, value) in fields.as_object().unwrap() {
        release["spec"][key] = value.clone();
    }
    let node: Node = serde_json::from_value(release).unwrap();
    policy::check(&node, &Path::root(), &mut Problems::default()).unwrap()
}

/// An object as the API server has it.
pub(in crate::drive::mesh) fn object(kind: &str, namespace: &str, spec: &Value) -> Object {
    Object::from(json!({
        "apiVersion": "networking.istio.io/v1",
        "kind": kind,
        "metadata": {
            "name": "team", "namespace": namespace, "uid": "1", "resourceVersion": "7",
            "creationTimestamp": "2026-11-21T10:00:00Z",
            "managedFields": [{ "manager": "kubectl", "fieldsV1": { "f:spec": {} } }],
        },
        "spec": spec,
        "status": {},
    }))
}

fn routes(name: Option<&str>, subset: &str) -> Value {
    let destination = json!({ "host": "reviews", "subset": subset });
    let mut rule = json!({ "route": [{ "destination": destination }], "timeout": "3s" });
    if let Some(name) = name {
        rule["name"] = json!(name);
    }
    json!({ "hosts": ["reviews"], "http": [rule] })
}

fn subsets(names: &[&str]) -> Value {
    let subset = |name: &&str| json!({ "name": name, "labels": { "version": name } });
    json!({ "host": "reviews.shop.svc.cluster.local", "subsets": names.iter().map(subset).collect::<Vec<_>>() })
}

fn given_of(own: Vec<Object>) -> Result<Given, String> {
    given_for(&release(), own)
}

fn given_for(release: &Checked, own: Vec<Object>) -> Result<Given, String> {
    let users = Users { own, ..Users::default() };
    given(&release.policy, Mode::Matcher, &[], None, &users)
        .map(|(given, _)| given)
        .map_err(|failure| failure.to_string())
}

#[test]
fn what_is_woven_already_is_used_as_it_is() {
    let own = vec![
        object("VirtualService", "shop", &routes(Some("all"), "v1")),
        object("DestinationRule", "shop", &subsets(&["v2", "v1", "v0"])),
    ];
    let given = given_of(own).unwrap();
    assert!(given.has_destination_rule);
    assert_eq!(given.mesh.unwrap().switched, ["all"]);
}

#[test]
fn rules_woven_with_a_gate_or_without_are_used_and_those_with_another_are_not() {
    let written = release_with(&json!({ "rules": [
        { "name": "staff", "match": [{ "cookies": { "group": { "exact": "staff" } } }], "split": { "v2": 100 } },
    ] }));
    // In the middle of a rollout: every subset has a share, and the rules stay as they are.
    let shifted = release_with(&json!({ "split": { "v2": 10 }, "sticky": false }));
    let gate = Gate::of(&written.policy);
    assert!(gate.is_some());
    let woven = |gate: Option<Gate>| {
        let object = object("VirtualService", "shop", &routes(Some("all"), "v1"));
        let options = Options { mode: weave::Mode::Copies, gateways: Vec::new(), gate };
        let woven = weave::weave_object(&users::plain(&object), &written.policy, &options);
        Object::from(woven.unwrap().output)
    };
    let given_of = |policy: &Policy, own: Object| {
        let users = Users { own: vec![own], ..Users::default() };
        let given = given(policy, Mode::VirtualService, &[], gate.clone(), &users);
        given.map(|(given, _)| given).map_err(|failure| failure.to_string())
    };
    for policy in [&written.policy, &shifted.policy] {
        let given = given_of(policy, woven(gate.clone())).unwrap();
        assert_eq!(given.gate, gate);
        let mesh = given.mesh.unwrap();
        assert_eq!(mesh.switched, ["serin.shop.reviews/_gate/all"]);
        assert_eq!(mesh.ungated, ["all"]);
        let mesh = given_of(policy, woven(None)).unwrap().mesh.unwrap();
        assert_eq!((mesh.switched, mesh.ungated), (vec!["all".to_owned()], Vec::new()));
    }
    let other = release_with(&json!({ "rules": [
        { "name": "staff", "match": [{ "cookies": { "team": { "exact": "qa" } } }], "split": { "v2": 100 } },
    ] }));
    let error = given_of(&written.policy, woven(Gate::of(&other.policy))).unwrap_err();
    assert!(error.contains("by rules that do not follow decisions yet"), "{error}");
}

#[test]
fn what_would_have_to_be_changed_is_named_and_left_alone() {
    let error = given_of(vec![object("VirtualService", "shop", &routes(None, "v1"))]).unwrap_err();
    assert_eq!(
        error,
        "VirtualService shop/team routes reviews.shop.svc.cluster.local by rules that do not follow decisions yet: \
         `spec.http[0]` (serin never changes your objects in the cluster: weave the Release into your file with \
         `serin render --into FILE`, and apply that)"
    );
    // Those of a caller's namespace come before those of the host's own.
    let attached = release_with(&json!({ "attach": [{ "sidecar": { "namespace": "other" } }] }));
    let many = json!({ "host": "*.local", "trafficPolicy": {} });
    for (spec, expected) in [
        (subsets(&["v1"]), "lacks subsets of the Release ("),
        (
            many,
            "is for many hosts, and takes precedence over the one with the subsets of this host (",
        ),
    ] {
        let rule = object("DestinationRule", "other", &spec);
        let error = given_for(&attached, vec![rule.clone()]).unwrap_err();
        assert!(error.starts_with(&format!("DestinationRule other/team {expected}")), "{error}");
        // Where no caller is, it is for none of them.
        assert_eq!(given_of(vec![rule]).unwrap(), Given::default());
    }
    // For others than ours, so that Istio does not merge them.
    let mut rule = object("DestinationRule", "shop", &subsets(&["v1"]));
    rule.value_mut()["spec"]["exportTo"] = json!(["."]);
    let error = given_of(vec![rule]).unwrap_err();
    assert!(
        error.starts_with("DestinationRule shop/team lacks subsets of the Release ("),
        "{error}"
    );
}

#[test]
fn a_service_counts_for_those_who_see_it() {
    let private = |namespace: &str, name| {
        let mut spec = routes(name, "v1");
        spec["hosts"] = json!(["reviews.shop.svc.cluster.local"]);
        spec["http"][0]["route"][0]["destination"]["host"] = spec["hosts"][0].clone();
        spec["exportTo"] = json!(["."]);
        object("VirtualService", namespace, &spec)
    };
    // No caller is there.
    assert_eq!(given_of(vec![private("default", None)]).unwrap(), Given::default());
    // All callers are, and others go by ours.
    let given = given_of(vec![private("shop", Some("all"))]).unwrap();
    assert_eq!(given.mesh.unwrap().switched, ["all"]);
    assert!(given.is_private);
    let error = given_of(vec![private("shop", None)]).unwrap_err();
    assert!(error.contains("by rules that do not follow decisions yet"), "{error}");
    // Some are.
    let two = release_with(&json!({ "attach": [
        { "sidecar": { "labels": { "app": "productpage" } } },
        { "sidecar": { "namespace": "front", "labels": { "app": "web" } } },
    ] }));
    let error = given_for(&two, vec![private("shop", Some("all"))]).unwrap_err();
    assert_eq!(
        error,
        "VirtualService shop/team is for some of the callers in `attach`, and those of front do not see it (export it \
         to the namespaces of all callers, or of none (`exportTo`))"
    );
}

#[test]
fn what_cannot_be_woven_into_says_why() {
    let other =
        json!({ "host": "reviews", "subsets": [{ "name": "v2", "labels": { "version": "old" } }] });
    let error = given_of(vec![object("DestinationRule", "shop", &other)]).unwrap_err();
    assert!(error.starts_with("DestinationRule shop/team cannot be woven into: "), "{error}");
    assert!(error.contains("v2"), "{error}");
}

#[test]
fn subsets_that_istio_merges_need_not_be_there() {
    let given = given_of(vec![object("DestinationRule", "shop", &subsets(&["v1"]))]).unwrap();
    assert_eq!(given, Given::default());
}

#[test]
fn two_services_for_the_mesh_are_rivals() {
    let one = object("VirtualService", "shop", &routes(Some("a"), "v1"));
    let other = object("VirtualService", "shop", &routes(Some("b"), "v1"));
    let error = given_of(vec![one, other]).unwrap_err();
    assert_eq!(
        error,
        "VirtualService shop/team: there is another VirtualService for the same host in the mesh: Istio uses only one \
         of them (merge them into one)"
    );
}
