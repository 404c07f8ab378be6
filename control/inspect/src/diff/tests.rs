//! What is said about pairs of Releases.

mod found;
mod served;

use policy::{Node, Path, Problems};
use serde_json::{Value, json};

use super::*;

/// A Release with subsets v1 (stable), v2 and v3, whose `spec` has these fields.
pub(super) fn release(fields: &Value) -> Checked {
    let subset = |name: &str| json!({"name": name, "labels": {"version": name}});
    let mut spec = json!({
        "host": "reviews.bookinfo.svc.cluster.local",
        "port": 9080,
        "stable": "v1",
        "subsets": [subset("v1"), subset("v2"), subset("v3")],
        "identity": [{"header": "x-user"}],
    });
    if let (Value::Object(spec), Value::Object(fields)) = (&mut spec, fields) {
        spec.extend(fields.clone());
    }
    let release = json!({
        "apiVersion": "serin.dev/v1alpha1",
        "kind": "Release",
        "metadata": {"name": "reviews", "namespace": "bookinfo"},
        "spec": spec,
    });
    let node: Node = serde_json::from_value(release).unwrap();
    let mut problems = Problems::default();
    let checked = policy::check(&node, &Path::root(), &mut problems);
    checked.unwrap_or_else(|| panic!("{problems} in {fields}"))
}

pub(super) fn diff(old: &Value, new: &Value) -> Diff {
    Diff::new(&release(old), &release(new))
}

fn rule(name: &str, block: &Value, split: &Value) -> Value {
    json!({"name": name, "match": [block], "split": split})
}
