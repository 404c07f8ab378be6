//! Where the filter is to run: the proxies that read the VirtualService, or those that the user names.

use std::collections::{BTreeMap, BTreeSet};

use document::report::text;
use istio::gateway::Gateway;
use istio::host;
use istio::virtual_service::{MESH, VirtualService};
use policy::{Path, Problems};
use serde_json::{Map, Value, json};

use super::Attach;
use super::draft::Draft;
use super::note::Note;
use super::surroundings::Surroundings;
use super::unsupported::{self, Proxies};

/// The namespace and the label of the gateway of Istio's default installation.
const INGRESS: (&str, &str, &str) = ("istio-system", "istio", "ingressgateway");

/// A VirtualService and its service.
pub(super) struct Subject<'s, 'n> {
    pub(super) service: &'s VirtualService<'n>,
    pub(super) proxies: &'s Proxies<'n>,
    /// The full name of the host of its destinations.
    pub(super) host: &'s str,
}

/// Makes `attach`, and reports the hosts that a Release cannot be for.
pub(super) fn attach(
    subject: &Subject<'_, '_>,
    named: &[Attach],
    around: &Surroundings<'_, '_>,
    notes: &mut Vec<Note>,
    problems: &mut Problems,
) -> Draft {
    let at = subject.service.object.root.path.key("spec");
    let hosts_at = at.key("hosts");
    let mut known = BTreeSet::new();
    let hosts = subject.service.hosts.iter().filter(|host| known.insert(*host));
    let (own, others): (Vec<&String>, Vec<&String>) =
        hosts.partition(|host| **host == subject.host);
    if subject.proxies.has_mesh() && !subject.host.is_empty() {
        mesh_hosts(subject, &own, &others, &hosts_at, problems);
    }
    let is_mesh = subject.proxies.has_mesh() && !own.is_empty() && !subject.host.is_empty();
    if !others.is_empty()
        && (is_mesh || subject.proxies.left_out.iter().any(|gateway| gateway == MESH))
    {
        let message = "requests that callers in the mesh send to the gateways' hosts are not routed by the Release";
        notes.push(Note::new(&hosts_at, message));
    }
    let served = if others.is_empty() { &own } else { &others };
    let served: Vec<String> = served.iter().map(|host| (*host).clone()).collect();
    let served = Served { hosts: served, namespace: around.namespace, gateways: around.gateways() };
    let draft = |hosts: &[String]| {
        let hosts = hosts.iter().map(|host| Draft::text(host.as_str()).made_of(&hosts_at));
        Draft::list(hosts.collect()).made_of(&hosts_at)
    };
    if !named.is_empty() {
        let mut hosts = Domains::default();
        subject.proxies.real().for_each(|gateway| served.add(gateway, &mut hosts));
        let served = draft(if hosts.all.is_empty() { &served.hosts } else { &hosts.all });
        let entries = named.iter().map(|named| of_option(named, &served).made_of(&at)).collect();
        return Draft::list(entries).made_of(&at);
    }
    let mut entries = Vec::new();
    if subject.proxies.has_mesh() {
        let message = "every sidecar of the Release's namespace is attached; for callers in other namespaces use \
            `--attach`";
        notes.push(Note::new(&hosts_at, message));
        entries.push(Draft::map([("sidecar", Draft::leaf(json!({})))]));
    }
    // Gateways of the same pods are one entry.
    let gateways = around.pods_of_gateways();
    let mut pods: Vec<(Draft, Domains)> = Vec::new();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for gateway in subject.proxies.real() {
        let labels = gateways.get(gateway).cloned().unwrap_or_else(|| {
            let (namespace, key, value) = INGRESS;
            let message = format!(
                "there is no file with the Gateway `{gateway}`: assuming the pods of Istio's default installation, \
                 `{key}: {value}` in `{namespace}`; add its file, or use `--attach gateway:k=v@namespace`"
            );
            notes.push(Note::new(&at.key("gateways"), message));
            Draft::map([(key, Draft::text(value))])
        });
        let at = *known.entry(labels.value().to_string()).or_insert(pods.len());
        if at == pods.len() {
            pods.push((labels, Domains::default()));
        }
        if let Some((_, hosts)) = pods.get_mut(at) {
            served.add(gateway, hosts);
        }
    }
    for (labels, hosts) in pods {
        let hosts = ("hosts", draft(&hosts.all));
        let fields = [("namespace", Draft::text(INGRESS.0)), ("labels", labels), hosts];
        entries.push(Draft::map([("gateway", Draft::map(fields))]).made_of(&at.key("gateways")));
    }
    Draft::list(entries).made_of(&at)
}

/// The hosts under which clients reach the service at gateways.
struct Served<'s> {
    /// Those of the VirtualService.
    hosts: Vec<String>,
    namespace: &'s str,
    /// By `<namespace>/<name>`.
    gateways: BTreeMap<String, Gateway>,
}

/// Hosts, each once.
#[derive(Debug, Default)]
struct Domains {
    all: Vec<String>,
    known: BTreeSet<String>,
    /// Whether those of the VirtualService are among them.
    are_own: bool,
}

impl Served<'_> {
    /// Adds those of a gateway: the domains of its virtual hosts, where it is known, since patches name these.
    fn add(&self, gateway: &str, hosts: &mut Domains) {
        let domains = match self.gateways.get(gateway) {
            Some(gateway) => gateway.domains(&self.hosts, self.namespace),
            None => Vec::new(),
        };
        let domains = match domains.as_slice() {
            [] if hosts.are_own => return,
            [] => {
                hosts.are_own = true;
                self.hosts.clone()
            }
            _ => domains,
        };
        for domain in domains {
            if hosts.known.insert(domain.clone()) {
                hosts.all.push(domain);
            }
        }
    }
}

/// In the mesh a request is for the virtual host of a service; a Release decides those of its own only.
fn mesh_hosts(
    subject: &Subject<'_, '_>,
    own: &[&String],
    others: &[&String],
    at: &Path,
    problems: &mut Problems,
) {
    let has_gateway = subject.service.gateways.iter().any(|gateway| *gateway != MESH);
    let is_mesh_only = |host: &&&String| !has_gateway || host::service(host).is_some();
    let foreign: Vec<&&String> = others.iter().filter(is_mesh_only).collect();
    let what = if !foreign.is_empty() {
        format!(
            "several hosts, or a host that is not that of its destinations ({}),",
            text::few_names(&foreign)
        )
    } else if own.is_empty() && !subject.service.hosts.is_empty() {
        format!(
            "a VirtualService for the mesh that is not for its destinations' host `{}`,",
            subject.host
        )
    } else {
        return;
    };
    let help = "import a VirtualService of the service's own host; other hosts keep theirs";
    problems.add(unsupported::problem(at, &what, help));
}

/// An entry that the user named.
fn of_option(named: &Attach, served: &Draft) -> Draft {
    let labels = |labels: &[(String, String)]| -> Value {
        labels.iter().map(|(key, value)| (key.clone(), json!(value))).collect::<Map<_, _>>().into()
    };
    let mut fields = Vec::new();
    let (kind, of) = match named {
        Attach::Sidecar(of) => ("sidecar", of),
        Attach::Gateway(of) => ("gateway", of),
    };
    fields.extend(
        of.namespace.as_ref().map(|namespace| ("namespace", Draft::text(namespace.as_str()))),
    );
    if !of.labels.is_empty() {
        fields.push(("labels", Draft::leaf(labels(&of.labels))));
    }
    if kind == "gateway" {
        fields.push(("hosts", served.clone()));
    }
    Draft::map([(kind, Draft::map(fields))])
}
