//! Whether a Deployment has come to rest.

use crate::drive::cluster::Object;

/// Whether the Deployment's controller has seen what is wanted, and all pods are new, ready and as many as wanted
/// (as `kubectl rollout status` says it, but for pods beyond those).
pub(super) fn is_settled(deployment: &Object) -> bool {
    let status = |field: &str| deployment.number(&format!("/status/{field}")).unwrap_or(0);
    let wanted = deployment.number("/spec/replicas").unwrap_or(1);
    let is_seen = deployment
        .generation()
        .is_some_and(|generation| status("observedGeneration") >= generation);
    is_seen
        && !deployment.is_going()
        && ["replicas", "updatedReplicas", "readyReplicas", "availableReplicas"]
            .into_iter()
            .all(|field| status(field) == wanted)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn deployment(status: &Value) -> Object {
        Object::from(json!({
            "metadata": { "generation": 3 }, "spec": { "replicas": 2 }, "status": status
        }))
    }

    #[test]
    fn it_is_settled_when_every_count_is_the_one_that_is_wanted() {
        let settled = json!({
            "observedGeneration": 3,
            "replicas": 2, "updatedReplicas": 2, "readyReplicas": 2, "availableReplicas": 2,
        });
        assert!(is_settled(&deployment(&settled)));
        for (field, value) in [
            ("observedGeneration", json!(2)),
            ("replicas", json!(3)),
            ("updatedReplicas", json!(1)),
            ("readyReplicas", json!(1)),
            ("availableReplicas", Value::Null),
        ] {
            let mut status = settled.clone();
            status[field] = value;
            assert!(!is_settled(&deployment(&status)), "{field}");
        }
        assert!(!is_settled(&deployment(&Value::Null)));
    }

    #[test]
    fn one_without_pods_is_settled_without_counts() {
        let mut none = deployment(&json!({ "observedGeneration": 3 }));
        none.value_mut()["spec"]["replicas"] = json!(0);
        assert!(is_settled(&none));
        none.value_mut()["metadata"]["deletionTimestamp"] = json!("2026-11-21T10:00:00Z");
        assert!(!is_settled(&none));
    }
}
