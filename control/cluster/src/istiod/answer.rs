//! What istiod answers.

use rollout::drive::cluster::endpoints::{Labels, labels};
use rollout::drive::cluster::proxies::{Exchange, Known, Proxy};
use serde::Deserialize;
use serde_json::Value;

/// The kinds of resources that a Release is in: clusters, listeners, routes, and extensions' configurations.
const KINDS: [&str; 4] = [
    "type.googleapis.com/envoy.config.cluster.v3.Cluster",
    "type.googleapis.com/envoy.config.listener.v3.Listener",
    "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
    "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig",
];
/// The same as older versions write them, beside each proxy.
const FIELDS: [&str; 4] = ["cluster", "listener", "route", "extensionconfig"];
/// `HealthStatus` of an endpoint that gets requests.
const HEALTHY: u8 = 1;

/// An object that an istiod has: the rest of it, which is most of the answer, is not kept.
#[derive(Deserialize)]
struct Stored {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Metadata {
    namespace: String,
    name: String,
    resource_version: String,
}

/// All configuration that an istiod has, in its answer to `/debug/configz`.
pub(super) fn known(answer: &[u8]) -> serde_json::Result<Vec<Known>> {
    let stored: Option<Vec<Stored>> = serde_json::from_slice(answer)?;
    let known = |Stored { kind, metadata }| Known {
        kind,
        namespace: metadata.namespace,
        name: metadata.name,
        resource_version: metadata.resource_version,
    };
    Ok(stored.unwrap_or_default().into_iter().map(known).collect())
}

/// The proxies that are connected to an istiod, in the answer of this pod to `/debug/syncz`.
pub(super) fn proxies(istiod: &str, answer: &[u8]) -> serde_json::Result<Vec<Proxy>> {
    let answer: Value = serde_json::from_slice(answer)?;
    let named = items(&answer).iter().filter_map(|proxy| {
        let name = proxy.get("proxy")?.as_str()?.to_owned();
        Some(Proxy { name, istiod: istiod.to_owned(), exchanges: exchanges(proxy) })
    });
    Ok(named.collect())
}

/// The labels of the endpoints of a namespace's services that get requests, in the answer to `/debug/endpointShardz`: by
/// host, namespace and registry.
pub(super) fn endpoints(answer: &[u8], namespace: &str) -> serde_json::Result<Vec<Labels>> {
    let answer: Value = serde_json::from_slice(answer)?;
    let services = values(&answer).filter_map(|by_namespace| by_namespace.get(namespace));
    let shards = services.filter_map(|service| service.get("Shards")).flat_map(values);
    let healthy = shards.flat_map(items).filter(|endpoint| endpoint["HealthStatus"] == HEALTHY);
    Ok(healthy.map(|endpoint| labels(&endpoint["Labels"])).collect())
}

fn exchanges(proxy: &Value) -> [Exchange; 4] {
    let mut exchanges: [Exchange; 4] = Default::default();
    for ((kind, field), exchange) in KINDS.iter().zip(FIELDS).zip(&mut exchanges) {
        exchange.sent = text(proxy.get(format!("{field}_sent")));
        exchange.acked = text(proxy.get(format!("{field}_acked")));
        if let Some(resource) = proxy.get("resources").and_then(|all| all.get(*kind)) {
            exchange.error = text(resource.get("lastError"));
        }
    }
    exchanges
}

/// The values of a map.
fn values(map: &Value) -> impl Iterator<Item = &Value> {
    map.as_object().into_iter().flat_map(serde_json::Map::values)
}

fn items(answer: &Value) -> &[Value] {
    answer.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text(value: Option<&Value>) -> String {
    value.and_then(Value::as_str).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn bytes(answer: &Value) -> Vec<u8> {
        serde_json::to_vec(answer).unwrap()
    }

    #[test]
    fn a_proxy_says_what_it_was_sent_and_took_of_each_kind() {
        let answer = json!([
            {
                "proxy": "a.shop", "route_sent": "2", "route_acked": "1", "cluster_sent": "7",
                "resources": { KINDS[2]: { "sent": "2", "acked": "1", "lastError": "no such type" } },
            },
            { "something": "else" },
        ]);
        let exchange = |sent: &str, acked: &str, error: &str| Exchange {
            sent: sent.to_owned(),
            acked: acked.to_owned(),
            error: error.to_owned(),
        };
        let expected = Proxy {
            name: "a.shop".to_owned(),
            istiod: "istiod-1".to_owned(),
            exchanges: [
                exchange("7", "", ""),
                Exchange::default(),
                exchange("2", "1", "no such type"),
                Exchange::default(),
            ],
        };
        let proxies = |answer: &Value| super::proxies("istiod-1", &bytes(answer)).unwrap();
        assert_eq!(proxies(&answer), [expected]);
        assert_eq!(proxies(&Value::Null), []);
    }

    #[test]
    fn endpoints_that_get_requests_are_those_of_the_namespace() {
        let endpoint = |version: &str, health: u8| json!({ "Labels": { "version": version }, "HealthStatus": health });
        let answer = json!({
            "reviews.shop.svc.cluster.local": { "shop": { "Shards": {
                "Kubernetes/a": [endpoint("v1", 1), endpoint("v2", 2), endpoint("v3", 4)],
                "Kubernetes/b": [endpoint("v4", 1)], "External/a": null,
            } } },
            "reviews.front.svc.cluster.local": { "front": { "Shards": { "Kubernetes/a": [endpoint("v5", 1)] } } },
        });
        let versions = |namespace| {
            let found = endpoints(&bytes(&answer), namespace).unwrap();
            found.into_iter().flatten().map(|(_, version)| version).collect::<Vec<_>>()
        };
        assert_eq!(versions("shop"), ["v1", "v4"]);
        assert_eq!(versions("front"), ["v5"]);
        assert!(endpoints(b"null", "shop").unwrap().is_empty());
    }

    #[test]
    fn an_object_is_known_in_a_state() {
        let answer = json!([{
            "kind": "EnvoyFilter",
            "metadata": { "namespace": "shop", "name": "a", "resourceVersion": "100" },
        }]);
        let text = |text: &str| text.to_owned();
        let expected = Known {
            kind: text("EnvoyFilter"),
            namespace: text("shop"),
            name: text("a"),
            resource_version: text("100"),
        };
        assert_eq!(known(&bytes(&answer)).unwrap(), [expected]);
        assert_eq!(known(b"null").unwrap(), []);
        assert!(known(b"<html>").is_err());
    }
}
