//! The controller's namespace.

use serde_json::{Value, json};

use super::{Installation, labels};

/// The namespace: pods with more rights than the controller's are refused, and none gets a sidecar.
pub(super) fn object(installation: &Installation) -> Value {
    let mut labels = labels::labels();
    labels["istio-injection"] = json!("disabled");
    for level in ["enforce", "warn"] {
        labels[format!("pod-security.kubernetes.io/{level}")] = json!("restricted");
    }
    json!({
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": { "name": installation.namespace, "labels": labels },
    })
}
