//! What installs the filter: its configuration as a resource of its own (ECDS), the filter first in the chain and
//! disabled, and the removal of the header that could carry decisions.

use policy::Policy;
use policy::policy::{Attach, AttachKind};
use serde_json::{Value, json};

use super::super::{early_headers, ecds, names};
use super::Patch;

const CONNECTION_MANAGER: &str = "envoy.filters.network.http_connection_manager";

pub(super) fn patches(policy: &Policy, attach: &Attach, typed_config: &Value) -> Vec<Value> {
    let name = names::resource(policy);
    let resource = json!({ "name": name, "typed_config": typed_config });
    let filter = json!({
        "name": name,
        "disabled": true,
        "config_discovery": ecds::config_discovery(&ecds::control_plane()),
    });
    let manager = json!({
        "name": CONNECTION_MANAGER,
        "typed_config": {
            "@type":
                "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
            "early_header_mutation_extensions": early_headers::extensions(),
        },
    });
    let which = Some(("listener", listener(policy, attach)));
    let patches = [
        Patch { apply_to: "EXTENSION_CONFIG", which: None, operation: "ADD", value: resource },
        Patch {
            apply_to: "NETWORK_FILTER",
            which: which.clone(),
            operation: "MERGE",
            value: manager,
        },
        // First, and so before istio.alpn, fault and CORS, which act by the route that is chosen when they run.
        Patch { apply_to: "HTTP_FILTER", which, operation: "INSERT_FIRST", value: filter },
    ];
    patches.map(|patch| patch.of(attach)).to_vec()
}

/// The listeners for HTTP: of sidecars the one of the service's port, of gateways all.
fn listener(policy: &Policy, attach: &Attach) -> Value {
    let chain = json!({ "filter": { "name": CONNECTION_MANAGER } });
    match attach.kind {
        AttachKind::Sidecar => json!({ "portNumber": policy.port(), "filterChain": chain }),
        AttachKind::Gateway { .. } => json!({ "filterChain": chain }),
    }
}
