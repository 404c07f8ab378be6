//! Which routes a patch is for.

use policy::policy::AttachKind;
use serde_json::{Value, json};

use super::Scope;
use crate::names;

/// The `routeConfiguration` of a patch's `match` for the routes of this name, in each virtual host of the Release.
pub(super) fn matches(scope: &Scope, name: &str) -> Vec<Value> {
    // Not redirects and direct answers, which a MERGE would turn into routes.
    let route = json!({ "name": name, "action": "ROUTE" });
    virtual_hosts(scope)
        .into_iter()
        .map(|mut host| {
            host["route"] = route.clone();
            json!({ "vhost": host })
        })
        .collect()
}

fn virtual_hosts(scope: &Scope) -> Vec<Value> {
    let policy = scope.policy;
    match &scope.attach.kind {
        AttachKind::Sidecar => {
            vec![json!({ "name": format!("{}:{}", policy.host().fqdn(), names::port(policy)) })]
        }
        // A VirtualService with several hosts becomes one virtual host, named after the first.
        AttachKind::Gateway { hosts } if scope.has_domain_name => {
            hosts.iter().map(|host| json!({ "domainName": host })).collect()
        }
        // The route's name alone has to do: no other is like ours.
        AttachKind::Gateway { .. } => vec![json!({})],
    }
}
