//! Releases for cases: the usual frame around the fields that a case is about, and what policy makes of it.

use policy::{Checked, Node, Path, Problems};
use serde_json::{Value, json};

/// A Release of `bookinfo/reviews` whose `spec` has these fields; host, port, stable (v1) and subsets (v1, v2,
/// v3) are added where they are not among them.
#[must_use]
pub fn release(fields: Value) -> Value {
    let subset = |name: &str| json!({"name": name, "labels": {"version": name}});
    let mut spec = json!({
        "host": "reviews.bookinfo.svc.cluster.local",
        "port": 9080,
        "stable": "v1",
        "subsets": [subset("v1"), subset("v2"), subset("v3")],
    });
    if let (Value::Object(spec), Value::Object(fields)) = (&mut spec, fields) {
        spec.extend(fields);
    }
    json!({
        "apiVersion": "serin.dev/v1alpha1",
        "kind": "Release",
        "metadata": {"name": "reviews", "namespace": "bookinfo"},
        "spec": spec,
    })
}

/// What the policy crate makes of a Release.
///
/// # Errors
/// With the problems that forbid it.
///
/// # Panics
/// When there is a number in it that no document can have.
pub fn try_check(release: &Value) -> Result<Checked, Problems> {
    let node: Node = serde_json::from_value(release.clone()).unwrap();
    try_check_node(&node)
}

/// The same for a document that was read elsewhere.
///
/// # Errors
/// With the problems that forbid it.
pub fn try_check_node(node: &Node) -> Result<Checked, Problems> {
    let mut problems = Problems::default();
    policy::check(node, &Path::root(), &mut problems).ok_or(problems)
}

/// The same for a Release that is well.
///
/// # Panics
/// When it is not.
#[must_use]
#[track_caller]
pub fn check(release: &Value) -> Checked {
    match try_check(release) {
        Ok(checked) => checked,
        Err(problems) => panic!("{problems}\nin {release:#}"),
    }
}
