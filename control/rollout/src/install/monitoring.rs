//! What looks at the controller's pods: a Service for Prometheus, and what drains nodes.

use serde_json::{Value, json};

use super::{Installation, PORT, PORT_NAME, labels};

/// Nodes are drained one controller at a time. Of a single one there would never be enough.
pub(super) fn budget(installation: &Installation) -> Option<Value> {
    (installation.replicas > 1).then(|| {
        json!({
            "apiVersion": "policy/v1",
            "kind": "PodDisruptionBudget",
            "metadata": labels::metadata(installation),
            "spec": { "minAvailable": 1, "selector": { "matchLabels": labels::selector() } },
        })
    })
}

/// The metrics, for what finds targets by Services, such as a `ServiceMonitor`.
pub(super) fn service(installation: &Installation) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": labels::metadata(installation),
        "spec": {
            "selector": labels::selector(),
            "ports": [{ "name": PORT_NAME, "port": PORT, "targetPort": PORT_NAME }],
        },
    })
}
