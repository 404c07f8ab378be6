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

#[test]
fn copies_of_requests_move_no_user() {
    let copies = |to: &str, percent: f64| json!({"mirror": {"to": to, "percent": percent}});
    for (old, new, message) in [
        (
            json!({}),
            copies("v2", 5.0),
            "5 % of the requests are mirrored to `v2`; until now none were; users are not affected",
        ),
        (
            copies("v2", 5.0),
            json!({}),
            "no requests are mirrored; until now 5 % were, to `v2`; users are not affected",
        ),
        (
            copies("v2", 5.0),
            copies("v3", 2.5),
            "2.50 % of the requests are mirrored to `v3`; until now 5 % were, to `v2`; users are not affected",
        ),
    ] {
        let diff = diff(&old, &new);
        let notes: Vec<_> =
            diff.notes.iter().map(|note| (note.topic.as_str(), note.message.as_str())).collect();
        assert_eq!(notes, [("mirror", message)]);
        assert!(!diff.moves());
    }
    assert!(diff(&copies("v2", 5.0), &copies("v2", 5.0)).notes.is_empty());
}
