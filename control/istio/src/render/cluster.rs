//! The clusters of a Release where there is no mesh.

use std::fmt;
use std::net::IpAddr;

use policy::Policy;
use policy::policy::SubsetId;
use serde_json::{Value, json};

use crate::names;

/// What a cluster says of the protocol of its endpoints.
const HTTP_OPTIONS: &str = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

/// Where a process of a subset listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// An IP address or a name.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Whether it speaks HTTP/2 without being asked, as servers of gRPC do; otherwise HTTP/1.1.
    pub is_http2: bool,
}

impl Endpoint {
    /// An endpoint that speaks HTTP/1.1.
    #[must_use]
    pub fn new(host: impl Into<String>, port: u16) -> Self {
        Self { host: host.into(), port, is_http2: false }
    }

    fn is_address(&self) -> bool {
        self.host.parse::<IpAddr>().is_ok()
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

/// The cluster of a subset with these endpoints, which all speak the same; time-out, balancing and limits as Istio's.
#[must_use]
pub fn cluster(policy: &Policy, subset: SubsetId, endpoints: &[Endpoint]) -> Value {
    let name = names::cluster(policy, subset);
    let is_static = endpoints.iter().all(Endpoint::is_address);
    let is_http2 = endpoints.iter().any(|endpoint| endpoint.is_http2);
    let endpoints: Vec<Value> = endpoints.iter().map(endpoint).collect();
    let mut cluster = json!({
        "name": name,
        "type": if is_static { "STATIC" } else { "STRICT_DNS" },
        "connect_timeout": "10s",
        "lb_policy": "LEAST_REQUEST",
        "circuit_breakers": no_limits(),
        "load_assignment": { "cluster_name": name, "endpoints": [{ "lb_endpoints": endpoints }] },
    });
    if !is_static {
        cluster["dns_lookup_family"] = json!("V4_PREFERRED");
    }
    if is_http2 {
        cluster["typed_extension_protocol_options"] = json!({ HTTP_OPTIONS: {
            "@type": format!("type.googleapis.com/{HTTP_OPTIONS}"),
            "explicit_http_config": { "http2_protocol_options": {} },
        } });
    }
    cluster
}

/// The `circuit_breakers` of Istio's clusters where no others are configured.
#[must_use]
pub fn no_limits() -> Value {
    json!({
        "thresholds": [{
            "max_connections": u32::MAX,
            "max_pending_requests": u32::MAX,
            "max_requests": u32::MAX,
            "max_retries": u32::MAX,
        }],
    })
}

fn endpoint(endpoint: &Endpoint) -> Value {
    json!({ "endpoint": { "address": address(&endpoint.host, endpoint.port) } })
}

/// An `Address` of Envoy.
#[must_use]
pub fn address(host: &str, port: u16) -> Value {
    json!({ "socket_address": { "address": host, "port_value": port } })
}
