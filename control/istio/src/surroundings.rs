//! What stands beside a Release: the objects of the same input, as far as they say what it can change.

use document::load::Document;
use policy::Problems;

use super::gateway::Gateway;
use super::host;
use super::object::{self, Kind};
use super::service::Service;
use super::sidecar::Sidecar;
use super::virtual_service::{MESH, VirtualService};

/// The objects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// The Gateways of Istio.
    pub gateways: Vec<Gateway>,
    /// The Services.
    pub services: Vec<Service>,
    /// The Sidecar resources.
    pub sidecars: Vec<Sidecar>,
    /// The VirtualServices.
    pub routes: Vec<Routes>,
}

/// A VirtualService, as far as it says which virtual hosts have its rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routes {
    /// Its kind, namespace and name, for people.
    pub label: String,
    /// Its namespace, or the one assumed.
    pub namespace: String,
    /// Full names.
    pub hosts: Vec<String>,
    /// Whether sidecars read it.
    pub is_for_mesh: bool,
    /// Its gateways, as `<namespace>/<name>`.
    pub gateways: Vec<String>,
    /// Where its rules for HTTP lead: full names, and the ports that are named.
    pub destinations: Vec<(String, Option<u16>)>,
    /// The namespaces that see it, as written; none: all.
    pub export_to: Vec<String>,
}

impl Surroundings {
    /// Adds the objects of documents; those that name no namespace are in `namespace`, and hosts without dots in a
    /// cluster of this domain.
    pub fn add(&mut self, documents: &[Document], namespace: &str, domain: &str) {
        for (position, document) in documents.iter().enumerate() {
            for root in object::roots(&document.node) {
                self.gateways.extend(Gateway::read(&root, namespace));
                self.services.extend(Service::read(&root, namespace));
                self.sidecars.extend(Sidecar::read(&root, namespace));
                let object = object::read(root, position, namespace);
                if let Some(object) = object.filter(|object| object.kind == Kind::VirtualService) {
                    let service = VirtualService::read(object, domain, &mut Problems::default());
                    self.routes.push(Routes::of(&service));
                }
            }
        }
    }

    /// The Gateway that is named `<namespace>/<name>`; none where two that differ are, as of two environments.
    #[must_use]
    pub fn gateway(&self, full: &str) -> Option<&Gateway> {
        only(self.gateways.iter().filter(|gateway| gateway.full == full))
    }

    /// The VirtualServices that all sidecars see and that are for this host: they go by the oldest.
    #[must_use]
    pub fn rivals(&self, fqdn: &str) -> Vec<&Routes> {
        let mut rivals: Vec<&Routes> = Vec::new();
        for routes in self.routes.iter().filter(|routes| routes.is_for_mesh && routes.is_public()) {
            let is_known = rivals.iter().any(|rival| rival.label == routes.label);
            if !is_known && routes.hosts.iter().any(|host| host == fqdn) {
                rivals.push(routes);
            }
        }
        rivals
    }

    /// The Service with this full name; none where two that differ have it.
    #[must_use]
    pub fn service(&self, fqdn: &str) -> Option<&Service> {
        let (name, namespace) = host::service(fqdn)?;
        let is = |service: &&Service| service.name == name && service.namespace == namespace;
        only(self.services.iter().filter(is))
    }
}

/// The first, if the others are equal to it.
fn only<'s, T: PartialEq>(mut all: impl Iterator<Item = &'s T>) -> Option<&'s T> {
    let first = all.next()?;
    all.all(|other| other == first).then_some(first)
}

impl Routes {
    /// Of a VirtualService.
    #[must_use]
    pub fn of(service: &VirtualService<'_>) -> Self {
        let namespace = service.object.namespace;
        let real = service.gateways.iter().filter(|gateway| **gateway != MESH);
        let destinations = service.rules.iter().flat_map(|rule| &rule.destinations);
        let spec = service.object.root.get("spec");
        let export_to = spec.map(|spec| spec.texts("exportTo", &mut Problems::default()));
        Self {
            label: service.object.label.clone(),
            namespace: namespace.to_owned(),
            hosts: service.hosts.clone(),
            is_for_mesh: service.gateways.is_empty() || service.gateways.contains(&MESH),
            gateways: real.map(|gateway| host::gateway(gateway, namespace)).collect(),
            destinations: destinations.map(|to| (to.host.clone(), to.port)).collect(),
            export_to: export_to.unwrap_or_default().into_iter().map(str::to_owned).collect(),
        }
    }

    /// Whether all proxies of the mesh see it.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.export_to.is_empty() || self.export_to.iter().any(|name| name == "*")
    }

    /// Whether a rule leads to a port of a service.
    #[must_use]
    pub fn leads_to(&self, fqdn: &str, port: u16) -> bool {
        let leads =
            |(host, own): &(String, Option<u16>)| host == fqdn && own.is_none_or(|own| own == port);
        self.destinations.iter().any(leads)
    }
}
