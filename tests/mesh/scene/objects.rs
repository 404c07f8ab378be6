//! The objects that a scene is made of.

use serde_json::{Value, json};

use super::PORT;

/// The scene's namespace, and the gateway's.
pub(super) fn namespaces(namespace: &str) -> Vec<Value> {
    let of =
        |name: &str| json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}});
    vec![of(namespace), of(&format!("{namespace}-ingress"))]
}

/// Its services and their pods.
pub(super) fn bookinfo(namespace: &str) -> Vec<Value> {
    let reviews = |version: &str| json!({"app": "reviews", "version": version});
    vec![
        service(namespace, "reviews", PORT),
        service(namespace, "ratings", PORT),
        deployment(namespace, "reviews-v1", &reviews("v1"), 2),
        deployment(namespace, "reviews-v2", &reviews("v2"), 2),
        deployment(namespace, "ratings", &json!({"app": "ratings"}), 1),
    ]
}

/// The Service of an app.
pub(crate) fn service(namespace: &str, app: &str, port: u16) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": app, "namespace": namespace},
        "spec": {
            "selector": {"app": app},
            "ports": [{"name": "http", "port": port, "targetPort": 8080}],
        },
    })
}

/// A Deployment of so many pods, all on the one node.
pub(crate) fn deployment(namespace: &str, name: &str, labels: &Value, replicas: u32) -> Value {
    json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {
                    "nodeName": "node0",
                    "containers": [{"name": "app", "image": "app"}],
                },
            },
        },
    })
}
