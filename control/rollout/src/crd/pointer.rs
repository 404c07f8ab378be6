//! Places in a schema: `spec.rules[].split{}` is each share of each rule's split.

use serde_json::{Map, Value};

/// The schema at `place`, if there is one.
pub(super) fn at<'s>(schema: &'s mut Value, place: &str) -> Option<&'s mut Map<String, Value>> {
    let mut found = schema;
    for field in place.split('.').filter(|field| !field.is_empty()) {
        let end = field.find(['[', '{']).unwrap_or(field.len());
        let (name, mut rest) = field.split_at(end);
        found = found.get_mut("properties")?.get_mut(name)?;
        while !rest.is_empty() {
            let (inner, after) = match rest {
                _ if rest.starts_with("[]") => ("items", rest.strip_prefix("[]")?),
                _ => ("additionalProperties", rest.strip_prefix("{}")?),
            };
            found = found.get_mut(inner)?;
            rest = after;
        }
    }
    found.as_object_mut()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn places_are_found() {
        let text = json!({"type": "string"});
        let map = json!({"type": "object", "additionalProperties": text});
        let list = json!({"type": "array", "items": map});
        let mut schema = json!({"properties": {"a": {"properties": {"b": list}}}});
        assert_eq!(at(&mut schema, "a.b[]{}").cloned(), text.as_object().cloned());
        assert_eq!(at(&mut schema, "a.b").cloned(), list.as_object().cloned());
        assert!(at(&mut schema, "").is_some());
        for missing in ["b", "a.b{}", "a[]", "a.b[]{}{}", "a.b(]"] {
            assert_eq!(at(&mut schema, missing), None, "{missing}");
        }
    }
}
