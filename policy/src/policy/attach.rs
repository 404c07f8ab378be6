//! Proxies in which the filter runs.

use std::collections::BTreeSet;

use super::name;
use super::subset::{read_labels, sorted};
use crate::path::Path;
use crate::problem::{Code, Problem, Problems};
use crate::spec;

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
