//! Proxies in which the filter runs.

use std::collections::BTreeSet;

use super::name;
use super::subset::{read_labels, sorted};
use crate::path::Path;
use crate::problem::{Code, Problem, Problems};
use crate::spec;

/// The most entries of `attach`. The CRD allows fewer.
pub const MAX_ATTACH: usize = 256;
/// The most hosts of all its gateways: each is a patch of an EnvoyFilter, which has room for no more.
pub const MAX_HOSTS: usize = 2048;

/// Proxies in which the filter runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attach {
    /// The namespace of their pods.
    pub namespace: String,
    /// The labels of their pods, as written; none: every pod of the namespace.
    pub labels: Vec<(String, String)>,
    /// What they are.
    pub kind: AttachKind,
    /// Where it is written.
    pub path: Path,
}

/// What the proxies of an [`Attach`] are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttachKind {
    /// Sidecars of callers.
    Sidecar,
    /// An ingress gateway.
    Gateway {
        /// The hosts under which clients reach the service there.
        hosts: Vec<String>,
    },
}

pub(super) fn read(
    attach: &[spec::Attach],
    own: &str,
    path: &Path,
    problems: &mut Problems,
) -> Vec<Attach> {
    if attach.len() > MAX_ATTACH {
        let found = attach.len();
        let message = format!("`attach` has at most {MAX_ATTACH} entries, found {found}");
        problems.unread(Problem::error(Code::OutOfRange, path, message));
        return Vec::new();
    }
    let hosts = attach.iter().map(|entry| match entry {
        spec::Attach::Sidecar(_) => 0,
        spec::Attach::Gateway(gateway) => gateway.hosts.len(),
    });
    let hosts = hosts.fold(0, usize::saturating_add);
    if hosts > MAX_HOSTS {
        let message = format!("gateways have at most {MAX_HOSTS} hosts together, found {hosts}");
        let problem = Problem::error(Code::OutOfRange, path, message);
        problems.unread(problem.help("name a wildcard, such as `*.example.com`, in place of many"));
        return Vec::new();
    }
    let mut read: Vec<Attach> = Vec::new();
    let mut known = BTreeSet::new();
    for (index, entry) in attach.iter().enumerate() {
        let (field, namespace, labels) = match entry {
            spec::Attach::Sidecar(sidecar) => ("sidecar", &sidecar.namespace, &sidecar.labels),
            spec::Attach::Gateway(gateway) => ("gateway", &gateway.namespace, &gateway.labels),
        };
        let at = path.index(index).key(field);
        if let Some(namespace) = namespace {
            name::check_namespace(namespace, &at.key("namespace"), problems);
        }
        let kind = match entry {
            spec::Attach::Sidecar(_) => AttachKind::Sidecar,
            spec::Attach::Gateway(gateway) => read_gateway(gateway, &at, problems),
        };
        let labels = read_labels(labels, &at.key("labels"), problems);
        let namespace = namespace.clone().unwrap_or_else(|| own.to_owned());
        let entry = Attach { namespace, labels, kind, path: path.index(index) };
        if !known.insert((entry.namespace.clone(), sorted(entry.labels.clone()))) {
            let message = "another entry of `attach` names the same proxies";
            problems.add(Problem::error(Code::DuplicateName, &entry.path, message));
        }
        read.push(entry);
    }
    read
}

fn read_gateway(gateway: &spec::Gateway, at: &Path, problems: &mut Problems) -> AttachKind {
    if gateway.labels.is_empty() {
        let message = "a gateway without labels would select every pod of its namespace";
        problems.add(Problem::error(Code::Empty, &at.key("labels"), message));
    }
    let path = at.key("hosts");
    if gateway.hosts.is_empty() {
        let message = "a gateway names at least one host under which clients reach the service";
        problems.add(Problem::error(Code::Empty, &path, message));
    }
    for (index, host) in gateway.hosts.iter().enumerate() {
        let domain = host.strip_prefix("*.").unwrap_or(host);
        if host != "*" && !name::is_dns_subdomain(domain) {
            let message = format!("`{host}` cannot be the host of a gateway");
            problems.add(Problem::error(Code::InvalidName, &path.index(index), message));
        }
    }
    AttachKind::Gateway { hosts: gateway.hosts.clone() }
}
