//! The copy of a rule that only what passes the gate takes: the filter runs there, and not in the rule itself, which
//! stands behind it and takes everything else.

use policy::Policy;
use policy::lint::escape;
use policy::regex::Case;
use serde_json::{Map, Value, json};

use super::copies::{self, Copy, Original};
use super::matches;
use super::reach::Reach;
use super::virtual_service::Entry;
use crate::gate::{Condition, Gate, Input, Relation, Test};
use crate::names;

/// The longest regex that Istio takes.
const MAX_REGEX: usize = 1024;

/// The copy; none where an entry cannot ask what the gate asks besides what it asks already, and where no proxy with
/// the filter takes the rule.
pub(super) fn collect(
    original: &Original<'_>,
    policy: &Policy,
    reach: &Reach<'_>,
    gate: &Gate,
) -> Option<Copy> {
    // What is rewritten may be what the path begins with.
    let is_rewritten = original.rule.field.get("rewrite").is_some();
    let asking = |entry: Option<&Entry<'_>>| {
        let mut maps = Vec::new();
        for condition in gate.conditions() {
            let own = matches::map(entry);
            match asking(own, condition, is_rewritten)? {
                Asked::Besides(map) => maps.push(map),
                Asked::Already(map) => return Some(vec![map]),
                Asked::Never => {}
            }
        }
        Some(maps)
    };
    let name = format!("{}/{}/{}", names::qualified(policy), names::GATE, original.name);
    copies::made(original, policy, reach, name, policy.stable(), asking)
}

/// An entry that asks a condition, too.
#[derive(Debug, PartialEq)]
enum Asked {
    /// This one does.
    Besides(Map<String, Value>),
    /// What it takes meets the condition as it is.
    Already(Map<String, Value>),
    /// Nothing that it takes meets the condition.
    Never,
}

/// The entry `map` with a condition; none where it cannot be said.
fn asking(mut map: Map<String, Value>, condition: &Condition, is_rewritten: bool) -> Option<Asked> {
    let is_free = |map: &Map<String, Value>, key| map.get(key).is_none_or(Value::is_null);
    let test = string_match(&condition.test);
    match &condition.input {
        // Some versions of Istio take no pseudo-header for a header.
        Input::Header(name) if name.starts_with(':') => {
            let key = name.strip_prefix(':').filter(|key| ["method", "authority"].contains(key))?;
            is_free(&map, key).then(|| map.insert(key.to_owned(), test))?;
        }
        Input::Header(name) => {
            // Nor every name.
            let is_plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
            let headers = map.get("headers").and_then(Value::as_object);
            let mut asked = headers.into_iter().flat_map(Map::keys);
            if !is_plain || asked.any(|other| other.eq_ignore_ascii_case(name)) {
                return None;
            }
            matches::ask(&mut map, name, test)?;
        }
        Input::Path => return path(map, &condition.test, is_rewritten),
        Input::Query(name) => {
            let query = map.entry("queryParams").or_insert(Value::Null);
            if query.is_null() {
                *query = json!({});
            }
            let query = query.as_object_mut()?;
            if query.contains_key(name) {
                return None;
            }
            query.insert(name.clone(), json!({ "regex": ".*" }));
        }
    }
    Some(Asked::Besides(map))
}

/// An entry that asks for a path, too: as `uri`, of which it has one at most.
fn path(mut map: Map<String, Value>, test: &Test, is_rewritten: bool) -> Option<Asked> {
    let folds = map.get("ignoreUriCase").is_some_and(|folds| *folds == true);
    let own = map.get("uri").filter(|own| !own.is_null()).cloned();
    if let (Some(own), Test::Text { relation: Relation::Prefix, text, case: Case::Sensitive }) =
        (&own, test)
        && !folds
    {
        let said = |key: &str| own.get(key).and_then(Value::as_str);
        match (said("exact"), said("prefix")) {
            (Some(exact), _) if exact.starts_with(text) => return Some(Asked::Already(map)),
            (Some(_), _) => return Some(Asked::Never),
            (_, Some(prefix)) if prefix.starts_with(text) => return Some(Asked::Already(map)),
            (_, Some(prefix)) if !text.starts_with(prefix) => return Some(Asked::Never),
            (_, Some(_)) => {}
            _ => return None,
        }
    } else if own.is_some() {
        return None;
    }
    if is_rewritten || folds {
        return None;
    }
    map.insert("uri".to_owned(), string_match(test));
    Some(Asked::Besides(map))
}

/// A test in Istio's shape, which has no `contains`. What cannot be said there is left open: a gate may be wider.
fn string_match(test: &Test) -> Value {
    match test {
        Test::Text { relation, text, case } if text.is_ascii() => tested(*relation, text, *case),
        // It is there.
        _ => json!({}),
    }
}

fn tested(relation: Relation, text: &str, case: Case) -> Value {
    let regex = |before: &str, after: &str| {
        let fold = if case == Case::Ignore { "(?i)" } else { "" };
        let regex = format!("{fold}{before}{}{after}", escape(text));
        if regex.len() > MAX_REGEX { json!({}) } else { json!({ "regex": regex }) }
    };
    match (relation, case) {
        (Relation::Exact, Case::Sensitive) => json!({ "exact": text }),
        (Relation::Prefix, Case::Sensitive) => json!({ "prefix": text }),
        (Relation::Exact, Case::Ignore) => regex("", ""),
        (Relation::Prefix, Case::Ignore) => regex("", ".*"),
        (Relation::Contains, _) => regex(".*", ".*"),
    }
}

#[cfg(test)]
mod tests;
