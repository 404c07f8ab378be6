//! What a file says, as JSON.

use policy::Node;
use serde_json::Value;

/// A value as JSON has it; numbers without a fraction are whole ones.
pub(super) fn value(node: &Node) -> Value {
    match node {
        Node::Null => Value::Null,
        Node::Bool(value) => (*value).into(),
        Node::Number(number) => whole(*number).map_or_else(|| (*number).into(), Value::from),
        Node::String(text) => text.as_str().into(),
        Node::List(items) => items.iter().map(value).collect(),
        Node::Map(entries) => {
            entries.iter().map(|(key, node)| (key.clone(), value(node))).collect()
        }
    }
}

fn whole(number: f64) -> Option<i64> {
    const MOST: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "within what a float counts exactly")]
    (number.fract() == 0.0 && number.abs() <= MOST).then_some(number as i64)
}
