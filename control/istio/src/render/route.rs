//! The routes of the static bootstrap: how a decision, whichever way it leaves the filter, becomes a cluster.
//!
//! Time-outs and retries are those of the routes that Istio generates; Envoy's own
//! would be 15 s and none.

use policy::Policy;
use policy::config::Carrier;
use policy::policy::SubsetId;
use policy::spec::Entries;
use serde_json::{Value, json};

use super::{fallback, gate_match, matcher, mirror};
use crate::decision_header;
use crate::gate::{Condition, Gate};
use crate::names::{self, GATE};

/// The virtual host that takes everything, with the filter switched on: for all of it, or for what passes the gate.
#[must_use]
pub fn virtual_host(policy: &Policy, carrier: &Carrier, gate: Option<&Gate>) -> Value {
    let name = names::qualified(policy);
    let mut host = json!({ "name": name, "domains": ["*"] });
    if gate.is_none() {
        host["typed_per_filter_config"] = switched_on(&name);
    }
    if let Carrier::Header { name: header, .. } = carrier {
        host["request_headers_to_remove"] = json!([header]);
    }
    let stable = json!({
        "name": name,
        "match": { "prefix": "/" },
        "route": to(policy, policy.stable()),
    });
    let (mut routes, open) = match carrier {
        Carrier::FilterState => (Vec::new(), by_filter_state(policy, &name)),
        Carrier::Header { name: header, values } => {
            (by_header(policy, &name, header, values), stable.clone())
        }
    };
    match gate {
        None => routes.push(open),
        Some(gate) => {
            routes.extend(gate.conditions().iter().map(|condition| gated(&open, condition)));
            routes.push(stable);
        }
    }
    host["routes"] = json!(routes);
    host
}

/// What switches the filter on in a route, or in all of a virtual host.
fn switched_on(name: &str) -> Value {
    json!({
        (name): {
            "@type": "type.googleapis.com/envoy.config.route.v3.FilterConfig",
            "config": {},
        },
    })
}

/// The route `open` for what meets a condition of the gate. Where it leads is asked again when the filter has
/// decided: what it takes stays in it, but for a decision's own route in front.
fn gated(open: &Value, condition: &Condition) -> Value {
    let mut route = open.clone();
    let name = open["name"].as_str().unwrap_or_default();
    route["match"] = gate_match::matcher(condition);
    route["typed_per_filter_config"] = switched_on(name);
    route["name"] = json!(format!("{name}.{GATE}"));
    route
}

fn by_filter_state(policy: &Policy, name: &str) -> Value {
    let target = ("inline_cluster_specifier_plugin", matcher::cluster_specifier(policy));
    json!({
        "name": name,
        "match": { "prefix": "/" },
        "route": action(policy, target, fallback::is_on(policy)),
    })
}

/// One route for each subset's header.
fn by_header(policy: &Policy, name: &str, header: &str, values: &Entries<String>) -> Vec<Value> {
    decision_header::others(policy)
        .map(|id| {
            let header = json!({
                "name": header,
                "string_match": { "exact": values.get(policy.subset_name(id)) },
            });
            json!({
                "name": format!("{name}.{}", policy.subset_name(id)),
                "match": { "prefix": "/", "headers": [header] },
                "route": to(policy, id),
            })
        })
        .collect()
}

fn to(policy: &Policy, id: SubsetId) -> Value {
    let target = ("cluster", json!(names::target_cluster(policy, id)));
    action(policy, target, policy.falls_back(id))
}

fn action(policy: &Policy, (field, cluster): (&str, Value), falls_back: bool) -> Value {
    let mut action = json!({
        (field): cluster,
        "timeout": "0s",
        "max_stream_duration": { "max_stream_duration": "0s", "grpc_timeout_header_max": "0s" },
        "retry_policy": retry_policy(),
    });
    if falls_back {
        action["retry_policy"]["retry_priority"] = fallback::retry_priority();
    }
    mirror::add(policy, &mut action);
    action
}

/// The `retry_policy` of a route for which no other is configured.
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
