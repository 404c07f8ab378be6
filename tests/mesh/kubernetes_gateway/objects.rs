//! The objects of the Gateway API, and those of Istio for the same gateway.

use serde_json::{Value, json};

use super::API;
use crate::scene::{PORT, SHOP, Scene, deployment};

/// The label by which Istio knows the pods of a Kubernetes Gateway.
pub(super) const GATEWAY_NAME: &str = "gateway.networking.k8s.io/gateway-name";

/// The Kubernetes Gateway, and what Istio's controller would make for it.
pub(super) fn gateway(scene: &Scene, name: &str, port: u16) -> Vec<Value> {
    let namespace = scene.ingress();
    let labels = json!({(GATEWAY_NAME): name});
    let made = format!("{name}-istio");
    vec![
        json!({
            "apiVersion": "gateway.networking.k8s.io/v1",
            "kind": "Gateway",
            "metadata": {"name": name, "namespace": namespace},
            "spec": {
                "gatewayClassName": "istio",
                "listeners": [{
                    "name": "http",
                    "port": port,
                    "protocol": "HTTP",
                    "allowedRoutes": {"namespaces": {"from": "All"}},
                }],
            },
        }),
        service(&namespace, &made, &labels, port, port),
        deployment(&namespace, &made, &labels, 1),
    ]
}

/// The Service of the stable version alone.
pub(super) fn stable_service(scene: &Scene) -> Value {
    let labels = json!({"app": "reviews", "version": "v1"});
    service(&scene.namespace, "reviews-v1", &labels, PORT, 8080)
}

fn service(namespace: &str, name: &str, selector: &Value, port: u16, target: u16) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "selector": selector,
            "ports": [{"name": "http", "port": port, "targetPort": target}],
        },
    })
}

/// Two of them for one host, each with a rule to `backend` that has the Release's name: within one `HTTPRoute` a name
/// may be there once.
pub(super) fn http_routes(scene: &Scene, backend: &str) -> Vec<Value> {
    let backends = |name: &str| json!([{"name": name, "port": PORT}]);
    let path = |prefix: &str| json!([{"path": {"type": "PathPrefix", "value": prefix}}]);
    let name = format!("serin.{}.reviews", scene.namespace);
    let header = json!({"add": [{"name": "x-team", "value": "reviews"}]});
    let away = json!({"matches": path("/ratings"), "backendRefs": backends("ratings")});
    let moved = json!({"path": {"type": "ReplaceFullPath", "replaceFullPath": "/new"}});
    let moved = json!({
        "matches": path("/old"),
        "filters": [{"type": "RequestRedirect", "requestRedirect": moved}],
    });
    let rest = json!({"name": name, "backendRefs": backends(backend)});
    let api = json!({
        "name": name,
        "matches": path(API),
        "filters": [{"type": "RequestHeaderModifier", "requestHeaderModifier": header}],
        "timeouts": {"request": "1s"},
        "backendRefs": backends(backend),
    });
    let route = |name: &str, rules: Vec<Value>| {
        let parent = |name: &str| json!({"name": name, "namespace": scene.ingress()});
        json!({
            "apiVersion": "gateway.networking.k8s.io/v1",
            "kind": "HTTPRoute",
            "metadata": {"name": name, "namespace": scene.namespace},
            "spec": {
                "parentRefs": [parent("web"), parent("other")],
                "hostnames": [SHOP],
                "rules": rules,
            },
        })
    };
    vec![route("reviews", vec![away, moved, rest]), route("reviews-api", vec![api])]
}

/// The `attach` of a Release for the Gateway `web`.
pub(super) fn attach(scene: &Scene) -> Value {
    let labels = json!({(GATEWAY_NAME): "web"});
    json!([{"gateway": {"namespace": scene.ingress(), "labels": labels, "hosts": [SHOP]}}])
}

/// As one file.
pub(super) fn list(objects: &[Value]) -> String {
    objects.iter().map(Value::to_string).collect::<Vec<_>>().join("\n---\n")
}

/// An Istio Gateway on the pods of the Gateway `web`.
pub(super) fn classic_gateway(scene: &Scene, port: u16) -> Value {
    json!({
        "apiVersion": "networking.istio.io/v1",
        "kind": "Gateway",
        "metadata": {"name": "classic", "namespace": scene.ingress()},
        "spec": {
            "selector": {GATEWAY_NAME: "web"},
            "servers": [{
                "port": {"number": port, "name": "http", "protocol": "HTTP"},
                "hosts": ["*"],
            }],
        },
    })
}

/// What routes its requests.
pub(super) fn virtual_service(scene: &Scene) -> Value {
    json!({
        "apiVersion": "networking.istio.io/v1",
        "kind": "VirtualService",
        "metadata": {"name": "shop", "namespace": scene.namespace},
        "spec": {
            "hosts": [SHOP],
            "gateways": [format!("{}/classic", scene.ingress())],
            "http": [{"route": [{"destination": {"host": "reviews"}}]}],
        },
    })
}
