//! What switches the filter on: in the routes to the host, found by name, the filter is enabled and its decision
//! chooses the cluster. All else that Istio put into these routes stays.

use policy::Policy;
use policy::policy::{Attach, AttachKind};
use serde_json::{Value, json};

use super::super::{matcher, names, wasm_filter};
use super::Patch;

pub(super) fn patches(policy: &Policy, attach: &Attach) -> Vec<Value> {
    let hosts = match &attach.kind {
        AttachKind::Sidecar => {
            vec![json!({ "name": format!("{}:{}", policy.host().fqdn(), policy.port()) })]
        }
        // A VirtualService with several hosts becomes one virtual host, named after the first.
        AttachKind::Gateway { hosts } => {
            hosts.iter().map(|host| json!({ "domainName": host })).collect()
        }
    };
    let route = |mut host: Value| {
        // Not redirects and direct answers, which a MERGE would turn into routes.
        host["route"] = json!({ "name": names::qualified(policy), "action": "ROUTE" });
        let which = Some(("routeConfiguration", json!({ "vhost": host })));
        Patch { apply_to: "HTTP_ROUTE", which, operation: "MERGE", value: value(policy) }.of(attach)
    };
    hosts.into_iter().map(route).collect()
}

fn value(policy: &Policy) -> Value {
    json!({
        "typed_per_filter_config": {
            (names::resource(policy)): {
                "@type": "type.googleapis.com/envoy.config.route.v3.FilterConfig",
                // Optional: otherwise a proxy without the filter would refuse the route. The empty configuration
                // needs its type: Istio takes no other.
                "is_optional": true,
                "config": { "@type": wasm_filter::TYPE },
            },
        },
        "route": { "inline_cluster_specifier_plugin": matcher::cluster_specifier(policy) },
    })
}

/// What the author of a gateway's VirtualService has to do; nothing for sidecars, whose rule is rendered.
pub(super) fn needs_named_rule(policy: &Policy, attach: &Attach) -> Vec<String> {
    let AttachKind::Gateway { hosts } = &attach.kind else { return Vec::new() };
    let host = policy.host().fqdn();
    vec![
        format!("It changes only rules of the name `{}`: give that name to the rule for", names::qualified(policy)),
        format!("{} that sends all it takes to {host}, subset {}, in the", hosts.join(", "), policy.subset_name(policy.stable())),
        "VirtualService of the gateway (`http[].name`; its `match` entries have no name). Until then this does nothing."
            .to_owned(),
    ]
}
