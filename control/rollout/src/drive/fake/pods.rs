//! The controllers of a cluster: the pods that Deployments have, and the endpoints of services.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use super::store::{Key, Store, key};
use crate::drive::cluster::Object;

/// The pods.
#[derive(Clone, Debug)]
pub(crate) struct Pods {
    all: Vec<Pod>,
    number: u32,
    /// How long a pod takes until it is ready.
    pub(crate) startup: Duration,
    /// How long it takes until it is gone.
    pub(crate) shutdown: Duration,
    /// The images whose containers crash.
    pub(crate) crashing: BTreeSet<String>,
    /// The images whose pods do not become ready, without a reason given.
    pub(crate) stuck: BTreeSet<String>,
}

#[derive(Clone, Debug)]
struct Pod {
    owner: Key,
    name: String,
    template: Value,
    born: Duration,
    /// When it is gone.
    gone: Option<Duration>,
}

impl Default for Pods {
    fn default() -> Self {
        Self {
            all: Vec::new(),
            number: 0,
            startup: Duration::from_secs(3),
            shutdown: Duration::from_secs(1),
            crashing: BTreeSet::new(),
            stuck: BTreeSet::new(),
        }
    }
}

impl Pods {
    /// What the controllers do at this time.
    pub(super) fn reconcile(&mut self, store: &mut Store, now: Duration) {
        self.all.retain(|pod| pod.gone.is_none_or(|gone| gone > now));
        for deployment in store.list("Deployment", None) {
            self.of(&deployment, store, now);
        }
        let is_orphan = |pod: &Pod| store.get(&pod.owner).is_none();
        self.all.retain(|pod| !is_orphan(pod));
    }

    fn of(&mut self, deployment: &Object, store: &mut Store, now: Duration) {
        let owner = key(deployment);
        let template = deployment.spec()["template"].clone();
        let is_going = deployment.is_going();
        let wanted = if is_going { 0 } else { deployment.number("/spec/replicas").unwrap_or(1) };
        let count = |pods: &[Pod], is_new: bool| {
            let own = pods.iter().filter(|pod| pod.owner == owner && pod.gone.is_none());
            own.filter(|pod| (pod.template == template) == is_new).count() as u64
        };
        while count(&self.all, true) < wanted {
            self.number += 1;
            self.all.push(Pod {
                owner: owner.clone(),
                name: format!("{}-{}", owner.2, self.number),
                template: template.clone(),
                born: now,
                gone: None,
            });
        }
        let ready: Vec<bool> = self.all.iter().map(|pod| self.is_ready(pod, now)).collect();
        let new_ready = self.all.iter().zip(&ready).filter(|(pod, ready)| {
            **ready && pod.owner == owner && pod.template == template && pod.gone.is_none()
        });
        let is_rolled = new_ready.count() as u64 >= wanted;
        let mut surplus = count(&self.all, true).saturating_sub(wanted);
        for pod in self.all.iter_mut().rev().filter(|pod| pod.owner == owner && pod.gone.is_none())
        {
            if pod.template == template && surplus > 0 {
                surplus -= 1;
                pod.gone = Some(now + self.shutdown);
            } else if pod.template != template && is_rolled {
                pod.gone = Some(now + self.shutdown);
            }
        }
        let own: Vec<&Pod> = self.all.iter().filter(|pod| pod.owner == owner).collect();
        if is_going && own.is_empty() {
            store.take(&owner);
            return;
        }
        let alive: Vec<&&Pod> = own.iter().filter(|pod| pod.gone.is_none()).collect();
        let ready = alive.iter().filter(|pod| self.is_ready(pod, now)).count();
        let updated = alive.iter().filter(|pod| pod.template == template).count();
        let status = json!({
            "observedGeneration": deployment.generation(),
            "replicas": own.len(), "updatedReplicas": updated,
            "readyReplicas": ready, "availableReplicas": ready,
        });
        store.set_status(&owner, status);
    }

    fn is_ready(&self, pod: &Pod, now: Duration) -> bool {
        let image = image(pod);
        pod.gone.is_none()
            && now >= pod.born + self.startup
            && !self.crashing.contains(image)
            && !self.stuck.contains(image)
    }

    /// The pods of a namespace, as the API has them.
    pub(super) fn list(&self, namespace: Option<&str>) -> Vec<Object> {
        let own = self.all.iter().filter(|pod| namespace.is_none_or(|space| space == pod.owner.1));
        own.map(|pod| {
            let mut labels = pod.template["metadata"]["labels"].clone();
            labels["pod-template-hash"] = json!("5f");
            let owner = format!("{}-5f", pod.owner.2);
            let status = if self.crashing.contains(image(pod)) {
                json!({ "containerStatuses": [{
                    "name": "app", "state": { "waiting": { "reason": "CrashLoopBackOff" } },
                }] })
            } else {
                Value::Null
            };
            Object::from(json!({
                "apiVersion": "v1", "kind": "Pod",
                "metadata": {
                    "namespace": pod.owner.1, "name": pod.name, "labels": labels,
                    "ownerReferences": [{ "kind": "ReplicaSet", "name": owner }],
                },
                "status": status,
            }))
        })
        .collect()
    }

    /// The endpoints of a service, as the API has them.
    pub(super) fn endpoints(&self, service: &Object, now: Duration) -> Object {
        let selector = service.map("/spec/selector").cloned().unwrap_or_default();
        let is_selected = |pod: &&Pod| {
            let labels = &pod.template["metadata"]["labels"];
            pod.owner.1 == service.namespace()
                && selector.iter().all(|(key, value)| labels.get(key) == Some(value))
        };
        let endpoint = |pod: &Pod| {
            json!({
                "targetRef": { "kind": "Pod", "name": pod.name },
                "conditions": { "ready": self.is_ready(pod, now) },
            })
        };
        let endpoints: Vec<Value> = self.all.iter().filter(is_selected).map(endpoint).collect();
        Object::from(json!({
            "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
            "metadata": {
                "namespace": service.namespace(), "name": format!("{}-1", service.name()),
                "labels": { "kubernetes.io/service-name": service.name() },
            },
            "endpoints": endpoints,
        }))
    }

    /// Loses all pods of a Deployment; its controller makes new ones.
    pub(crate) fn kill(&mut self, deployment: &str) {
        self.all.retain(|pod| pod.owner.2 != deployment);
    }
}

fn image(pod: &Pod) -> &str {
    let image = pod.template.pointer("/spec/containers/0/image");
    image.and_then(Value::as_str).unwrap_or_default()
}
