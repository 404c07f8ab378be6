//! The definition by which a Kubernetes API knows Releases: its schema comes of the very types that read one, so that
//! the file on disk and the object are the same thing.
//!
//! The API checks less than `serin check`: shapes, ranges and names of subsets, in its own words.

mod limits;
mod pointer;
mod rules;
mod structural;

use document::report::Message;
use policy::spec::{API_VERSION, KIND, Release};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use crate::Status;
use pointer::at;

/// The revision of the schema: raised whenever the schema changes, so that a program can tell a definition that is
/// older than itself.
pub const SCHEMA_REVISION: u32 = 3;
/// How Releases are made known to a cluster.
pub const INSTALL: &str = "serin crd | kubectl apply --server-side -f -";
/// The annotation of the definition that has it.
pub const REVISION_ANNOTATION: &str = "serin.dev/schema-revision";
/// The definition's name: the plural of its kind, and its group.
pub const NAME: &str = "releases.serin.dev";
/// The annotation that has the version of the program that made it.
pub(crate) const VERSION_ANNOTATION: &str = "serin.dev/version";

/// The CustomResourceDefinition of Releases.
///
/// # Errors
/// When a limit or a rule is about a field that there is none.
pub fn definition() -> Result<Value, Message> {
    let (plural, group) = NAME.split_once('.').unwrap_or_default();
    let version = API_VERSION.trim_start_matches(group).trim_start_matches('/');
    let schema = schema()?;
    Ok(json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {
            "name": NAME,
            "annotations": {
                REVISION_ANNOTATION: SCHEMA_REVISION.to_string(),
                VERSION_ANNOTATION: env!("CARGO_PKG_VERSION"),
            },
        },
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {
                "kind": KIND,
                "listKind": format!("{KIND}List"),
                "plural": plural,
                "singular": "release",
                "shortNames": ["rel"],
            },
            "versions": [{
                "name": version,
                "served": true,
                "storage": true,
                "subresources": {"status": {}},
                "additionalPrinterColumns": [
                    column("Phase", "string", ".status.phase", 0),
                    column("Step", "string", ".status.step", 0),
                    column("Split", "string", ".status.split", 0),
                    column("Age", "date", ".metadata.creationTimestamp", 0),
                    column("Message", "string", ".status.message", 1),
                ],
                "schema": {"openAPIV3Schema": schema},
            }],
        },
    }))
}

/// A column of `kubectl get`; those of priority 1 are only in `-o wide`.
fn column(name: &str, kind: &str, path: &str, priority: u8) -> Value {
    json!({"name": name, "type": kind, "jsonPath": path, "priority": priority})
}

/// The schema of a Release, with what Kubernetes asks for.
fn schema() -> Result<Value, Message> {
    let mut schema = json!({
        "type": "object",
        "description": "Who gets which version of a service.",
        "required": ["spec"],
        "properties": {
            "apiVersion": {"type": "string", "description": format!("Always `{API_VERSION}`.")},
            "kind": {"type": "string", "description": format!("Always `{KIND}`.")},
            "metadata": {"type": "object"},
            "spec": of::<Release>(),
            "status": of::<Status>(),
        },
    });
    for (place, limits) in limits::limits() {
        let missing = || Message::new(format!("no `{place}` to limit"));
        let place = at(&mut schema, place).ok_or_else(missing)?;
        place.extend(limits);
    }
    for rule in rules::RULES {
        let missing = || Message::new(format!("no `{}`", rule.at));
        let place = at(&mut schema, rule.at).ok_or_else(missing)?;
        structural::validate(place, rule.to_value());
    }
    Ok(schema)
}

/// The schema of a type, as it is written.
fn of<T: JsonSchema>() -> serde_json::Map<String, Value> {
    let mut settings = SchemaSettings::draft2020_12().for_serialize();
    settings.inline_subschemas = true;
    settings.meta_schema = None;
    structural::convert(settings.into_generator().into_root_schema_for::<T>().to_value())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_and_rule_finds_its_field() {
        definition().unwrap();
    }

    #[test]
    fn only_what_kubernetes_takes_is_in_it() {
        let text = definition().unwrap().to_string();
        for forbidden in ["$ref", "$defs", "\"null\"", "\"const\"", "\"title\"", "uint", "[`"] {
            assert!(!text.contains(forbidden), "{forbidden}");
        }
    }

    #[test]
    fn two_definitions_are_the_same() {
        let write = || document::yaml::block(&definition().unwrap()).unwrap();
        assert_eq!(write(), write());
    }
}
