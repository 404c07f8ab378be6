//! What installs the filter: its configuration as a resource of its own (ECDS), the filter first in the chain and
//! disabled, the removal of the header that carries decisions, if one does, and the clusters that decisions lead to beside
//! those of Istio.

use policy::Policy;
use policy::policy::{Attach, AttachKind, Subset};
use serde_json::{Value, json};

use super::super::mode::Mode;
use super::super::{FailurePolicy, early_headers, ecds, fallback, proxy_version, wasm_filter};
use super::{Patch, Scope};
use crate::names;

const CONNECTION_MANAGER: &str = "envoy.filters.network.http_connection_manager";

pub(super) fn patches(scope: &Scope, typed_config: &Value) -> Vec<Value> {
    let Scope { policy, attach, mode, failure, .. } = scope;
    let proxies = mode.proxies(*failure);
    let mut patches: Vec<Patch> = fallback::aggregates(policy)
        .into_iter()
        .map(|value| Patch { apply_to: "CLUSTER", which: None, operation: "ADD", value, proxies })
        .collect();
    let removal = early_headers::extensions(&mode.carrier(policy)).map(|extensions| Patch {
        apply_to: "NETWORK_FILTER",
        which: Some(("listener", listener(policy, attach))),
        operation: "MERGE",
        value: json!({
            "name": CONNECTION_MANAGER,
            "typed_config": {
                "@type":
                    "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
                "early_header_mutation_extensions": extensions,
            },
        }),
        // Wherever a proxy can: it is what keeps clients' headers from counting.
        proxies: proxy_version::SINCE_1_22,
    });
    if scope.is_plugin {
        patches.extend(removal);
    } else {
        patches.extend(resources(policy, *mode, *failure, typed_config));
        patches.extend(removal);
        patches.push(filter(policy, attach, proxies));
    }
    if scope.counts {
        patches.extend(endpoint_stats(policy, proxies));
    }
    patches.into_iter().map(|patch| patch.of(attach)).collect()
}

/// Has the proxies count the requests to each endpoint of the subsets: Istio's hide the statistics of clusters, and not
/// these, which begin without a restart.
fn endpoint_stats(policy: &Policy, proxies: &'static str) -> Vec<Patch> {
    let of = |subset: &Subset| Patch {
        apply_to: "CLUSTER",
        which: Some((
            "cluster",
            json!({
                "service": policy.host().fqdn(),
                "subset": subset.name,
                "portNumber": names::port(policy),
            }),
        )),
        operation: "MERGE",
        value: json!({ "track_cluster_stats": { "per_endpoint_stats": true } }),
        proxies,
    };
    policy.subsets().iter().map(of).collect()
}

/// The filter, disabled. First, and so before istio.alpn, fault and CORS, which act by the route that is chosen when
/// they run.
fn filter(policy: &Policy, attach: &Attach, proxies: &'static str) -> Patch {
    Patch {
        apply_to: "HTTP_FILTER",
        which: Some(("listener", listener(policy, attach))),
        operation: "INSERT_FIRST",
        value: json!({
            "name": names::resource(policy),
            "disabled": true,
            "config_discovery": ecds::config_discovery(&ecds::control_plane()),
        }),
        proxies,
    }
}

/// The filter's configuration for each generation of proxies.
fn resources(
    policy: &Policy,
    mode: Mode,
    failure: FailurePolicy,
    typed_config: &Value,
) -> Vec<Patch> {
    let proxies = mode.proxies(failure);
    let generations = if proxies == proxy_version::SINCE_1_22 {
        let old = wasm_filter::before_failure_policy(typed_config, failure);
        vec![
            (proxy_version::FROM_1_22_TO_1_24, old),
            (proxy_version::SINCE_1_25, typed_config.clone()),
        ]
    } else {
        vec![(proxies, typed_config.clone())]
    };
    let patch = |(proxies, typed_config): (&'static str, Value)| {
        let value = json!({ "name": names::resource(policy), "typed_config": typed_config });
        Patch { apply_to: "EXTENSION_CONFIG", which: None, operation: "ADD", value, proxies }
    };
    generations.into_iter().map(patch).collect()
}

/// The listeners for HTTP: of sidecars the one of the service's port, of gateways all.
fn listener(policy: &Policy, attach: &Attach) -> Value {
    let chain = json!({ "filter": { "name": CONNECTION_MANAGER } });
    match attach.kind {
        AttachKind::Sidecar => json!({ "portNumber": names::port(policy), "filterChain": chain }),
        AttachKind::Gateway { .. } => json!({ "filterChain": chain }),
    }
}
