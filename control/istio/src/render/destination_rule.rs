//! The DestinationRule: the subsets, by the labels of their pods.

use policy::Policy;
use policy::policy::Subset;
use serde_json::{Value, json};

use super::Manifest;
use crate::metadata::{self, labels};
use crate::names;

/// The manifest.
#[must_use]
pub fn manifest(policy: &Policy) -> Manifest {
    let host = policy.host().fqdn();
    let purpose = [
        format!("The subsets of {host}. Apply it first, remove it last."),
        "If the host has a DestinationRule in this namespace already, Istio adds these subsets to it; one"
            .to_owned(),
        "in the namespace of a caller hides this one from that caller.".to_owned(),
    ];
    let purpose: Vec<&str> = purpose.iter().map(String::as_str).collect();
    let body = json!({
        "apiVersion": "networking.istio.io/v1",
        "kind": "DestinationRule",
        "metadata": metadata::for_policy(policy, &names::object(policy), policy.namespace()),
        "spec": {
            "host": host,
            "subsets": policy.subsets().iter().map(subset).collect::<Vec<_>>(),
        },
    });
    Manifest::new(policy, "10-destination-rule.yaml", &purpose, body)
}

fn subset(subset: &Subset) -> Value {
    json!({ "name": subset.name, "labels": labels(&subset.labels) })
}
