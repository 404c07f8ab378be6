//! Estimates for programs: one list.

use serde_json::{Value, json};

use super::primitives::{ENVOY, MEASURED};
use super::{Class, Estimate};

/// The list.
#[must_use]
pub fn list(estimates: &[Estimate]) -> Vec<Value> {
    estimates.iter().map(document).collect()
}

fn document(estimate: &Estimate) -> Value {
    let assumed = &estimate.assumed;
    let (routes, native) = estimate.native;
    json!({
        "release": estimate.release,
        "route": estimate.route_mode.name,
        "carrier": if estimate.route_mode.by_header { "header" } else { "filter-state" },
        "gate": estimate.route_mode.gate.is_some(),
        "module": estimate.module(),
        "classes": estimate.classes.iter().map(class).collect::<Vec<_>>(),
        "most": estimate.dominant.as_ref().map(|dominant| json!({
            "what": dominant.what,
            "header": dominant.header,
            "rule": dominant.rule,
            "instructions": rounded(dominant.instructions),
        })),
        "worst": estimate.worst.map(|(steps, instructions)| json!({
            "steps": steps,
            "instructions": rounded(instructions),
        })),
        "native": { "routes": routes, "instructions": rounded(native) },
        "assumed": {
            "cookieBytes": assumed.cookie_bytes,
            "valueBytes": assumed.value_bytes,
            "headers": assumed.headers,
        },
        "measured": { "envoy": ENVOY, "date": MEASURED },
    })
}

fn class(class: &Class) -> Value {
    let parts: serde_json::Map<String, Value> = class
        .parts
        .iter()
        .map(|(part, cost)| (part.name().to_owned(), rounded(*cost).into()))
        .collect();
    json!({
        "class": class.kind.name().replace(' ', "-"),
        "rule": class.rule,
        "instructions": rounded(class.total()),
        "parts": parts,
    })
}

/// To a hundred: more cannot be repeated.
#[expect(clippy::cast_possible_truncation, reason = "figures are far below 2^63")]
fn rounded(instructions: f64) -> i64 {
    (instructions / 100.0).round() as i64 * 100
}
