//! Releases to measure: built as data, read and compiled as `serin check` does.

use anyhow::bail;
use policy::{Checked, Node, Path, Problems};
use serde_json::{Value, json};

/// The subset of everybody.
pub(crate) const STABLE: &str = "v1";
/// The subset of those whom a rule takes.
pub(crate) const CANARY: &str = "v2";

/// The Release `bench/<name>` with these fields in its `spec`, beside those that all have.
pub(crate) fn checked(name: &str, fields: &Value) -> anyhow::Result<Checked> {
    let subset = |name: &str| json!({ "name": name, "labels": { "version": name } });
    let mut spec = json!({
        "host": "reviews",
        "port": 9080,
        "stable": STABLE,
        "subsets": [subset(STABLE), subset(CANARY)],
        "identity": [{ "cookie": "device-id" }],
        "counters": false,
    });
    if let (Some(spec), Some(fields)) = (spec.as_object_mut(), fields.as_object()) {
        spec.extend(fields.clone());
    }
    let release = json!({
        "apiVersion": "serin.dev/v1alpha1",
        "kind": "Release",
        "metadata": { "name": name, "namespace": "bench" },
        "spec": spec,
    });
    let node: Node = serde_json::from_value(release)?;
    let mut problems = Problems::default();
    match policy::check(&node, &Path::root(), &mut problems) {
        Some(checked) => Ok(checked),
        None => bail!("the Release `{name}` is refused: {problems}"),
    }
}

/// A rule that gives 99.99 % of those whom this block takes to the canary: the draw is made, its outcome known.
pub(crate) fn rule(name: &str, block: &Value) -> Value {
    json!({ "name": name, "match": [block], "split": { (CANARY): 99.99 } })
}
