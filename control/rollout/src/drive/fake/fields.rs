//! The fields of an object and who manages them, as server-side apply sees them: maps field by field, lists whole.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// Where a field is.
pub(super) type Path = Vec<String>;

/// What the API server writes, and what names the object: without a manager.
const SERVERS: [&str; 9] = [
    "name",
    "namespace",
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "managedFields",
    "selfLink",
];

/// The fields of an object that can be managed, but for its status.
pub(super) fn paths(object: &Value) -> BTreeSet<Path> {
    let mut fields = BTreeSet::new();
    let Some(map) = object.as_object() else { return fields };
    for (key, value) in map {
        match (key.as_str(), value) {
            ("apiVersion" | "kind" | "status", _) => {}
            ("metadata", Value::Object(metadata)) => {
                let others = metadata.iter().filter(|(key, _)| !SERVERS.contains(&key.as_str()));
                for (key, value) in others {
                    leaves(value, vec!["metadata".to_owned(), key.clone()], &mut fields);
                }
            }
            _ => leaves(value, vec![key.clone()], &mut fields),
        }
    }
    fields
}

fn leaves(value: &Value, path: Path, fields: &mut BTreeSet<Path>) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (key, value) in map {
                let mut path = path.clone();
                path.push(key.clone());
                leaves(value, path, fields);
            }
        }
        _ => {
            fields.insert(path);
        }
    }
}

/// Whether one field is the other, or in it.
pub(super) fn overlap(one: &Path, other: &Path) -> bool {
    one.iter().zip(other).all(|(one, other)| one == other)
}

/// The field, as an error names it.
pub(super) fn name(path: &Path) -> String {
    path.iter().flat_map(|key| [".", key.as_str()]).collect()
}

pub(super) fn get<'v>(object: &'v Value, path: &Path) -> Option<&'v Value> {
    path.iter().try_fold(object, |value, key| value.get(key))
}

/// Sets a field, and makes the maps that it is in.
pub(super) fn set(object: &mut Value, path: &Path, to: Value) {
    let mut value = object;
    for key in path {
        if !value.is_object() {
            *value = Value::Object(Map::new());
        }
        value = &mut value[key];
    }
    *value = to;
}

/// Removes a field, and the maps that are empty then.
pub(super) fn remove(object: &mut Value, path: &Path) {
    let Some((last, before)) = path.split_last() else { return };
    let parent = before.iter().try_fold(&mut *object, |value, key| value.get_mut(key));
    let Some(Value::Object(map)) = parent else { return };
    map.remove(last);
    if map.is_empty() && before.len() > 1 {
        remove(object, &before.to_vec());
    }
}
