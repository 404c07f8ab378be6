//! All users get one subset, by routes alone: a user's own routes must lead there.

use istio::render::mesh::Given;
use istio::visibility::{Client, exports, is_exported, is_public};
use istio::weave::Rules;
use policy::Policy;
use serde_json::Value;

use super::super::failure::{Blocker, Failure};
use super::destination_rules;
use super::users::{self, Users};
use crate::drive::cluster::{Object, mesh_objects};

/// What users' own objects have, when all of them lead to the stable subset of `policy`, who is the winner.
pub(super) fn given(policy: &Policy, users: &Users) -> Result<Given, Failure> {
    check(policy, users)?;
    let fqdn = policy.host().fqdn();
    // One that only some proxies see leaves the others to ours.
    let is_for_all = |object: &&Object| {
        let hosts = object.list("/spec/hosts");
        users::is_for_mesh(*object)
            && is_public(object.spec(), object.namespace())
            && hosts.iter().any(|host| mesh_objects::is(host, object.namespace(), fqdn))
    };
    Ok(Given {
        has_destination_rule: destination_rules::serve_all(policy, users),
        mesh: users.virtual_services().find(is_for_all).map(|_| Rules::default()),
        ..Given::default()
    })
}

/// That no route of a user's leads to another subset.
pub(super) fn check(policy: &Policy, users: &Users) -> Result<(), Failure> {
    let winner = policy.subset_name(policy.stable());
    let mut blockers = Vec::new();
    for object in users.virtual_services() {
        let mut others = Vec::new();
        subsets(object.spec(), object.namespace(), policy.host().fqdn(), &mut others);
        others.retain(|subset| *subset != winner);
        others.sort_unstable();
        others.dedup();
        if !others.is_empty() {
            let names: Vec<String> = others.iter().map(|name| format!("`{name}`")).collect();
            blockers.push(Blocker::new(
                format!("{} still routes to {}", object.title(), names.join(", ")),
                format!(
                    "change its rules to route to `{winner}`: serin never changes your objects"
                ),
            ));
        }
    }
    Failure::check(blockers)
}

/// What of users' would lead nowhere without our DestinationRule: VirtualServices that name a subset which, for some
/// proxy that sees them, no DestinationRule of a user's has.
pub(super) fn relying(policy: &Policy, users: &Users) -> Vec<String> {
    let fqdn = policy.host().fqdn();
    let mut relying = Vec::new();
    for object in users.virtual_services() {
        let mut named = Vec::new();
        subsets(object.spec(), object.namespace(), fqdn, &mut named);
        named.retain(|name| policy.subsets().iter().any(|ours| ours.name == *name));
        let readers = readers(object, policy);
        let have = |reader: &Client, name| destination_rules::have(policy, users, *reader, name);
        named.retain(|name| !readers.iter().all(|reader| have(reader, name)));
        named.sort_unstable();
        named.dedup();
        let title = object.title();
        relying.extend(named.iter().map(|name| format!("{title} routes to the subset `{name}`")));
    }
    relying
}

/// The subsets of the host that destinations name.
pub(in crate::drive) fn subsets<'v>(
    value: &'v Value,
    namespace: &str,
    fqdn: &str,
    found: &mut Vec<&'v str>,
) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| subsets(item, namespace, fqdn, found)),
        Value::Object(map) => {
            if map.get("host").is_some_and(|host| mesh_objects::is(host, namespace, fqdn)) {
                found.extend(map.get("subset").and_then(Value::as_str));
            }
            map.values().for_each(|value| subsets(value, namespace, fqdn, found));
        }
        _ => {}
    }
}

/// The proxies that see a VirtualService, as far as they can go by different DestinationRules.
fn readers<'o>(object: &'o Object, policy: &'o Policy) -> Vec<Client<'o>> {
    let mut all = destination_rules::clients(policy);
    all.push(Client::In(object.namespace()));
    all.extend(exports(object.spec()).into_iter().map(Client::In));
    all.push(Client::Elsewhere);
    all.retain(|client| is_exported(object.spec(), object.namespace(), *client));
    all
}

#[cfg(test)]
mod tests;
