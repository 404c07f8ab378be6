//! The changes made on values instead of text: what the text must say afterwards.

use std::collections::BTreeMap;

use policy::{Node, Segment};
use serde_json::{Map, Number, Value};

use super::{Action, Changed};

/// A document's value as JSON has it. Of keys that stand twice the last counts, and what JSON cannot say is
/// nothing: both are refused before anything is written.
pub(in crate::weave) fn json(node: &Node) -> Value {
    match node {
        Node::Null => Value::Null,
        Node::Bool(value) => Value::Bool(*value),
        Node::Number(value) => number(*value).map_or(Value::Null, Value::Number),
        Node::String(text) => Value::String(text.clone()),
        Node::List(items) => items.iter().map(json).collect(),
        Node::Map(entries) => entries
            .iter()
            .map(|(key, node)| (key.clone(), json(node)))
            .collect::<Map<_, _>>()
            .into(),
    }
}

/// A whole number where it is one: `90.0` is no weight.
fn number(value: f64) -> Option<Number> {
    #[expect(clippy::cast_possible_truncation, reason = "checked to be whole and small enough")]
    if value.fract() == 0.0 && value.abs() < 9e15 {
        Some(Number::from(value as i64))
    } else {
        Number::from_f64(value)
    }
}

/// Without what is empty: a block that loses its last entry is no map any more, but nothing.
pub(in crate::weave) fn filled(value: Value) -> Value {
    match value {
        Value::Object(map) if map.is_empty() => Value::Null,
        Value::Array(items) if items.is_empty() => Value::Null,
        Value::Object(map) => {
            map.into_iter().map(|(key, value)| (key, filled(value))).collect::<Map<_, _>>().into()
        }
        Value::Array(items) => items.into_iter().map(filled).collect(),
        other => other,
    }
}

/// What the document at `position` must say after the changes.
pub(super) fn changed(position: usize, node: &Node, changes: &Changed<'_>) -> Option<Value> {
    let mut value = json(node);
    let own = changes.range((position, Vec::new())..(position + 1, Vec::new()));
    let mut own: Vec<_> = own.map(|((_, path), actions)| (path, actions)).collect();
    // What is deeper first: changes of a list move what is below it.
    own.sort_by_key(|(path, _)| std::cmp::Reverse(path.len()));
    for (path, actions) in own {
        let found = path.iter().try_fold(&mut value, |value, segment| match segment {
            Segment::Key(key) => value.get_mut(key),
            Segment::Index(index) => value.get_mut(index),
        });
        change(found?, actions)?;
    }
    Some(value)
}

fn change(value: &mut Value, actions: &[&Action]) -> Option<()> {
    if value.is_null() {
        let makes_list = matches!(actions.first(), Some(Action::Insert { .. }));
        *value = if makes_list { Vec::<Value>::new().into() } else { Map::new().into() };
    }
    match value {
        Value::Object(map) => actions.iter().try_for_each(|action| entry(map, action)),
        Value::Array(items) => {
            *items = rearranged(items, actions);
            Some(())
        }
        _ => None,
    }
}

fn entry(map: &mut Map<String, Value>, action: &Action) -> Option<()> {
    match action {
        Action::Add { key, value, .. } => match map.insert(key.clone(), value.clone()) {
            None => Some(()),
            Some(_) => None,
        },
        Action::Set { key, value } => map.insert(key.clone(), value.clone()).map(drop),
        Action::Remove { key } => map.remove(key).map(drop),
        Action::Insert { .. } | Action::Drop { .. } => None,
    }
}

fn rearranged(items: &[Value], actions: &[&Action]) -> Vec<Value> {
    let mut inserted: BTreeMap<usize, Vec<&Value>> = BTreeMap::new();
    for action in actions {
        if let Action::Insert { before, value } = action {
            inserted.entry(*before).or_default().push(value);
        }
    }
    let inserted =
        |at: usize| inserted.get(&at).into_iter().flatten().map(|value| (*value).clone());
    let dropped = super::dropped(actions);
    let mut all = Vec::with_capacity(items.len() + actions.len());
    for (index, item) in items.iter().enumerate() {
        all.extend(inserted(index));
        if !dropped.contains(&index) {
            all.push(item.clone());
        }
    }
    all.extend(inserted(items.len()));
    all
}
