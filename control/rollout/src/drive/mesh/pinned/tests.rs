use serde_json::json;

use super::super::given::tests::{object, release};
use super::*;

fn service(gateways: &[&str], subset: Option<&str>) -> Object {
    let mut destination = json!({ "host": "reviews" });
    if let Some(subset) = subset {
        destination["subset"] = json!(subset);
    }
    let spec = json!({
        "hosts": ["reviews"], "gateways": gateways,
        "http": [{ "route": [{ "destination": destination }] }],
    });
    object("VirtualService", "shop", &spec)
}

fn given_of(own: Vec<Object>) -> Result<Given, String> {
    let users = Users { own, ..Users::default() };
    given(&release().policy, &users).map_err(|failure| failure.to_string())
}

#[test]
fn routes_of_users_must_lead_to_the_winner() {
    assert_eq!(given_of(Vec::new()).unwrap(), Given::default());
    for subset in [Some("v1"), None] {
        let given = given_of(vec![service(&[], subset)]).unwrap();
        assert_eq!(given.mesh, Some(Rules::default()));
        assert_eq!(given_of(vec![service(&["web"], subset)]).unwrap().mesh, None);
    }
    assert_eq!(
        given_of(vec![service(&["web"], Some("v2"))]).unwrap_err(),
        "VirtualService shop/team still routes to `v2` (change its rules to route to `v1`: serin never changes your \
         objects)"
    );
}

fn rule(names: &[&str]) -> Object {
    let subsets: Vec<Value> = names.iter().map(|name| json!({ "name": name })).collect();
    object("DestinationRule", "shop", &json!({ "host": "reviews", "subsets": subsets }))
}

#[test]
fn routes_of_users_may_rely_on_our_subsets() {
    let relying = |own: Vec<Object>| {
        let users = Users { own, ..Users::default() };
        super::relying(&release().policy, &users)
    };
    assert_eq!(
        relying(vec![service(&["web"], Some("v1"))]),
        ["VirtualService shop/team routes to the subset `v1`"]
    );
    // Another rule of theirs has it, none is named, or it is none of ours.
    assert_eq!(relying(vec![service(&["web"], Some("v1")), rule(&["v1"])]), [""; 0]);
    assert_eq!(relying(vec![service(&["web"], None)]), [""; 0]);
    assert_eq!(relying(vec![service(&["web"], Some("v9"))]), [""; 0]);
    assert_eq!(
        relying(vec![service(&[], Some("v2")), rule(&["v1"])]),
        ["VirtualService shop/team routes to the subset `v2`"]
    );
}

#[test]
fn a_rule_with_every_subset_stands_for_ours() {
    assert!(given_of(vec![rule(&["v2", "v1"])]).unwrap().has_destination_rule);
    assert!(!given_of(vec![rule(&["v1"])]).unwrap().has_destination_rule);
}
