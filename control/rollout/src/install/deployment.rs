//! The Deployment of the controller.

use serde_json::{Value, json};

use super::{Installation, NAME, PORT, PORT_NAME, labels};
use crate::drive::lease;

/// Who runs it: any user but root. Distroless images have this number, too.
const USER: u32 = 65532;

/// The Deployment.
pub(super) fn object(installation: &Installation) -> Value {
    let mut labels = labels::labels();
    // It speaks to the API server only.
    labels["sidecar.istio.io/inject"] = json!("false");
    json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": labels::metadata(installation),
        "spec": {
            "replicas": installation.replicas,
            "selector": { "matchLabels": labels::selector() },
            "strategy": { "rollingUpdate": { "maxSurge": 1, "maxUnavailable": 0 } },
            "template": {
                "metadata": {
                    "labels": labels,
                    "annotations": {
                        "prometheus.io/scrape": "true",
                        "prometheus.io/port": PORT.to_string(),
                        "prometheus.io/path": "/metrics",
                    },
                },
                "spec": {
                    "serviceAccountName": NAME,
                    "securityContext": {
                        "runAsNonRoot": true,
                        "runAsUser": USER,
                        "runAsGroup": USER,
                        "seccompProfile": { "type": "RuntimeDefault" },
                    },
                    "nodeSelector": { "kubernetes.io/os": "linux" },
                    "affinity": { "podAntiAffinity": apart() },
                    "terminationGracePeriodSeconds": 30,
                    "containers": [container(installation)],
                },
            },
        },
    })
}

/// On two nodes, where there are two.
fn apart() -> Value {
    json!({
        "preferredDuringSchedulingIgnoredDuringExecution": [{
            "weight": 100,
            "podAffinityTerm": {
                "labelSelector": { "matchLabels": labels::selector() },
                "topologyKey": "kubernetes.io/hostname",
            },
        }],
    })
}

fn container(installation: &Installation) -> Value {
    json!({
        "name": "controller",
        "image": installation.image,
        "args": arguments(installation),
        "env": [{
            "name": "POD_NAME",
            "valueFrom": { "fieldRef": { "fieldPath": "metadata.name" } },
        }],
        "ports": [{ "name": PORT_NAME, "containerPort": PORT }],
        "livenessProbe": probe("/healthz"),
        "readinessProbe": probe("/readyz"),
        "resources": {
            "requests": { "cpu": "50m", "memory": "64Mi" },
            "limits": { "memory": "256Mi" },
        },
        "securityContext": {
            "allowPrivilegeEscalation": false,
            "readOnlyRootFilesystem": true,
            "capabilities": { "drop": ["ALL"] },
        },
    })
}

fn arguments(installation: &Installation) -> Vec<String> {
    let mut arguments = vec!["controller".to_owned(), "--identity=$(POD_NAME)".to_owned()];
    if installation.namespace != lease::NAMESPACE {
        arguments.push(format!("--controller-namespace={}", installation.namespace));
    }
    if installation.istio_namespace != super::ISTIO_NAMESPACE {
        arguments.push(format!("--istio-namespace={}", installation.istio_namespace));
    }
    // What stands in `$(…)` would be taken for a variable.
    arguments.extend(installation.arguments.iter().map(|argument| argument.replace('$', "$$")));
    arguments
}

fn probe(path: &str) -> Value {
    json!({ "httpGet": { "path": path, "port": PORT_NAME } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_from_the_defaults_is_given() {
        let with = |installation: &Installation| arguments(installation)[1..].join(" ");
        let plain = Installation::new("serin");
        assert_eq!(with(&plain), "--identity=$(POD_NAME)");
        let other = Installation {
            namespace: "canary".to_owned(),
            istio_namespace: "mesh".to_owned(),
            arguments: vec!["--module-file=/a$(b)".to_owned()],
            ..plain
        };
        let expected = "--identity=$(POD_NAME) --controller-namespace=canary --istio-namespace=mesh \
                        --module-file=/a$$(b)";
        assert_eq!(with(&other), expected);
    }
}
