//! Releases to measure: built as data, read and compiled as `serin check` does.

use anyhow::bail;
use policy::{Checked, Node, Path, Problems};
use serde_json::{Value, json};

/// The subset of everybody.
pub(crate) const STABLE: &str = "v1";
/// The subset of those whom a rule takes.
pub(crate) const CANARY: &str = "v2";

/// The Release `bench/<name>` with these fields in its `spec`, beside those that all have: two subsets, an
/// identity, no counters.
pub(crate) fn checked(name: &str, fields: &Value) -> anyhow::Result<Checked> {
    let mut spec = json!({
        "host": "reviews",
        "port": 9080,
        "stable": STABLE,
        "subsets": subsets(2),
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

/// The subsets `v1` to `v<count>`.
pub(crate) fn subsets(count: usize) -> Value {
    let subset = |number| {
        let name = format!("v{number}");
        json!({ "name": name, "labels": { "version": name } })
    };
    (1..=count).map(subset).collect()
}

/// So many rules, each with the block that `block` makes of its number. Each gives 99.99 % of those whom it takes
/// to the canary: the draw is made, and its outcome known.
pub(crate) fn rules(count: usize, block: impl Fn(usize) -> Value) -> Value {
    let rule = |number: usize| {
        json!({
            "name": format!("r{number}"),
            "match": [block(number)],
            "split": { (CANARY): 99.99 },
        })
    };
    json!({ "rules": (1..=count).map(rule).collect::<Vec<_>>() })
}

/// The cookie that rule `number` of so many asks for: each another one, the last what requests have.
pub(crate) fn cookie(number: usize, rules: usize) -> String {
    if number == rules { "version".to_owned() } else { format!("user{number}") }
}
