//! How to import.

use std::num::NonZeroU16;

use istio::host;
use policy::spec::Identity;

/// How to import.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Which VirtualService, where there are several: its namespace, where that is said, and its name.
    pub name: Option<(Option<String>, String)>,
    /// Where the filter is to run, in place of the proxies that read the VirtualService.
    pub attach: Vec<Attach>,
    /// The stable subset.
    pub stable: Option<String>,
    /// The service's port.
    pub port: Option<NonZeroU16>,
    /// What makes two requests the same user: the splits become sticky.
    pub identity: Vec<Identity>,
    /// The domain of the cluster, where it is not [`host::CLUSTER_DOMAIN`].
    pub cluster_domain: Option<String>,
}

impl Options {
    pub(super) fn domain(&self) -> &str {
        self.cluster_domain.as_deref().unwrap_or(host::CLUSTER_DOMAIN)
    }
}

/// Proxies to attach to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attach {
    /// The sidecars of these pods.
    Sidecar(Pods),
    /// Gateways.
    Gateway(Pods),
}

/// Pods.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pods {
    /// Their labels.
    pub labels: Vec<(String, String)>,
    /// Their namespace; the Release's own where none is said.
    pub namespace: Option<String>,
}
