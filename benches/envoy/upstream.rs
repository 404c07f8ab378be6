//! What stands behind the Envoy that is measured: another one, whose listeners answer with the name of a subset.

use std::net::SocketAddr;
use std::path::Path;

use anyhow::Context;
use serde_json::{Value, json};

use crate::bootstrap;
use crate::process::{Process, Under};
use crate::release::{CANARY, STABLE};

/// The upstreams of both subsets.
#[derive(Debug)]
pub(crate) struct Upstream {
    /// Ends them with this.
    _process: Process,
    /// Where they are: the stable subset's, then the canary's.
    pub(crate) addresses: [SocketAddr; 2],
}

impl Upstream {
    /// Starts them.
    pub(crate) fn start(envoy: &Path) -> anyhow::Result<Self> {
        let mut config = json!({
            "static_resources": { "listeners": [listener(STABLE), listener(CANARY)] },
        });
        bootstrap::quiet(&mut config);
        let process = Process::start(envoy, &config, Under::Nothing)?;
        let listeners = process.listeners()?;
        let address = |subset| listeners.get(subset).copied().context("an upstream is missing");
        let addresses = [address(STABLE)?, address(CANARY)?];
        Ok(Self { _process: process, addresses })
    }
}

fn listener(subset: &str) -> Value {
    json!({
        "name": subset,
        "address": bootstrap::address(bootstrap::nowhere()),
        "filter_chains": [{ "filters": [{
            "name": "envoy.filters.network.http_connection_manager",
            "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
                "stat_prefix": "upstream",
                "max_request_headers_kb": 96,
                "http_filters": [{
                    "name": "envoy.filters.http.router",
                    "typed_config": { "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router" },
                }],
                "route_config": { "virtual_hosts": [{
                    "name": subset,
                    "domains": ["*"],
                    "routes": [{
                        "match": { "prefix": "/" },
                        "direct_response": { "status": 200, "body": { "inline_string": subset } },
                    }],
                }] },
            },
        }] }],
    })
}
