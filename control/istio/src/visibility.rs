//! Which proxies see an object of Istio, by their namespaces: `exportTo`, and the order in which istiod looks for a
//! DestinationRule (`PushContext.destinationRule` in Istio's `push_context.go`).

pub mod destination_rules;
pub mod virtual_services;

use serde_json::Value;

/// An object in a namespace.
pub trait Placed {
    /// Its namespace.
    fn namespace(&self) -> &str;
    /// What is wanted of it; null where it says nothing.
    fn spec(&self) -> &Value;
}

/// An object of a file, in the namespace that it names or that is assumed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InFile {
    /// Its namespace.
    pub namespace: String,
    /// What is wanted of it.
    pub spec: Value,
}

impl Placed for InFile {
    fn namespace(&self) -> &str {
        &self.namespace
    }

    fn spec(&self) -> &Value {
        &self.spec
    }
}

/// The namespace whose objects are for the whole mesh, where the mesh's configuration names no other
/// (`rootNamespace`).
pub const ROOT: &str = "istio-system";

/// Where a proxy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Client<'a> {
    /// In this namespace.
    In(&'a str),
    /// In one that has no object of its own: any other.
    Elsewhere,
}

/// Whether a proxy sees an object of `namespace` with this `spec`. One that says nothing is for all, as in a mesh whose
/// configuration does not say otherwise.
#[must_use]
pub fn is_exported(spec: &Value, namespace: &str, client: Client<'_>) -> bool {
    let names = exports(spec);
    names.is_empty()
        || names.iter().any(|name| match (*name, client) {
            ("*", _) => true,
            (".", Client::In(client)) => client == namespace,
            (name, Client::In(client)) => client == name,
            (_, Client::Elsewhere) => false,
        })
}

/// Whether every proxy of the mesh sees it.
#[must_use]
pub fn is_public(spec: &Value, namespace: &str) -> bool {
    is_exported(spec, namespace, Client::Elsewhere)
}

/// What `exportTo` names; none: the default of the mesh.
pub fn exports(spec: &Value) -> Vec<&str> {
    let list = spec.get("exportTo").and_then(Value::as_array).map(Vec::as_slice);
    list.unwrap_or_default().iter().filter_map(Value::as_str).collect()
}

/// The namespaces in which istiod looks for the DestinationRule of a service, the first that has one wins: the client's
/// own, the service's, the mesh's. Of the mesh's own namespace the rules come last even for its own proxies.
#[must_use]
pub fn lookup<'a>(client: Client<'a>, service: &'a str) -> Vec<&'a str> {
    let mut order = Vec::new();
    if let Client::In(client) = client
        && client != ROOT
    {
        order.push(client);
    }
    for namespace in [service, ROOT] {
        if !order.contains(&namespace) {
            order.push(namespace);
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_object_is_seen_where_it_is_exported_to() {
        let [own, other] = [Client::In("shop"), Client::In("other")];
        for (export_to, seen) in [
            (json!(null), [true, true, true]),
            (json!([]), [true, true, true]),
            (json!(["*"]), [true, true, true]),
            (json!(["."]), [true, false, false]),
            (json!(["other"]), [false, true, false]),
            (json!([".", "other"]), [true, true, false]),
            (json!(["~"]), [false, false, false]),
        ] {
            let spec = json!({ "exportTo": export_to });
            let found =
                [own, other, Client::Elsewhere].map(|client| is_exported(&spec, "shop", client));
            assert_eq!(found, seen, "{spec}");
            assert_eq!(is_public(&spec, "shop"), seen[2], "{spec}");
        }
    }

    #[test]
    fn the_clients_own_namespace_comes_first_and_the_meshs_last() {
        assert_eq!(lookup(Client::In("front"), "shop"), ["front", "shop", ROOT]);
        assert_eq!(lookup(Client::In("shop"), "shop"), ["shop", ROOT]);
        assert_eq!(lookup(Client::In(ROOT), "shop"), ["shop", ROOT]);
        assert_eq!(lookup(Client::Elsewhere, "shop"), ["shop", ROOT]);
    }
}
