//! What switches the filter on: in the routes to the host, found by name, the filter is enabled and its decision
//! chooses the cluster. All else that Istio put into these routes stays. Where requests are copied, all routes of the
//! Release copy them, those too in which the filter does not run.

use policy::Policy;
use policy::policy::{Attach, AttachKind, SubsetId};
use serde_json::{Value, json};

use super::super::mode::Mode;
use super::super::{cluster_header, fallback, matcher, mirror, proxy_version, wasm_filter};
use super::{Patch, Scope, Switch, route_match};
use crate::weave::Rules;
use crate::{decision_header, names};

pub(super) fn patches(scope: &Scope, switch: &Switch) -> Vec<Value> {
    let Scope { policy, mode, .. } = scope;
    let mut patches = Vec::new();
    for name in &switch.rules.switched {
        patches.extend(patch(scope, name, "MERGE", &switched(scope)));
    }
    match mode {
        Mode::Matcher => {}
        Mode::VirtualService => patches.extend(beside(scope, &switch.rules)),
        Mode::ClusterHeader => {
            let route = cluster_header::route(policy, &switch.settings);
            for name in &switch.rules.switched {
                patches.extend(patch(scope, name, "INSERT_BEFORE", &route));
            }
        }
    }
    patches
}

/// The patches of the routes beside those in which the filter runs: the copies of rules and the rules behind a gate.
fn beside(scope: &Scope, rules: &Rules) -> Vec<Value> {
    let policy = scope.policy;
    let mut patches = Vec::new();
    // The copies have the clusters already; only where there is a fallback they are others.
    for (subset, name) in &rules.copies {
        let mut action = json!({});
        if policy.falls_back(*subset) {
            action = to_fallback(policy, *subset);
        }
        patches.extend(merged(scope, name, action));
    }
    for name in &rules.ungated {
        patches.extend(merged(scope, name, json!({})));
    }
    patches
}

/// The patch that merges `action`, and what copies requests, into the action of the routes of this name; none where
/// that is nothing.
fn merged(scope: &Scope, name: &str, mut action: Value) -> Vec<Value> {
    mirror::add(scope.policy, &mut action);
    match action.as_object() {
        Some(fields) if !fields.is_empty() => {
            patch(scope, name, "MERGE", &json!({ "route": action }))
        }
        _ => Vec::new(),
    }
}

/// What keeps the copies of rules from proxies that are too old to keep a client's own header from counting: they
/// ask that the header be there with a value, and now that it not be there, too.
pub(super) fn too_old(scope: &Scope, rules: &Rules) -> Vec<Value> {
    let absent =
        json!({ "name": decision_header::NAME, "present_match": true, "invert_match": true });
    let value = json!({ "match": { "headers": [absent] } });
    let names = rules.copies.iter().map(|(_, name)| name);
    names
        .flat_map(|name| guarded(scope, name, "MERGE", &value, proxy_version::BEFORE_1_22))
        .collect()
}

fn patch(scope: &Scope, name: &str, operation: &'static str, value: &Value) -> Vec<Value> {
    guarded(scope, name, operation, value, scope.mode.proxies(scope.failure))
}

/// The patch of the routes of this name.
fn guarded(
    scope: &Scope,
    name: &str,
    operation: &'static str,
    value: &Value,
    proxies: &'static str,
) -> Vec<Value> {
    let of = |routes: Value| {
        let which = Some(("routeConfiguration", routes));
        Patch { apply_to: "HTTP_ROUTE", which, operation, value: value.clone(), proxies }
            .of(scope.attach)
    };
    route_match::matches(scope, name).into_iter().map(of).collect()
}

/// What a route gets to run the filter, and to follow its decision in filter state.
fn switched(scope: &Scope) -> Value {
    let policy = scope.policy;
    let mut value = json!({});
    if !scope.is_plugin {
        value["typed_per_filter_config"] = json!({
            (names::resource(policy)): {
                "@type": "type.googleapis.com/envoy.config.route.v3.FilterConfig",
                // Optional: otherwise a proxy without the filter would refuse the route. The empty configuration
                // needs its type: Istio takes no other.
                "is_optional": true,
                "config": { "@type": wasm_filter::TYPE },
            },
        });
    }
    if scope.mode == Mode::Matcher {
        value["route"] = json!({
            "inline_cluster_specifier_plugin": matcher::cluster_specifier(policy),
        });
        if fallback::is_on(policy) {
            value["route"]["retry_policy"] =
                json!({ "retry_priority": fallback::retry_priority() });
        }
    }
    if policy.mirror().is_some() {
        mirror::add(policy, &mut value["route"]);
    }
    value
}

fn to_fallback(policy: &Policy, subset: SubsetId) -> Value {
    json!({
        "cluster": names::target_cluster(policy, subset),
        "retry_policy": { "retry_priority": fallback::retry_priority() },
    })
}

/// What the author of a gateway's VirtualService has to do; nothing for sidecars, whose rule is rendered.
pub(super) fn needs_named_rule(policy: &Policy, attach: &Attach) -> Vec<String> {
    let AttachKind::Gateway { hosts } = &attach.kind else { return Vec::new() };
    let host = policy.host().fqdn();
    vec![
        format!("It changes only rules named `{}`: give that name to the rule for", names::qualified(policy)),
        format!("{} that sends all its requests to {host}, subset {}, in the", hosts.join(", \
            "), policy.subset_name(policy.stable())),
        "VirtualService of the gateway (`http[].name`; its `match` entries have no name). Until then it has no effect."
            .to_owned(),
    ]
}
