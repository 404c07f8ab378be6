//! What other objects say about a VirtualService's service: the labels of its subsets, its port, its gateways' pods.

use std::collections::BTreeMap;

use istio::field::Field;
use istio::gateway::Gateway;
use istio::host;
use policy::{Node, Path, Problems};

use super::draft::Draft;
use super::objects::{Kind, Object, text};

/// The objects, by the namespace of those that name none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Surroundings<'s, 'd> {
    pub(super) objects: &'s [Object<'d>],
    pub(super) namespace: &'s str,
    /// That of the cluster.
    pub(super) domain: &'s str,
}

/// What a DestinationRule of the service says about the pods of a subset.
pub(super) enum Pods {
    /// These labels.
    Labels(Draft),
    /// No labels.
    Unlabelled,
}

/// What is known about a service's port.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Port {
    One(u16),
    Several,
    Unknown,
}

impl<'d> Surroundings<'_, 'd> {
    fn of(&self, kind: Kind) -> impl Iterator<Item = (usize, &Object<'d>)> {
        self.objects.iter().enumerate().filter(move |(_, object)| object.kind == kind)
    }

    fn namespace<'o>(&'o self, object: &Object<'o>) -> &'o str {
        object.namespace.unwrap_or(self.namespace)
    }

    /// The DestinationRules for a service, for all callers, and their positions.
    fn rules<'s>(&'s self, fqdn: &'s str) -> impl Iterator<Item = (usize, Field<'d>)> {
        self.of(Kind::DestinationRule).filter_map(move |(position, object)| {
            let spec = object.root.get("spec")?;
            let full = host::complete_in(text(&spec, "host"), self.namespace(object), self.domain);
            let is_for_all = spec.get("workloadSelector").is_none();
            (full == fqdn && is_for_all).then_some((position, spec))
        })
    }

    /// Whether there is a DestinationRule for a service.
    pub(super) fn has_rule(&self, fqdn: &str) -> bool {
        self.rules(fqdn).next().is_some()
    }

    /// The pods of a service's subsets, by name.
    pub(super) fn pods(&self, fqdn: &str) -> BTreeMap<&'d str, Pods> {
        let mut pods = BTreeMap::new();
        for (position, spec) in self.rules(fqdn) {
            for found in spec.maps("subsets", &mut Problems::default()) {
                // The first of a name counts.
                pods.entry(text(&found, "name")).or_insert_with(|| {
                    match found.get("labels").map(|labels| labels_of(&labels)) {
                        Some(labels) if !labels.is_empty() => {
                            let draft = Draft::map(labels).made_of(&found.path.key("labels"));
                            Pods::Labels(draft.of(position))
                        }
                        _ => Pods::Unlabelled,
                    }
                });
            }
        }
        pods
    }

    /// The port of a service.
    pub(super) fn port(&self, fqdn: &str) -> (Port, Path, usize) {
        for (position, object) in self.of(Kind::Service) {
            let full = host::complete_in(object.name, self.namespace(object), self.domain);
            if full != fqdn {
                continue;
            }
            let spec = object.root.get("spec");
            let ports = spec.map(|spec| spec.maps("ports", &mut Problems::default()));
            return match ports.as_deref() {
                Some([port]) => {
                    let number = port.get("port");
                    let read = number.and_then(|number| number.port(&mut Problems::default()));
                    let path = port.path.key("port");
                    (read.map_or(Port::Unknown, Port::One), path, position)
                }
                Some([_, _, ..]) => (Port::Several, object.root.path.clone(), position),
                _ => (Port::Unknown, object.root.path.clone(), position),
            };
        }
        (Port::Unknown, Path::root(), 0)
    }

    /// The Gateways by `<namespace>/<name>`; the first of a name counts.
    pub(super) fn gateways(&self) -> BTreeMap<String, Gateway> {
        let mut gateways = BTreeMap::new();
        for (_, object) in self.of(Kind::Gateway) {
            if let Some(gateway) = Gateway::read(&object.root, self.namespace(object)) {
                gateways.entry(gateway.full.clone()).or_insert(gateway);
            }
        }
        gateways
    }

    /// The labels of the pods of gateways, by `<namespace>/<name>`; of those that have any.
    pub(super) fn pods_of_gateways(&self) -> BTreeMap<String, Draft> {
        let mut gateways = BTreeMap::new();
        for (position, object) in self.of(Kind::Gateway) {
            let full = format!("{}/{}", self.namespace(object), object.name);
            let labels = || {
                let selector = object.root.get("spec")?.get("selector")?;
                let labels = labels_of(&selector);
                (!labels.is_empty())
                    .then(|| Draft::map(labels).made_of(&selector.path).of(position))
            };
            // The first of a name counts.
            gateways.entry(full).or_insert_with(labels);
        }
        gateways.into_iter().filter_map(|(full, labels)| Some((full, labels?))).collect()
    }
}

fn labels_of(field: &Field<'_>) -> Vec<(String, Draft)> {
    let entries = field.entries(&mut Problems::default());
    let labels = entries.into_iter().filter_map(|(key, value)| match value.node {
        Node::String(text) => {
            Some((key.to_owned(), Draft::text(text.as_str()).made_of(&value.path)))
        }
        _ => None,
    });
    labels.collect()
}
