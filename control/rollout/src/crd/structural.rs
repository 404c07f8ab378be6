//! From a JSON Schema to what Kubernetes calls a structural one: every field has one type, choices between fields are
//! fields beside each other and a rule, and null is nothing that is written
//! (<https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema>).

use policy::spec::alternatives;
use serde_json::{Map, Value, json};

/// What CEL has another meaning for; fields of these names are written `__in__`
/// (<https://kubernetes.io/docs/reference/using-api/cel/#escaping>).
const RESERVED: &[&str] = &["in", "for", "namespace", "if", "else", "true", "false", "null"];

/// The structural schema for a JSON Schema without references.
pub(super) fn convert(schema: Value) -> Map<String, Value> {
    let Value::Object(mut schema) = schema else { return anything() };
    for stray in ["$schema", "title"] {
        schema.remove(stray);
    }
    without_null(&mut schema);
    if let Some(Value::Array(variants)) = schema.remove("oneOf") {
        choice(&mut schema, variants);
    }
    if schema.contains_key("anyOf") {
        schema.insert("x-kubernetes-int-or-string".to_owned(), json!(true));
    } else if !schema.contains_key("type") {
        schema.extend(anything());
    }
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        for property in properties.values_mut() {
            *property = Value::Object(convert(property.take()));
        }
        schema.remove("additionalProperties");
    }
    for inner in ["additionalProperties", "items"] {
        if let Some(found) = schema.get_mut(inner) {
            *found = Value::Object(convert(found.take()));
        }
    }
    if let Some(Value::String(description)) = schema.get_mut("description") {
        // What names an item in Rust's documentation is a word here.
        *description = description.replace("[`", "`").replace("`]", "`");
    }
    schema
}

/// Adds a rule to the object that `schema` describes.
pub(super) fn validate(schema: &mut Map<String, Value>, rule: Value) {
    let rules = schema.entry("x-kubernetes-validations").or_insert_with(|| json!([]));
    if let Value::Array(rules) = rules {
        rules.push(rule);
    }
}

/// A value of which only its own reader knows more.
fn anything() -> Map<String, Value> {
    let fields = [("type", json!("object")), ("x-kubernetes-preserve-unknown-fields", json!(true))];
    fields.map(|(name, value)| (name.to_owned(), value)).into_iter().collect()
}

/// What may be missing is not written as null.
fn without_null(schema: &mut Map<String, Value>) {
    let null = json!("null");
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|name| *name != null);
        if let Some(only) = types.pop() {
            schema.insert("type".to_owned(), only);
        }
    }
    let is_null = |schema: &Value| schema.get("type") == Some(&null);
    let Some(Value::Array(variants)) = schema.get("anyOf") else { return };
    if !variants.iter().any(is_null) {
        return;
    }
    let other = variants.iter().find(|variant| !is_null(variant)).cloned();
    schema.remove("anyOf");
    if let Some(Value::Object(other)) = other {
        for (field, value) in other {
            schema.entry(field).or_insert(value);
        }
    }
}

/// A choice of words, or of fields of which exactly one stands there.
fn choice(schema: &mut Map<String, Value>, variants: Vec<Value>) {
    let describe = |variant: &Value| variant.get("description").cloned();
    let words: Vec<&Value> = variants.iter().filter_map(|variant| variant.get("const")).collect();
    if words.len() == variants.len() {
        schema.insert("type".to_owned(), json!("string"));
        schema.insert("enum".to_owned(), json!(words));
        let meanings = variants.iter().filter_map(|variant| {
            let (word, meaning) = (variant.get("const")?.as_str()?, variant.get("description")?);
            Some(format!(" `{word}`: {}", meaning.as_str()?))
        });
        let meanings: String = meanings.collect();
        if let Some(Value::String(description)) = schema.get_mut("description") {
            description.push_str(&meanings);
        }
        return;
    }
    let mut fields = Map::new();
    for mut variant in variants {
        let description = describe(&variant);
        let Some(Value::Object(properties)) = variant.get_mut("properties").map(Value::take) else {
            continue;
        };
        for (name, mut property) in properties {
            if let (Value::Object(property), Some(description)) = (&mut property, &description) {
                property.insert("description".to_owned(), description.clone());
            }
            fields.insert(name, property);
        }
    }
    validate(schema, exactly_one(&fields));
    schema.insert("type".to_owned(), json!("object"));
    if let Some(Value::Object(others)) = schema.remove("properties") {
        fields.extend(others);
    }
    schema.insert("properties".to_owned(), Value::Object(fields));
}

/// The rule that exactly one of these fields stands there.
fn exactly_one(fields: &Map<String, Value>) -> Value {
    let names: Vec<&str> = fields.keys().map(String::as_str).collect();
    let counted: Vec<String> = names
        .iter()
        .map(|name| {
            let escaped =
                if RESERVED.contains(name) { format!("__{name}__") } else { (*name).to_owned() };
            format!("(has(self.{escaped}) ? 1 : 0)")
        })
        .collect();
    json!({
        "rule": format!("{} == 1", counted.join(" + ")),
        "message": format!("expected exactly one of {}", alternatives(&names)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn structural(schema: Value) -> Value {
        Value::Object(convert(schema))
    }

    #[test]
    fn what_may_be_missing_is_no_null() {
        let text = json!({"type": "string", "description": "A."});
        let either = json!({"type": ["string", "null"], "description": "A."});
        assert_eq!(structural(either), text);
        let any = json!({"anyOf": [{"type": "string"}, {"type": "null"}], "description": "A."});
        assert_eq!(structural(any), text);
        let own = json!({
            "anyOf": [{"type": "string", "description": "B."}, {"type": "null"}],
            "description": "A.",
        });
        assert_eq!(structural(own), text);
    }

    #[test]
    fn words_are_an_enumeration() {
        let words = json!({
            "description": "How.",
            "oneOf": [
                {"type": "string", "const": "fast", "description": "At once."},
                {"type": "string", "const": "slow", "description": "Later."},
            ],
        });
        let expected = json!({
            "type": "string", "enum": ["fast", "slow"],
            "description": "How. `fast`: At once. `slow`: Later.",
        });
        assert_eq!(structural(words), expected);
    }

    #[test]
    fn variants_are_fields_of_which_one_stands_there() {
        let variant = |name: &str| json!({"type": "object", "description": name, "properties": {name: {"type": "boolean"}}, "additionalProperties": false});
        let choice = json!({
            "type": "object",
            "properties": {"c": {"type": "string"}},
            "oneOf": [variant("a"), variant("in")],
        });
        let expected = json!({
            "type": "object",
            "properties": {
                "a": {"type": "boolean", "description": "a"},
                "in": {"type": "boolean", "description": "in"},
                "c": {"type": "string"},
            },
            "x-kubernetes-validations": [{
                "rule": "(has(self.a) ? 1 : 0) + (has(self.__in__) ? 1 : 0) == 1",
                "message": "expected exactly one of `a` or `in`",
            }],
        });
        assert_eq!(structural(choice), expected);
    }

    #[test]
    fn numbers_or_texts_and_anything_are_marked() {
        let either = structural(json!({"anyOf": [{"type": "integer"}, {"type": "string"}]}));
        assert_eq!(either["x-kubernetes-int-or-string"], true);
        assert_eq!(structural(json!(true))["x-kubernetes-preserve-unknown-fields"], true);
        let described = structural(json!({"description": "See [`A`]."}));
        assert_eq!(
            (&described["type"], &described["description"]),
            (&json!("object"), &json!("See `A`."))
        );
    }
}
