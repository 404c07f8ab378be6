//! Which DestinationRules of users are in force for whom.

use istio::host;
use istio::visibility::{Client, exports, is_exported, lookup};
use policy::Policy;
use serde_json::Value;

use super::users::{self, Users};
use crate::drive::cluster::{Object, endpoints};

/// Whether users' own rules have every subset of the Release, for every proxy of the mesh: then none of ours is needed.
pub(super) fn serve_all(policy: &Policy, users: &Users) -> bool {
    policy.subsets().iter().all(|subset| serve(policy, users, &subset.name))
}

/// Whether they have a subset of this name for every proxy of the mesh.
pub(super) fn serve(policy: &Policy, users: &Users, name: &str) -> bool {
    let mut clients = clients(policy);
    clients.push(Client::Elsewhere);
    clients.into_iter().all(|client| have(policy, users, client, name))
}

/// Whether users' own rules have a subset of this name for a client.
pub(super) fn have(policy: &Policy, users: &Users, client: Client<'_>, name: &str) -> bool {
    let rules = in_force(policy, users, client);
    let has = |rule: &&Object| rule.list("/spec/subsets").iter().any(|found| found["name"] == name);
    // Rules with another `exportTo` are not merged, and which of them counts goes by their age.
    let is_merged = rules.windows(2).all(|pair| match pair {
        [one, other] => is_merged(one, other),
        _ => true,
    });
    if is_merged { rules.iter().any(has) } else { rules.iter().all(has) }
}

/// The rules that a client goes by, ours left aside: those of the first namespace that has some.
pub(super) fn in_force<'u>(
    policy: &Policy,
    users: &'u Users,
    client: Client<'_>,
) -> Vec<&'u Object> {
    let fqdn = policy.host().fqdn();
    let service = endpoints::service(fqdn).map_or(policy.namespace(), |(_, namespace)| namespace);
    for namespace in lookup(client, service) {
        let is_own = Client::In(namespace) == client;
        let found: Vec<&Object> = users
            .destination_rules()
            .filter(|rule| {
                rule.namespace() == namespace
                    && is_of(rule, fqdn, is_own && namespace != service)
                    && is_exported(rule.spec(), namespace, client)
                    && rule.spec().get("workloadSelector").is_none()
            })
            .collect();
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

/// Whether a rule is one that some attached proxy goes by.
pub(super) fn is_in_force(rule: &Object, policy: &Policy, users: &Users) -> bool {
    let mut clients = clients(policy).into_iter();
    clients.any(|client| in_force(policy, users, client).contains(&rule))
}

/// Whether istiod makes one of both, which have no selector: they are in one namespace, and for the same clients.
pub(super) fn is_merged(one: &Object, other: &Object) -> bool {
    let sorted = |object: &Object| {
        let mut names: Vec<String> =
            exports(object.spec()).into_iter().map(str::to_owned).collect();
        names.sort_unstable();
        names
    };
    one.namespace() == other.namespace() && sorted(one) == sorted(other)
}

/// The attached proxies.
pub(super) fn clients(policy: &Policy) -> Vec<Client<'_>> {
    policy.attach().iter().map(|attach| Client::In(&attach.namespace)).collect()
}

/// Whether a rule is of the host. Before those of the service's own namespace come those for many hosts, too, where the
/// client's has some.
fn is_of(rule: &Object, fqdn: &str, is_before: bool) -> bool {
    let is_wide = |text: &str| text.starts_with('*') && host::overlap(text, fqdn);
    names(rule, fqdn) || (is_before && is_wide(&rule.text("/spec/host").to_ascii_lowercase()))
}

/// Whether a rule is of the host itself.
pub(super) fn names(rule: &Object, fqdn: &str) -> bool {
    let written = rule.spec().get("host").unwrap_or(&Value::Null);
    users::is(written, rule.namespace(), fqdn)
}

#[cfg(test)]
mod tests;
