//! Everybody gets one subset, by routes alone: a user's own routes must lead there.

use policy::Policy;
use serde_json::Value;

use super::super::failure::{Failure, Hindrance};
use super::users::{self, Users};
use crate::cluster::Object;
use crate::render::mesh::Given;
use crate::weave::Rules;

/// What users' own objects have, when all of them lead to the stable subset of `policy`, who is the winner.
pub(super) fn given(policy: &Policy, users: &Users) -> Result<Given, Failure> {
    check(policy, users)?;
    let fqdn = policy.host().fqdn();
    let is_for_mesh = |object: &&Object| {
        let gateways = object.list("/spec/gateways");
        let hosts = object.list("/spec/hosts");
        (gateways.is_empty() || gateways.iter().any(|gateway| gateway == "mesh"))
            && hosts.iter().any(|host| users::is(host, object.namespace(), fqdn))
    };
    Ok(Given {
        has_destination_rule: users.destination_rules().any(|rule| has_all(rule, policy)),
        mesh: users.virtual_services().find(is_for_mesh).map(|_| Rules::default()),
        ..Given::default()
    })
}

/// That no route of a user's leads to another subset.
pub(super) fn check(policy: &Policy, users: &Users) -> Result<(), Failure> {
    let winner = policy.subset_name(policy.stable());
    let mut hindrances = Vec::new();
    for object in users.virtual_services() {
        let mut others = Vec::new();
        subsets(object.spec(), object.namespace(), policy.host().fqdn(), &mut others);
        others.retain(|subset| *subset != winner);
        others.sort_unstable();
        others.dedup();
        if !others.is_empty() {
            let names: Vec<String> = others.iter().map(|name| format!("`{name}`")).collect();
            hindrances.push(Hindrance {
                message: format!("{} still leads to {}", object.title(), names.join(", ")),
                help: format!(
                    "make its rules lead to `{winner}`: serin never changes your objects"
                ),
            });
        }
    }
    Failure::of(hindrances)
}

/// What of users' would lead nowhere without our DestinationRule: VirtualServices that name a subset which no
/// DestinationRule of a user's has.
pub(super) fn relying(policy: &Policy, users: &Users) -> Vec<String> {
    let fqdn = policy.host().fqdn();
    let is_users = |name: &str| users.destination_rules().any(|rule| has(rule, policy, name));
    let mut relying = Vec::new();
    for object in users.virtual_services() {
        let mut named = Vec::new();
        subsets(object.spec(), object.namespace(), fqdn, &mut named);
        named.retain(|name| policy.subsets().iter().any(|ours| ours.name == *name));
        named.retain(|name| !is_users(name));
        named.sort_unstable();
        named.dedup();
        let title = object.title();
        relying.extend(named.iter().map(|name| format!("{title} leads to the subset `{name}`")));
    }
    relying
}

/// The subsets of the host that destinations name.
fn subsets<'v>(value: &'v Value, namespace: &str, fqdn: &str, found: &mut Vec<&'v str>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| subsets(item, namespace, fqdn, found)),
        Value::Object(map) => {
            if map.get("host").is_some_and(|host| users::is(host, namespace, fqdn)) {
                found.extend(map.get("subset").and_then(Value::as_str));
            }
            map.values().for_each(|value| subsets(value, namespace, fqdn, found));
        }
        _ => {}
    }
}

/// Whether a DestinationRule of the host has every subset of the Release.
fn has_all(rule: &Object, policy: &Policy) -> bool {
    policy.subsets().iter().all(|subset| has(rule, policy, &subset.name))
}

/// Whether a DestinationRule is of the host, for all callers, and has a subset of this name.
fn has(rule: &Object, policy: &Policy, name: &str) -> bool {
    let host = rule.spec().get("host").unwrap_or(&Value::Null);
    users::is(host, rule.namespace(), policy.host().fqdn())
        && rule.spec().get("workloadSelector").is_none()
        && rule.list("/spec/subsets").iter().any(|subset| subset["name"] == name)
}

#[cfg(test)]
mod tests;
