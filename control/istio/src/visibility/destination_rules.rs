//! Which DestinationRules of users are in force for whom.

use policy::Policy;
use serde_json::Value;

use super::{Client, Placed, exports, is_exported, lookup};
use crate::host;

/// Whether users' own rules have every subset of the Release, for every proxy of the mesh: then none of ours is needed.
pub fn serve_all<'r, R: Placed + 'r>(
    policy: &Policy,
    rules: &(impl Iterator<Item = &'r R> + Clone),
) -> bool {
    policy.subsets().iter().all(|subset| serve(policy, rules, &subset.name))
}

/// Whether they have a subset of this name for every proxy of the mesh.
pub fn serve<'r, R: Placed + 'r>(
    policy: &Policy,
    rules: &(impl Iterator<Item = &'r R> + Clone),
    name: &str,
) -> bool {
    let mut clients = clients(policy);
    clients.push(Client::Elsewhere);
    clients.into_iter().all(|client| have(policy, rules, client, name))
}

/// Whether users' own rules have a subset of this name for a client.
pub fn have<'r, R: Placed + 'r>(
    policy: &Policy,
    rules: &(impl Iterator<Item = &'r R> + Clone),
    client: Client<'_>,
    name: &str,
) -> bool {
    let rules = in_force(policy, rules, client);
    let has = |rule: &&R| {
        let subsets = rule.spec().get("subsets").and_then(Value::as_array).map(Vec::as_slice);
        subsets.unwrap_or_default().iter().any(|found| found["name"] == name)
    };
    // Rules with another `exportTo` are not merged, and which of them counts goes by their age.
    let is_merged = rules.windows(2).all(|pair| match pair {
        [one, other] => is_merged(*one, *other),
        _ => true,
    });
    if is_merged { rules.iter().any(has) } else { rules.iter().all(has) }
}

/// The rules that a client goes by, ours left aside: those of the first namespace that has some.
pub fn in_force<'r, R: Placed + 'r>(
    policy: &Policy,
    rules: &(impl Iterator<Item = &'r R> + Clone),
    client: Client<'_>,
) -> Vec<&'r R> {
    let fqdn = policy.host().fqdn();
    let service = host::service(fqdn).map_or(policy.namespace(), |(_, namespace)| namespace);
    for namespace in lookup(client, service) {
        let is_own = Client::In(namespace) == client;
        let found = rules.clone().filter(|rule| {
            rule.namespace() == namespace
                && is_of(*rule, fqdn, is_own && namespace != service)
                && is_exported(rule.spec(), namespace, client)
                && rule.spec().get("workloadSelector").is_none()
        });
        let found: Vec<&R> = found.collect();
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

/// Whether istiod makes one of both, which have no selector: they are in one namespace, and for the same clients.
pub fn is_merged(one: &impl Placed, other: &impl Placed) -> bool {
    fn sorted(object: &impl Placed) -> Vec<&str> {
        let mut names = exports(object.spec());
        names.sort_unstable();
        names
    }
    one.namespace() == other.namespace() && sorted(one) == sorted(other)
}

/// The attached proxies.
#[must_use]
pub fn clients(policy: &Policy) -> Vec<Client<'_>> {
    policy.attach().iter().map(|attach| Client::In(&attach.namespace)).collect()
}

/// Whether a rule is of the host itself.
pub fn names(rule: &impl Placed, fqdn: &str) -> bool {
    host::is(written(rule), rule.namespace(), fqdn)
}

/// Whether a rule is of the host. Before those of the service's own namespace come those for many hosts, too, where the
/// client's has some.
fn is_of(rule: &impl Placed, fqdn: &str, is_before: bool) -> bool {
    let is_wide = |text: &str| text.starts_with('*') && host::overlap(text, fqdn);
    names(rule, fqdn) || (is_before && is_wide(&written(rule).to_ascii_lowercase()))
}

fn written(rule: &impl Placed) -> &str {
    rule.spec().get("host").and_then(Value::as_str).unwrap_or_default()
}
