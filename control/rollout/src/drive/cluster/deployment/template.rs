//! Pod templates: their digests, and Deployments made of others.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{Creation, MADE_FOR, MANAGED_BY, containers};
use crate::drive::cluster::Error;

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

#[cfg(test)]
mod tests {
    use super::super::Deployment;
    use super::*;
    use crate::drive::cluster::Object;

    fn stable() -> Deployment {
        Deployment(Object::from(json!({
            "kind": "Deployment",
            "metadata": {
                "name": "reviews-v1", "namespace": "shop", "uid": "1", "resourceVersion": "7",
                "labels": { "app.kubernetes.io/instance": "shop" },
                "annotations": { "deployment.kubernetes.io/revision": "4" },
            },
            "spec": {
                "replicas": 3,
                "minReadySeconds": 5,
                "selector": { "matchLabels": { "app": "reviews", "version": "v1" } },
                "template": {
                    "metadata": {
                        "labels": { "app": "reviews", "version": "v1", "team": "a" },
                        "annotations": { "sidecar.istio.io/inject": "true" },
                    },
                    "spec": { "containers": [{ "name": "app", "image": "reviews:1", "new": { "field": 1 } }] },
                },
            },
            "status": { "replicas": 3 },
        })))
    }

    fn labels(version: &str) -> Vec<(String, String)> {
        vec![("version".to_owned(), version.to_owned())]
    }

    fn creation<'a>(of: &'a Deployment, labels: &'a [(String, String)]) -> Creation<'a> {
        let name = "reviews-v2";
        Creation { of, name, labels, image: "reviews:2", replicas: 1, made_for: "shop/reviews" }
    }

    #[test]
    fn a_deployment_is_made_of_another_but_for_what_tells_their_pods_apart() {
        let (stable, labels) = (stable(), labels("v2"));
        let made = made(&creation(&stable, &labels)).unwrap();
        let selector = json!({ "app": "reviews", "version": "v2" });
        assert_eq!(
            made["metadata"],
            json!({
                "name": "reviews-v2", "namespace": "shop",
                "labels": { "app": "reviews", "version": "v2", "app.kubernetes.io/managed-by": "serin" },
                "annotations": { "serin.dev/made-for": "shop/reviews" },
            })
        );
        assert_eq!(made["spec"]["replicas"], 1);
        assert_eq!(made["spec"]["minReadySeconds"], 5);
        assert_eq!(made["spec"]["selector"], json!({ "matchLabels": selector }));
        let template = &made["spec"]["template"];
        assert_eq!(
            template["metadata"]["labels"],
            json!({ "app": "reviews", "version": "v2", "team": "a" })
        );
        assert_eq!(template["metadata"]["annotations"]["sidecar.istio.io/inject"], "true");
        let container = json!({ "name": "app", "image": "reviews:2", "new": { "field": 1 } });
        assert_eq!(template["spec"]["containers"], json!([container]));
        assert_eq!(made.get("status"), None);
        let made = Deployment(Object::from(made));
        assert!(made.is_made_of(&stable, "reviews:2").unwrap());
        assert!(!made.is_made_of(&stable, "reviews:3").unwrap());
    }

    #[test]
    fn labels_that_tell_nothing_apart_are_refused() {
        let (stable, labels) = (stable(), labels("v1"));
        let error = made(&creation(&stable, &labels)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the labels of the new subset do not tell its pods from those of Deployment shop/reviews-v1"
        );
    }

    #[test]
    fn a_digest_is_that_of_what_runs() {
        let template = stable().pod_template().clone();
        let of = |change: fn(&mut Value)| {
            let mut changed = template.clone();
            change(&mut changed);
            digest(&changed)
        };
        let same = digest(&template);
        assert_eq!(same.len(), DIGITS);
        assert_eq!(of(|t| t["metadata"]["labels"]["version"] = json!("v2")), same);
        assert_eq!(of(|t| t["metadata"]["creationTimestamp"] = Value::Null), same);
        assert_eq!(of(|t| t["spec"] = json!({ "containers": t["spec"]["containers"] })), same);
        let restart = |t: &mut Value| {
            t["metadata"]["annotations"]["kubectl.kubernetes.io/restartedAt"] = json!("2026");
        };
        assert_ne!(of(restart), same);
        assert_ne!(of(|t| t["spec"]["containers"][0]["image"] = json!("reviews:2")), same);
        // An empty map can mean something: a volume in the node's memory or not.
        assert_ne!(of(|t| t["spec"]["securityContext"] = json!({})), same);
    }

    #[test]
    fn a_template_is_taken_over_but_for_its_labels() {
        let (stable, labels) = (stable(), labels("v2"));
        let canary = made(&creation(&stable, &labels)).unwrap();
        let updated = with_labels_of(&canary["spec"]["template"], stable.pod_template());
        assert_eq!(updated["metadata"]["labels"]["version"], "v1");
        assert_eq!(updated["spec"]["containers"][0]["image"], "reviews:2");
        assert_eq!(digest(&updated), digest(&canary["spec"]["template"]));
    }
}
