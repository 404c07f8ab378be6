//! Pod templates: their digests, and Deployments made of others.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{Creation, MADE_FOR, MANAGED_BY, containers};
use crate::cluster::Error;

/// The digits of a digest that are kept: enough to tell templates apart, and short enough for people.
const DIGITS: usize = 16;

/// A digest of a pod template without labels, in hexadecimal. The order of keys, and values that say nothing, do not
/// count.
pub(super) fn digest(template: &Value) -> String {
    let mut template = template.clone();
    if let Some(metadata) = template.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("labels");
    }
    let mut digits = format!("{:x}", Sha256::digest(canonical(&template).to_string()));
    digits.truncate(DIGITS);
    digits
}

/// The same with sorted keys, and without what says nothing: a JSON null is as good as no key, and so is an empty
/// map where there was metadata only.
fn canonical(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<(&String, Value)> = map
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(key, value)| (key, canonical(value)))
                .filter(|(key, value)| {
                    let is_empty = value.as_object().is_some_and(Map::is_empty);
                    !(is_empty && matches!(key.as_str(), "metadata" | "annotations"))
                })
                .collect();
            entries.sort_by_key(|(key, _)| *key);
            entries.into_iter().map(|(key, value)| (key.clone(), value)).collect()
        }
        Value::Array(items) => items.iter().map(canonical).collect(),
        other => other.clone(),
    }
}

/// The template, with the labels of another.
pub(super) fn with_labels_of(template: &Value, other: &Value) -> Value {
    let mut made = template.clone();
    let labels = other.pointer("/metadata/labels").cloned().unwrap_or_else(|| json!({}));
    made["metadata"]["labels"] = labels;
    made
}

/// The Deployment.
pub(super) fn made(creation: &Creation<'_>) -> Result<Value, Error> {
    let of = creation.of.object();
    let mut template = containers::with_image(of, creation.image)?;
    let labels = over(of.map("/spec/template/metadata/labels"), creation.labels);
    let selector = over(of.map("/spec/selector/matchLabels"), creation.labels);
    if Some(&selector) == of.map("/spec/selector/matchLabels") {
        return Err(Error::Workload {
            message: format!(
                "the labels of the new subset do not tell its pods from those of {}",
                of.title()
            ),
            help: "give the subset labels of its own: `labels: {version: v2}`".to_owned(),
        });
    }
    template["metadata"]["labels"] = json!(labels);
    let mut own = selector.clone();
    own.insert(MANAGED_BY.0.to_owned(), json!(MANAGED_BY.1));
    let mut spec = of.map("/spec").cloned().unwrap_or_default();
    spec.insert("replicas".to_owned(), json!(creation.replicas));
    // Expressions of the other may exclude these pods; the labels alone tell them.
    spec.insert("selector".to_owned(), json!({ "matchLabels": selector }));
    spec.insert("template".to_owned(), template);
    Ok(json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
            "name": creation.name,
            "namespace": of.namespace(),
            "labels": own,
            "annotations": { MADE_FOR: creation.made_for },
        },
        "spec": spec,
    }))
}

/// Labels, with others over them.
fn over(labels: Option<&Map<String, Value>>, others: &[(String, String)]) -> Map<String, Value> {
    let mut all = labels.cloned().unwrap_or_default();
    all.extend(others.iter().map(|(key, value)| (key.clone(), json!(value))));
    all
}
