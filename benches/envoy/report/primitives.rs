//! What the parts of a request cost, each derived from rows that differ in it: for `serin cost`.

mod parts;

use serde_json::json;

use crate::figures::Figures;
use parts::Parts;

/// One part.
#[derive(Clone, Debug)]
pub(crate) struct Primitive {
    pub(crate) name: &'static str,
    /// Instructions for each of these.
    pub(crate) per: &'static str,
    pub(crate) instructions: f64,
    /// What it is, and how it was derived.
    pub(crate) what: &'static str,
}

/// All that the rows give.
pub(crate) fn all(figures: &Figures) -> Vec<Primitive> {
    let of = Parts::of(figures);
    let found = [of.envoy(), of.calls(), of.reads(), of.program()];
    found
        .into_iter()
        .flatten()
        .filter_map(|(name, per, instructions, what)| {
            instructions.map(|instructions| Primitive { name, per, instructions, what })
        })
        .collect()
}

/// The same as a file.
pub(crate) fn json(primitives: &[Primitive]) -> serde_json::Result<String> {
    let list: Vec<_> = primitives
        .iter()
        .map(|Primitive { name, per, instructions, what }| {
            // A tenth is more than can be repeated.
            let instructions = (instructions * 10.0).round() / 10.0;
            json!({ "name": name, "unit": format!("instructions per {per}"), "value": instructions, "what": what })
        })
        .collect();
    let mut text = serde_json::to_string_pretty(&json!({ "primitives": list }))?;
    text.push('\n');
    Ok(text)
}
