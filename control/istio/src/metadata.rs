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

/// The annotation by which Argo CD applies objects one after the other: those of a lower number first.
const SYNC_WAVE: &str = "argocd.argoproj.io/sync-wave";

/// Has Argo CD apply the object when its file says: by the number that begins the file's name.
pub fn set_wave(object: &mut Value, file_name: &str) {
    let number = file_name.split('-').next().filter(|number| number.parse::<u32>().is_ok());
    if let Some(number) = number {
        object["metadata"]["annotations"][SYNC_WAVE] = json!(number);
    }
}

/// Labels as Kubernetes writes them.
#[must_use]
pub fn labels(labels: &[(String, String)]) -> Value {
    labels.iter().map(|(key, value)| (key.clone(), json!(value))).collect::<Map<_, _>>().into()
}
