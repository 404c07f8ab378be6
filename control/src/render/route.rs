//! The routes of the static bootstrap: how a decision, whichever way it leaves the filter, becomes a cluster.
//!
//! Time-outs and retries are those of the routes that Istio generates (MECHANICS.md section 9); Envoy's own
//! would be 15 s and none.

use policy::Policy;
use policy::config::Carrier;
use policy::spec::Entries;
use serde_json::{Value, json};

use super::{cluster, decision_header, fallback, matcher, names};

/// The virtual host that takes everything, with the filter switched on.
#[must_use]
pub fn virtual_host(policy: &Policy, carrier: &Carrier) -> Value {
    let name = names::qualified(policy);
    let routes = match carrier {
        Carrier::FilterState => vec![by_filter_state(policy, &name)],
        Carrier::Header { name: header, values } => by_header(policy, &name, (header, values)),
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
    if let Carrier::Header { name: header, .. } = carrier {
        host["request_headers_to_remove"] = json!([header]);
    }
    host["routes"] = json!(routes);
    host
}

fn by_filter_state(policy: &Policy, name: &str) -> Value {
    let target = ("inline_cluster_specifier_plugin", matcher::cluster_specifier(policy));
    json!({
        "name": name,
        "match": { "prefix": "/" },
        "route": action(target, fallback::is_on(policy)),
    })
}

/// One route for each subset's header, and the stable one for everybody else.
fn by_header(
    policy: &Policy,
    name: &str,
    (header, values): (&str, &Entries<String>),
) -> Vec<Value> {
    let to = |id| action(("cluster", json!(cluster::target(policy, id))), policy.falls_back(id));
    let mut routes: Vec<Value> = decision_header::others(policy)
        .map(|id| {
            let header = json!({
                "name": header,
                "string_match": { "exact": values.get(policy.subset_name(id)) },
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

fn action((field, cluster): (&str, Value), falls_back: bool) -> Value {
    let mut action = json!({
        (field): cluster,
        "timeout": "0s",
        "max_stream_duration": { "max_stream_duration": "0s", "grpc_timeout_header_max": "0s" },
        "retry_policy": retry_policy(),
    });
    if falls_back {
        action["retry_policy"]["retry_priority"] = fallback::retry_priority();
    }
    action
}

/// The `retry_policy` of a route for which nobody asked for another.
#[must_use]
pub fn retry_policy() -> Value {
    json!({
        "retry_on": "connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes",
        "num_retries": 2,
        "retry_host_predicate": [{
            "name": "envoy.retry_host_predicates.previous_hosts",
            "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate",
            },
        }],
        "host_selection_retry_max_attempts": 5,
    })
}
