//! What every object of a mesh says of itself, and labels.

use policy::Policy;
use serde_json::{Map, Value, json};

/// The `metadata` of an object, which says that serin made it and from which Release.
#[must_use]
pub fn for_policy(policy: &Policy, name: &str, namespace: &str) -> Value {
    json!({
        "name": name,
        "namespace": namespace,
        "labels": { "app.kubernetes.io/managed-by": "serin" },
        "annotations": { "serin.dev/release": policy.full_name() },
    })
}

/// Labels as Kubernetes writes them.
#[must_use]
pub fn labels(labels: &[(String, String)]) -> Value {
    labels.iter().map(|(key, value)| (key.clone(), json!(value))).collect::<Map<_, _>>().into()
}
