//! The labels of the controller's objects.

use serde_json::{Value, json};

use super::{Installation, NAME};

/// By which the controller's pods are found. A Deployment cannot change them, so that no version is among them.
pub(super) fn selector() -> Value {
    json!({ "app.kubernetes.io/name": NAME })
}

/// The label by which an object is known to be one of these.
pub(crate) const PART_OF: &str = "app.kubernetes.io/part-of";

/// Of every object.
pub(super) fn labels() -> Value {
    json!({ "app.kubernetes.io/name": NAME, PART_OF: "serin" })
}

/// Of an object in the controller's namespace.
pub(super) fn metadata(installation: &Installation) -> Value {
    json!({ "name": NAME, "namespace": installation.namespace, "labels": labels() })
}
