//! Which DestinationRules of users are in force for whom, in the cluster.

use istio::visibility::Client;
use istio::visibility::destination_rules as rules;
use policy::Policy;

use super::users::Users;
use crate::drive::cluster::Object;

pub(super) use rules::{clients, names};

/// Whether users' own rules have every subset of the Release, for every proxy of the mesh: then none of ours is needed.
pub(super) fn serve_all(policy: &Policy, users: &Users) -> bool {
    rules::serve_all(policy, &users.destination_rules())
}

/// Whether they have a subset of this name for every proxy of the mesh.
pub(super) fn serve(policy: &Policy, users: &Users, name: &str) -> bool {
    rules::serve(policy, &users.destination_rules(), name)
}

/// Whether users' own rules have a subset of this name for a client.
pub(super) fn have(policy: &Policy, users: &Users, client: Client<'_>, name: &str) -> bool {
    rules::have(policy, &users.destination_rules(), client, name)
}

/// Whether a rule is one that some attached proxy goes by.
pub(super) fn is_in_force(rule: &Object, policy: &Policy, users: &Users) -> bool {
    let in_force = |client| rules::in_force(policy, &users.destination_rules(), client);
    clients(policy).into_iter().any(|client| in_force(client).contains(&rule))
}

#[cfg(test)]
mod tests;
