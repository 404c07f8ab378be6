//! How a controller is run.

use std::net::SocketAddr;
use std::sync::Arc;

use istio::render::mesh_options::MeshOptions;

use crate::log::Log;
use crate::notify::Sink;

/// How it is run.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whose Releases are carried out; none: those of all namespaces.
    pub namespace: Option<String>,
    /// Where the Lease is.
    pub lease_namespace: String,
    /// What tells it from other controllers: the name of its pod.
    pub identity: String,
    /// Where it answers to probes and to Prometheus.
    pub listen: SocketAddr,
    /// How many Releases are looked at at the same time.
    pub workers: usize,
    /// What mesh objects are made of where nothing was applied with `serin apply`.
    pub defaults: Option<MeshOptions>,
    /// Which Prometheus knows how candidates do; none: the proxies themselves are asked.
    pub prometheus: Option<::metrics::prometheus::Options>,
    /// Where it says what it does.
    pub log: Log,
    /// Who else is told what happens to Releases.
    pub sink: Option<Arc<dyn Sink>>,
}
