//! What stands beside a Release: the objects of the same input, as far as they say what it can change.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use document::load::Document;
use policy::Problems;

use super::gateway::Gateway;
use super::host;
use super::object::{self, Kind};
use super::service::Service;
use super::sidecar::Sidecar;
use super::virtual_service::{MESH, VirtualService};

/// VirtualServices that are looked at for one host, and Sidecar resources for one namespace: what more of them say together
/// is not known.
const MOST: usize = 100;

/// The objects, each found by what others name it with: there may be a hundred thousand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// The Gateways of Istio by `<namespace>/<name>`; none where two differ.
    gateways: BTreeMap<String, Option<Gateway>>,
    /// The Services by namespace and name, likewise.
    services: BTreeMap<(String, String), Option<Service>>,
    /// The Sidecar resources by namespace.
    sidecars: BTreeMap<String, Vec<Sidecar>>,
    /// The VirtualServices.
    routes: Vec<Routes>,
    /// Those that every namespace sees, by each of their hosts: the first ones.
    public: BTreeMap<String, Vec<usize>>,
    /// Those for gateways, by the hosts that they lead to: the first ones, and one more where there are more.
    leading: BTreeMap<String, Vec<usize>>,
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
                if let Some(gateway) = Gateway::read(&root, namespace) {
                    once(&mut self.gateways, gateway.full.clone(), gateway);
                }
                if let Some(service) = Service::read(&root, namespace) {
                    let name = (service.namespace.clone(), service.name.clone());
                    once(&mut self.services, name, service);
                }
                if let Some(sidecar) = Sidecar::read(&root, namespace) {
                    self.sidecars.entry(sidecar.namespace.clone()).or_default().push(sidecar);
                }
                let object = object::read(root, position, namespace);
                if let Some(object) = object.filter(|object| object.kind == Kind::VirtualService) {
                    let service = VirtualService::read(object, domain, &mut Problems::default());
                    self.add_routes(Routes::of(&service));
                }
            }
        }
    }

    fn add_routes(&mut self, routes: Routes) {
        let position = self.routes.len();
        let hosts = routes.hosts.iter().filter(|_| routes.is_public());
        for host in hosts.collect::<BTreeSet<_>>() {
            let known = self.public.entry(host.clone()).or_default();
            if known.len() < MOST {
                known.push(position);
            }
        }
        let leading = routes.destinations.iter().filter(|_| !routes.gateways.is_empty());
        for host in leading.map(|(host, _)| host).collect::<BTreeSet<_>>() {
            let known = self.leading.entry(host.clone()).or_default();
            if known.len() <= MOST {
                known.push(position);
            }
        }
        self.routes.push(routes);
    }

    fn at<'s>(&'s self, positions: Option<&'s Vec<usize>>) -> impl Iterator<Item = &'s Routes> {
        positions.into_iter().flatten().filter_map(|position| self.routes.get(*position))
    }

    /// The Gateway that is named `<namespace>/<name>`; none where two that differ are, as of two environments.
    #[must_use]
    pub fn gateway(&self, full: &str) -> Option<&Gateway> {
        self.gateways.get(full)?.as_ref()
    }

    /// The Sidecar resources of a namespace; none where there are too many.
    #[must_use]
    pub fn sidecars(&self, namespace: &str) -> Option<&[Sidecar]> {
        let all = self.sidecars.get(namespace).map_or(&[][..], Vec::as_slice);
        (all.len() <= MOST).then_some(all)
    }

    /// The VirtualServices that all sidecars see and that are for this host: they go by the oldest.
    #[must_use]
    pub fn rivals(&self, fqdn: &str) -> Vec<&Routes> {
        let mut known = BTreeSet::new();
        let mut rivals: Vec<&Routes> =
            self.at(self.public.get(fqdn)).filter(|routes| routes.is_for_mesh).collect();
        rivals.retain(|routes| known.insert(routes.label.as_str()));
        rivals
    }

    /// VirtualServices that every namespace sees and that have one of these hosts, in the order in which they stand there:
    /// the first ones.
    #[must_use]
    pub fn sharing(&self, hosts: &BTreeSet<&str>) -> Vec<&Routes> {
        let positions = hosts.iter().filter_map(|host| self.public.get(*host)).flatten();
        let positions: BTreeSet<usize> = positions.copied().collect();
        let sharing = positions.into_iter().filter_map(|position| self.routes.get(position));
        sharing.take(MOST).collect()
    }

    /// VirtualServices for gateways that lead to this host; none where there are too many.
    #[must_use]
    pub fn leading(&self, fqdn: &str) -> Vec<&Routes> {
        let positions = self.leading.get(fqdn).filter(|positions| positions.len() <= MOST);
        self.at(positions).collect()
    }

    /// The Service with this full name; none where two that differ have it.
    #[must_use]
    pub fn service(&self, fqdn: &str) -> Option<&Service> {
        let (name, namespace) = host::service(fqdn)?;
        self.services.get(&(namespace.to_owned(), name.to_owned()))?.as_ref()
    }
}

/// Adds an object; none of a name counts where two differ.
fn once<K: Ord, T: PartialEq>(known: &mut BTreeMap<K, Option<T>>, name: K, object: T) {
    match known.entry(name) {
        Entry::Vacant(entry) => {
            entry.insert(Some(object));
        }
        Entry::Occupied(mut entry) => {
            if entry.get().as_ref().is_some_and(|first| *first != object) {
                entry.insert(None);
            }
        }
    }
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
