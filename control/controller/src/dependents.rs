//! Which Releases an object is about, so that each change is looked at where it matters and nowhere else.

use std::collections::BTreeMap;

use istio::host;
use rollout::drive::cluster::{Object, mesh_objects};

use crate::Key;

/// What a Release depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Release {
    /// The host, whole.
    fqdn: String,
    /// What runs its subsets.
    deployments: Vec<String>,
}

/// All Releases.
#[derive(Debug, Default)]
pub(crate) struct Dependents {
    releases: BTreeMap<Key, Release>,
}

impl Dependents {
    /// A Release is there, and like this.
    pub(crate) fn insert(&mut self, object: &Object) {
        let subsets = object.list("/spec/subsets").iter();
        let deployments =
            subsets.filter_map(|subset| subset.pointer("/workload/deployment")?.as_str());
        let release = Release {
            fqdn: host::complete(object.text("/spec/host"), object.namespace()),
            deployments: deployments.map(str::to_owned).collect(),
        };
        self.releases.insert(Key::of(object), release);
    }

    /// A Release is gone.
    pub(crate) fn remove(&mut self, key: &Key) {
        self.releases.remove(key);
    }

    /// All of them.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &Key> {
        self.releases.keys()
    }

    /// Those that an object is about.
    pub(crate) fn of(&self, object: &Object) -> Vec<Key> {
        match object.kind() {
            "Release" => vec![Key::of(object)],
            "Deployment" => self.by_deployment(object.namespace(), object.name()),
            "HorizontalPodAutoscaler" => {
                let is_deployment = object.text("/spec/scaleTargetRef/kind") == "Deployment";
                let name = object.text("/spec/scaleTargetRef/name");
                if is_deployment {
                    self.by_deployment(object.namespace(), name)
                } else {
                    Vec::new()
                }
            }
            "EndpointSlice" => {
                let service = object.label("kubernetes.io/service-name").unwrap_or_default();
                self.matching(|_, release| is_service(&release.fqdn, service, object.namespace()))
            }
            _ => self.by_mesh_object(object),
        }
    }

    fn by_deployment(&self, namespace: &str, name: &str) -> Vec<Key> {
        self.matching(|key, release| {
            // Pods are where the service is, which need not be where the Release is.
            let is_there = service(&release.fqdn)
                .map_or(key.namespace == namespace, |(_, there)| there == namespace);
            is_there && release.deployments.iter().any(|deployment| deployment == name)
        })
    }

    /// The one that it was made for, and those whose host it is about.
    fn by_mesh_object(&self, object: &Object) -> Vec<Key> {
        let made_for = object.annotation(mesh_objects::RELEASE).and_then(|of| of.split_once('/'));
        self.matching(|key, release| {
            made_for.is_some_and(|of| of == (key.namespace.as_str(), key.name.as_str()))
                || mesh_objects::concerns(object, &release.fqdn)
        })
    }

    fn matching(&self, is_meant: impl Fn(&Key, &Release) -> bool) -> Vec<Key> {
        let meant = self.releases.iter().filter(|(key, release)| is_meant(key, release));
        meant.map(|(key, _)| key.clone()).collect()
    }
}

fn service(fqdn: &str) -> Option<(&str, &str)> {
    rollout::drive::cluster::endpoints::service(fqdn)
}

fn is_service(fqdn: &str, name: &str, namespace: &str) -> bool {
    service(fqdn) == Some((name, namespace))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn release(namespace: &str, name: &str, host: &str) -> Object {
        Object::from(json!({
            "kind": "Release", "metadata": { "namespace": namespace, "name": name },
            "spec": { "host": host, "subsets": [
                { "name": "v1", "workload": { "deployment": format!("{name}-v1") } },
                { "name": "v2" },
            ] },
        }))
    }

    fn names(dependents: &Dependents, object: Value) -> Vec<String> {
        dependents.of(&Object::from(object)).iter().map(Key::to_string).collect()
    }

    #[test]
    fn an_object_is_about_the_releases_that_depend_on_it() {
        let mut dependents = Dependents::default();
        dependents.insert(&release("shop", "reviews", "reviews"));
        dependents.insert(&release("shop", "ratings", "ratings.shop.svc.cluster.local"));
        dependents.insert(&release("edge", "reviews", "reviews.shop.svc.cluster.local"));
        let of = |kind: &str, namespace: &str, name: &str, more: Value| {
            let mut object = json!({
                "kind": kind, "metadata": { "namespace": namespace, "name": name },
            });
            if let (Some(object), Value::Object(more)) = (object.as_object_mut(), more) {
                object.extend(more);
            }
            names(&dependents, object)
        };
        let both = ["edge/reviews", "shop/reviews"];
        assert_eq!(of("Release", "shop", "ratings", json!({})), ["shop/ratings"]);
        assert_eq!(of("Deployment", "shop", "reviews-v1", json!({})), both);
        assert!(of("Deployment", "edge", "reviews-v1", json!({})).is_empty());
        assert!(of("Deployment", "shop", "reviews-v3", json!({})).is_empty());
        let target = |kind: &str| json!({ "spec": { "scaleTargetRef": { "kind": kind, "name": "ratings-v1" } } });
        let autoscaler = "HorizontalPodAutoscaler";
        assert_eq!(of(autoscaler, "shop", "any", target("Deployment")), ["shop/ratings"]);
        assert!(of(autoscaler, "shop", "any", target("StatefulSet")).is_empty());
        let slice = |service: &str| {
            json!({
                "kind": "EndpointSlice",
                "metadata": {
                    "namespace": "shop", "name": "x",
                    "labels": { "kubernetes.io/service-name": service },
                },
            })
        };
        assert_eq!(names(&dependents, slice("reviews")), both);
        assert!(names(&dependents, slice("details")).is_empty());
        let rule = json!({ "spec": { "host": "ratings" } });
        assert_eq!(of("DestinationRule", "shop", "mine", rule.clone()), ["shop/ratings"]);
        assert!(of("DestinationRule", "edge", "mine", rule).is_empty());
        let filter = json!({
            "kind": "EnvoyFilter",
            "metadata": {
                "namespace": "istio-system", "name": "x",
                "annotations": { "serin.dev/release": "shop/ratings" },
            },
        });
        assert_eq!(names(&dependents, filter), ["shop/ratings"]);
    }
}
