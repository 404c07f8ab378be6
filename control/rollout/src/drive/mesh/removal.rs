//! What must not go yet: a DestinationRule of which routes in force name a subset that their readers have from no other.

use istio::visibility::Client;
use policy::Policy;
use serde_json::Value;

use super::super::failure::Failure;
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
        "give every caller of the host these subsets by a DestinationRule of yours first",
    ))
}

/// What of ours that stays names a subset of the rule.
fn needing(policy: &Policy, rule: &Object, live: &[Object], users: &Users) -> Vec<String> {
    let mut readers = destination_rules::clients(policy);
    readers.push(Client::Elsewhere);
    let mut found = Vec::new();
    for name in rule.list("/spec/subsets").iter().filter_map(|subset| subset["name"].as_str()) {
        let is_there =
            readers.iter().all(|reader| destination_rules::have(policy, users, *reader, name));
        // As Istio calls the subset's cluster: `outbound|<port>|<subset>|<host>`.
        let cluster = format!("|{name}|{}", policy.host().fqdn());
        for object in live.iter().filter(|_| !is_there) {
            let names = match object.kind() {
                "VirtualService" => leads_to(object.spec(), name),
                _ => contains(object.spec(), &cluster),
            };
            if names {
                found.push(format!("{} leads to the subset `{name}`", object.title()));
            }
        }
    }
    found
}

/// Whether a destination names the subset.
fn leads_to(value: &Value, name: &str) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| leads_to(item, name)),
        Value::Object(map) => {
            map.get("subset").is_some_and(|subset| subset == name)
                || map.values().any(|value| leads_to(value, name))
        }
        _ => false,
    }
}

/// Whether a text in the value contains this one.
fn contains(value: &Value, text: &str) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| contains(item, text)),
        Value::Object(map) => map.values().any(|value| contains(value, text)),
        Value::String(found) => found.contains(text),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

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
