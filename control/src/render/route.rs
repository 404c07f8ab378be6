//! The routes of the static bootstrap: how a decision, whichever way it leaves the filter, becomes a cluster.
//!
//! Time-outs and retries are those of the routes that Istio generates (MECHANICS.md section 9); Envoy's own
//! would be 15 s and none.

use policy::Policy;
use policy::config::Carrier;
use policy::policy::{DECISION_HEADER, SubsetId};
use serde_json::{Value, json};

use super::{cluster, matcher, names};

/// The virtual host that takes everything, with the filter switched on.
#[must_use]
pub fn virtual_host(policy: &Policy, carrier: Carrier) -> Value {
    let name = names::qualified(policy);
    let routes = match carrier {
        Carrier::FilterState => vec![by_filter_state(policy, &name)],
        Carrier::Header => by_header(policy, &name),
    };
    let mut host = json!({
        "name": name,
        "domains": ["*"],
        "typed_per_filter_config": {
            (name.as_str()): {
                "@type": "type.googleapis.com/envoy.config.route.v3.FilterConfig",
                "config": {},
            },
        },
    });
    if carrier == Carrier::Header {
        host["request_headers_to_remove"] = json!([DECISION_HEADER]);
    }
    host["routes"] = json!(routes);
    host
}

fn by_filter_state(policy: &Policy, name: &str) -> Value {
    let target = ("inline_cluster_specifier_plugin", matcher::cluster_specifier(policy));
    json!({ "name": name, "match": { "prefix": "/" }, "route": action(target) })
}

/// One route for each subset's header, and the stable one for everybody else.
fn by_header(policy: &Policy, name: &str) -> Vec<Value> {
    let to = |id| action(("cluster", json!(cluster::name(policy, id))));
    let others = (0..policy.subsets().len()).map(SubsetId).filter(|id| *id != policy.stable());
    let mut routes: Vec<Value> = others
        .map(|id| {
            let header = json!({
                "name": DECISION_HEADER,
                "string_match": { "exact": policy.header_value(id) },
            });
            json!({
                "name": format!("{name}.{}", policy.subset_name(id)),
                "match": { "prefix": "/", "headers": [header] },
                "route": to(id),
            })
        })
        .collect();
    routes.push(json!({ "name": name, "match": { "prefix": "/" }, "route": to(policy.stable()) }));
    routes
}

fn action((field, cluster): (&str, Value)) -> Value {
    json!({
        (field): cluster,
        "timeout": "0s",
        "max_stream_duration": { "max_stream_duration": "0s", "grpc_timeout_header_max": "0s" },
        "retry_policy": {
            "retry_on": "connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes",
            "num_retries": 2,
            "retry_host_predicate": [{
                "name": "envoy.retry_host_predicates.previous_hosts",
                "typed_config": {
                    "@type": "type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate",
                },
            }],
            "host_selection_retry_max_attempts": 5,
        },
    })
}
