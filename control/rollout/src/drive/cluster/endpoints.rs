//! The endpoints of a service that are ready, as the mesh's control plane counts them.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Cluster, Error, Object, Resource};

pub use istio::host::service;

/// The label of an EndpointSlice that names its service.
const SERVICE: &str = "kubernetes.io/service-name";

/// The labels of a pod.
pub type Labels = Vec<(String, String)>;

/// Reads labels; of what is no map, none.
#[must_use]
pub fn labels(map: &Value) -> Labels {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let labels = map.as_object().into_iter().flatten();
    labels.map(|(key, value)| (key.clone(), text(value))).collect()
}

impl dyn Cluster + '_ {
    /// How many pods with these labels the mesh still sends requests to, though the API has none of them: after an outage
    /// of the API server istiod hears of endpoints up to half a minute later than of routes. 0 where istiod cannot be asked.
    ///
    /// # Errors
    /// When the cluster cannot be asked.
    pub async fn lingering(
        &self,
        namespace: &str,
        labels: &[(String, String)],
    ) -> Result<u32, Error> {
        let known = match self.endpoints(namespace).await {
            Ok(known) => known,
            Err(Error::Blind { .. }) => return Ok(0),
            Err(error) => return Err(error),
        };
        let is_meant = |pod: &&Labels| labels.iter().all(|label| pod.contains(label));
        let count = known.iter().map(|pods| pods.iter().filter(is_meant).count()).max();
        Ok(u32::try_from(count.unwrap_or_default()).unwrap_or(u32::MAX))
    }

    /// The EndpointSlices of a service.
    ///
    /// # Errors
    /// When the cluster cannot be asked.
    pub async fn endpoint_slices(
        &self,
        namespace: &str,
        service: &str,
    ) -> Result<Vec<Object>, Error> {
        let selector = format!("{SERVICE}={service}");
        self.list(&Resource::ENDPOINT_SLICE, Some(namespace), &selector).await
    }
}

/// How many pods with these labels are ready endpoints.
#[must_use]
pub fn ready(slices: &[Object], pods: &[Object], labels: &[(String, String)]) -> u32 {
    let ready: BTreeSet<&str> =
        slices.iter().flat_map(|slice| slice.list("/endpoints")).filter_map(ready_pod).collect();
    let count = pods.iter().filter(|pod| ready.contains(pod.name()) && pod.has_labels(labels));
    u32::try_from(count.count()).unwrap_or(u32::MAX)
}

/// The pod of an endpoint that is ready; what says nothing of it is (discovery.k8s.io/v1, `EndpointConditions`).
fn ready_pod(endpoint: &Value) -> Option<&str> {
    let is_ready = endpoint.pointer("/conditions/ready").and_then(Value::as_bool).unwrap_or(true);
    let target = endpoint.get("targetRef").filter(|_| is_ready)?;
    let name = target.get("name").and_then(Value::as_str)?;
    (target.get("kind").and_then(Value::as_str) == Some("Pod")).then_some(name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_endpoint_counts_where_it_is_ready_and_its_pod_has_the_labels() {
        let endpoint = |name: &str, ready: Value| json!({ "targetRef": { "kind": "Pod", "name": name }, "conditions": { "ready": ready } });
        let slice = |endpoints: Value| Object::from(json!({ "endpoints": endpoints }));
        let pod = |name: &str, version: &str| {
            Object::from(json!({ "metadata": { "name": name, "labels": { "version": version } } }))
        };
        let slices = [
            slice(json!([endpoint("a", json!(true)), endpoint("b", json!(false))])),
            // The same pod in another slice, for another family of addresses.
            slice(json!([endpoint("a", json!(true)), endpoint("c", Value::Null)])),
            slice(Value::Null),
        ];
        let pods = [pod("a", "v1"), pod("b", "v1"), pod("c", "v1"), pod("d", "v1"), pod("e", "v2")];
        let labels = |version: &str| vec![("version".to_owned(), version.to_owned())];
        assert_eq!(ready(&slices, &pods, &labels("v1")), 2);
        assert_eq!(ready(&slices, &pods, &labels("v2")), 0);
        assert_eq!(ready(&slices, &pods, &[]), 2);
    }

    #[test]
    fn a_host_of_the_cluster_names_its_service() {
        assert_eq!(service("reviews.shop.svc.cluster.local"), Some(("reviews", "shop")));
        assert_eq!(service("example.com"), None);
        assert_eq!(service("reviews.shop"), None);
    }
}
