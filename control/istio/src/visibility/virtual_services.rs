//! Which of the proxies of `attach` see a VirtualService.

use policy::Policy;
use policy::policy::AttachKind;
use serde_json::Value;

use super::{Client, Placed, is_exported};
use crate::virtual_service::MESH;

/// Which attached proxies see a VirtualService.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// It is for none of them.
    NotFor,
    /// It is for some, and none of these sees it: it changes nothing for the Release.
    Never,
    /// Those of some namespaces, and not those of this one, which go by another.
    Partly(String),
    /// All that it is for.
    Whole,
}

/// Which attached proxies see a VirtualService: sidecars those for the mesh, gateways the others.
pub fn seen(object: &impl Placed, policy: &Policy) -> Seen {
    let (mut is_seen, mut blind) = (false, None);
    for attach in policy.attach() {
        let is_for = match attach.kind {
            AttachKind::Sidecar => is_for_mesh(object),
            AttachKind::Gateway { .. } => is_for_gateways(object),
        };
        if !is_for {
            continue;
        }
        if is_exported(object.spec(), object.namespace(), Client::In(&attach.namespace)) {
            is_seen = true;
        } else {
            blind.get_or_insert_with(|| attach.namespace.clone());
        }
    }
    match (is_seen, blind) {
        (false, None) => Seen::NotFor,
        (false, Some(_)) => Seen::Never,
        (true, Some(namespace)) => Seen::Partly(namespace),
        (true, None) => Seen::Whole,
    }
}

/// Whether a VirtualService is for sidecars.
pub fn is_for_mesh(object: &impl Placed) -> bool {
    let gateways = gateways(object);
    gateways.is_empty() || gateways.iter().any(|gateway| gateway == MESH)
}

fn is_for_gateways(object: &impl Placed) -> bool {
    gateways(object).iter().any(|gateway| gateway != MESH)
}

fn gateways(object: &impl Placed) -> &[Value] {
    let list = object.spec().get("gateways").and_then(Value::as_array).map(Vec::as_slice);
    list.unwrap_or_default()
}
