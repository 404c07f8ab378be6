//! The Releases that `make bench-envoy` measures: built as data, read and compiled as `serin check` does. What holds
//! estimates against its results takes them from here too.

use anyhow::bail;
use policy::{Checked, Node, Path, Problems};
use serde_json::{Value, json};

/// The subset of all users.
pub const STABLE: &str = "v1";
/// The subset of those whom a rule takes.
pub const CANARY: &str = "v2";

/// The Release `bench/<name>` with these fields in its `spec`, beside those that all have: two subsets, an
/// identity, no counters.
///
/// # Errors
/// When the Release is refused.
pub fn checked(name: &str, fields: &Value) -> anyhow::Result<Checked> {
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
#[must_use]
pub fn subsets(count: usize) -> Value {
    let subset = |number| {
        let name = format!("v{number}");
        json!({ "name": name, "labels": { "version": name } })
    };
    (1..=count).map(subset).collect()
}

/// So many rules, each with the block that `block` makes of its number. Each gives 99.99 % of those whom it takes
/// to the canary: the draw is made, and its outcome known.
#[must_use]
pub fn rules(count: usize, block: impl Fn(usize) -> Value) -> Value {
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
#[must_use]
pub fn cookie(number: usize, rules: usize) -> String {
    if number == rules { "version".to_owned() } else { format!("user{number}") }
}

/// So many rules, each about a cookie of its own; the last is the one that requests have.
#[must_use]
pub fn exact(count: usize) -> Value {
    rules(count, |number| json!({ "cookies": { (cookie(number, count)): { "exact": CANARY } } }))
}

/// A regex that needs an automaton, once the text that it cannot match without is there.
#[must_use]
pub fn with_literal(number: usize, rules: usize) -> String {
    if number == rules {
        "v2(?:[.][0-9]+)*".to_owned()
    } else {
        format!("v[0-9]+-build{number}(?:[.][a-z]+)*")
    }
}

/// A regex that every value must be shown to: no text in it is always there. All differ.
#[must_use]
pub fn without_literal(number: usize, rules: usize) -> String {
    if number == rules {
        return "[a-z][02-9][0-9A-Za-z]*".to_owned();
    }
    // Three digits, each the beginning of a range that has too many letters to be listed.
    let digit = |power: u32| u8::try_from(number / 10_usize.pow(power) % 10).unwrap_or_default();
    let letter = |from: u8, power| char::from(from + digit(power));
    let [first, second, third] = [letter(b'a', 2), letter(b'a', 1), letter(b'A', 0)];
    format!("[{first}-zA-Z][{second}-z0-9][{third}-Z0-9]*x?[a-z!]")
}
