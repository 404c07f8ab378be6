//! Where the filter runs: the callers of the host.

use serde::Serialize;

use super::entries::Entries;
use super::fields::{self, Shape, one_of, optional, text};
use super::subset::read_labels;
use crate::node::Node;
use crate::path::Path;
use crate::problem::Problems;

const ATTACH: Shape =
    Shape { of: "an entry of `attach`", known: &["sidecar", "gateway"], later: &[] };
const SIDECAR: Shape = Shape { of: "a sidecar", known: &["namespace", "labels"], later: &[] };
const GATEWAY: Shape =
    Shape { of: "a gateway", known: &["namespace", "labels", "hosts"], later: &[] };

/// Callers of the host in whose proxies the filter runs.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Attach {
    /// The sidecars of the pods with these labels.
    Sidecar(Sidecar),
    /// An ingress gateway.
    Gateway(Gateway),
}

/// Sidecars to attach to.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Sidecar {
    /// Their namespace; the Release's own where none is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// The labels of their pods; empty: every sidecar of the namespace.
    #[serde(skip_serializing_if = "Entries::is_empty")]
    pub labels: Entries<String>,
}

/// Gateways to attach to.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Gateway {
    /// Their namespace; the Release's own where none is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// The labels of their pods.
    pub labels: Entries<String>,
    /// The hosts under which clients reach the service there.
    pub hosts: Vec<String>,
}

/// An entry of `attach`; where it cannot be read, one that keeps its place in the list.
pub(super) fn read(node: &Node, path: &Path, problems: &mut Problems) -> Attach {
    let entry = fields::fields(node, path, &ATTACH, problems);
    match entry.and_then(|entry| one_of(&entry, ATTACH.known, problems)) {
        Some(("gateway", node, path)) => Attach::Gateway(read_gateway(node, &path, problems)),
        Some((_, node, path)) => Attach::Sidecar(read_sidecar(node, &path, problems)),
        None => Attach::Sidecar(Sidecar::default()),
    }
}

fn read_sidecar(node: &Node, path: &Path, problems: &mut Problems) -> Sidecar {
    let Some(sidecar) = fields::fields(node, path, &SIDECAR, problems) else {
        return Sidecar::default();
    };
    Sidecar {
        namespace: text(&sidecar, "namespace", problems),
        labels: optional(&sidecar, "labels", problems, read_labels).unwrap_or_default(),
    }
}

fn read_gateway(node: &Node, path: &Path, problems: &mut Problems) -> Gateway {
    let Some(gateway) = fields::fields(node, path, &GATEWAY, problems) else {
        return Gateway::default();
    };
    let labels = gateway.require("labels", problems);
    let hosts = gateway.require("hosts", problems);
    let read_hosts = |(node, path): (&Node, Path)| {
        fields::list(node, &path, "a list of hosts", problems, fields::string)
    };
    let hosts = hosts.map(read_hosts).unwrap_or_default();
    Gateway {
        namespace: text(&gateway, "namespace", problems),
        labels: labels.map(|(node, path)| read_labels(node, &path, problems)).unwrap_or_default(),
        hosts,
    }
}
