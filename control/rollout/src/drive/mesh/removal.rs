//! What must not go yet: a DestinationRule of which routes in force name a subset that their readers have from no other.

use istio::host;
use policy::Policy;

use super::super::failure::{Blocker, Failure};
use super::super::subject::Subject;
use super::users::Users;
use super::{destination_rules, own, pinned, stamp};
use crate::drive::cluster::Object;

/// That no route needs the object, which is about to be removed: asked anew, whatever was known before.
///
/// # Errors
/// When one does, or the cluster cannot be asked.
pub async fn check(subject: &Subject<'_>, object: &Object) -> Result<(), Failure> {
    if object.kind() != "DestinationRule" {
        return Ok(());
    }
    let policy = subject.policy();
    let users = Users::find(subject).await?;
    let mut live = own::live(subject).await?;
    live.retain(|live| !live.is_going() && !stamp::same(live, object));
    let mut needing = needing(policy, object, &live, &users);
    needing.extend(pinned::relying(policy, &users));
    if needing.is_empty() {
        return Ok(());
    }
    Err(Failure::blocked(
        format!("{} stays: {}", object.title(), needing.join("; ")),
        "declare these subsets for every caller in a DestinationRule of your own first",
    ))
}

/// What of ours that stays names a subset of the rule.
fn needing(policy: &Policy, rule: &Object, live: &[Object], users: &Users) -> Vec<String> {
    let fqdn = policy.host().fqdn();
    let names = rule.list("/spec/subsets").iter().filter_map(|subset| subset["name"].as_str());
    let mut found = Vec::new();
    for name in names.filter(|name| !destination_rules::serve(policy, users, name)) {
        for object in live.iter().filter(|object| leads_to(object, name, fqdn)) {
            found.push(format!("{} routes to the subset `{name}`", object.title()));
        }
    }
    found
}

/// What of these objects of users leads to a subset of a DestinationRule.
pub(in crate::drive) fn naming(rule: &Object, users: &[Object]) -> Vec<Blocker> {
    let fqdn = host::complete(rule.text("/spec/host"), rule.namespace());
    let subsets = rule.list("/spec/subsets").iter();
    let names: Vec<&str> = subsets.filter_map(|subset| subset["name"].as_str()).collect();
    let mut blockers = Vec::new();
    for object in users.iter().filter(|object| object.kind() == "VirtualService") {
        let mut named = Vec::new();
        pinned::subsets(object.spec(), object.namespace(), &fqdn, &mut named);
        named.retain(|name| names.contains(name));
        named.sort_unstable();
        named.dedup();
        blockers.extend(named.iter().map(|name| {
            Blocker::new(
                format!("{} leads to the subset `{name}` of {}", object.title(), rule.title()),
                "change its rules first, or remove the DestinationRule all the same with `--force`",
            )
        }));
    }
    blockers
}

/// Whether an object of ours has the subset as a destination, or its cluster.
fn leads_to(object: &Object, name: &str, fqdn: &str) -> bool {
    if object.kind() == "VirtualService" {
        let mut named = Vec::new();
        pinned::subsets(object.spec(), object.namespace(), fqdn, &mut named);
        return named.contains(&name);
    }
    // As Istio calls it: `outbound|<port>|<subset>|<host>`.
    object.spec().to_string().contains(&format!("|{name}|{fqdn}"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::given::tests::{object, release};
    use super::*;

    fn ours() -> Object {
        let subsets = json!([{ "name": "v1" }, { "name": "v2" }]);
        object("DestinationRule", "shop", &json!({ "host": "reviews", "subsets": subsets }))
    }

    fn theirs(namespace: &str, export_to: Value) -> Users {
        let mut rule = ours();
        rule.value_mut()["spec"]["host"] = json!("reviews.shop.svc.cluster.local");
        rule.value_mut()["spec"]["exportTo"] = export_to;
        rule.value_mut()["metadata"]["namespace"] = json!(namespace);
        Users { own: vec![rule], ..Users::default() }
    }

    #[test]
    fn a_rule_stays_while_our_routes_name_its_subsets_and_not_every_caller_has_them_from_another() {
        let route = json!({ "destination": { "host": "reviews", "subset": "v1" } });
        let pin = object("VirtualService", "shop", &json!({ "http": [{ "route": [route] }] }));
        let cluster = json!({ "cluster": "outbound|9080|v2|reviews.shop.svc.cluster.local" });
        let switch = object("EnvoyFilter", "shop", &json!({ "configPatches": [cluster] }));
        let policy = release().policy;
        let needing = |live: &[Object], users: &Users| needing(&policy, &ours(), live, users).len();
        let nobodys = Users::default();
        assert_eq!(needing(&[], &nobodys), 0);
        assert_eq!(needing(std::slice::from_ref(&pin), &nobodys), 1);
        assert_eq!(needing(&[pin.clone(), switch.clone()], &nobodys), 2);
        for (users, expected) in [
            (theirs("shop", json!(null)), 0),
            (theirs("shop", json!(["*"])), 0),
            // Attached callers see it, others do not.
            (theirs("shop", json!(["."])), 2),
            (theirs("default", json!(["."])), 2),
            (theirs("default", json!(null)), 2),
        ] {
            assert_eq!(needing(&[pin.clone(), switch.clone()], &users), expected, "{users:?}");
        }
    }
}
