//! What other objects say about a VirtualService's service: the labels of its subsets, its port, its gateways' pods.

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

/// What is known about the pods of a subset.
pub(super) enum Pods {
    /// These labels.
    Labels(Draft),
    /// No DestinationRule of the service names the subset.
    Unknown,
    /// One does, without labels.
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

    /// The labels of a subset's pods.
    pub(super) fn pods(&self, fqdn: &str, subset: &str) -> Pods {
        for (position, spec) in self.rules(fqdn) {
            let subsets = spec.maps("subsets", &mut Problems::default());
            let Some(found) = subsets.into_iter().find(|found| text(found, "name") == subset)
            else {
                continue;
            };
            return match found.get("labels").map(|labels| labels_of(&labels)) {
                Some(labels) if !labels.is_empty() => {
                    Pods::Labels(Draft::map(labels).made_of(&found.path.key("labels")).of(position))
                }
                _ => Pods::Unlabelled,
            };
        }
        Pods::Unknown
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

    /// The domains of the virtual hosts that a gateway gets for these hosts; none where it is not known, or has none.
    pub(super) fn domains(&self, full: &str, hosts: &[String]) -> Option<Vec<String>> {
        let mut gateways = self.of(Kind::Gateway);
        let found = gateways.find_map(|(_, object)| {
            let gateway = Gateway::read(&object.root, self.namespace(object))?;
            (gateway.full == full).then_some(gateway)
        });
        let domains = found?.domains(hosts, self.namespace);
        (!domains.is_empty()).then_some(domains)
    }

    /// The labels of the pods of a gateway, which is named as `<namespace>/<name>`.
    pub(super) fn gateway(&self, full: &str) -> Option<Draft> {
        for (position, object) in self.of(Kind::Gateway) {
            if format!("{}/{}", self.namespace(object), object.name) != full {
                continue;
            }
            let selector = object.root.get("spec")?.get("selector")?;
            let labels = labels_of(&selector);
            let draft = Draft::map(labels.clone()).made_of(&selector.path).of(position);
            return (!labels.is_empty()).then_some(draft);
        }
        None
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
