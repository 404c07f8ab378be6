//! What serin writes on each object that it makes: what it was made as, and when in the order of applying.

use std::cmp::Reverse;

use istio::render::Manifest;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::drive::cluster::{Object, mesh_objects};

/// The annotation with the SHA-256 of what was rendered.
pub(super) const RENDERED: &str = "serin.dev/rendered";
/// The annotation with the number of the manifest: the lowest is applied first, and removed last.
const ORDER: &str = "serin.dev/order";

fn digest(rendered: &Value) -> String {
    format!("{:x}", Sha256::digest(rendered.to_string()))
}

/// The object of a manifest, with its annotations.
pub(in crate::drive) fn stamped(manifest: &Manifest) -> Object {
    let mut body = manifest.body.clone();
    let digest = digest(&body);
    let number = manifest.file_name.split('-').next().unwrap_or_default();
    let annotations = &mut body["metadata"]["annotations"];
    annotations[RENDERED] = json!(digest);
    annotations[ORDER] = json!(number);
    Object::from(body)
}

/// The same object, which says something else than what was rendered for now.
pub(super) fn restamped(mut object: Object) -> Object {
    let digest = digest(object.spec());
    object.value_mut()["metadata"]["annotations"][RENDERED] = json!(digest);
    object
}

/// One that is there with another `spec`, as it is applied.
pub(super) fn with_spec(live: &Object, spec: Value, release: &str) -> Object {
    let (label, serin) = mesh_objects::MANAGED_BY;
    let digest = digest(&spec);
    let mut annotations = json!({ mesh_objects::RELEASE: release, RENDERED: digest });
    if let Some(number) = live.annotation(ORDER) {
        annotations[ORDER] = json!(number);
    }
    let mut object = named(live.kind(), live.namespace(), live.name());
    object.value_mut()["apiVersion"] = json!(live.text("/apiVersion"));
    object.value_mut()["metadata"]["labels"] = json!({ label: serin });
    object.value_mut()["metadata"]["annotations"] = annotations;
    object.value_mut()["spec"] = spec;
    object
}

/// An object of which no more is known than what it is called.
pub(super) fn named(kind: &str, namespace: &str, name: &str) -> Object {
    Object::from(json!({ "kind": kind, "metadata": { "namespace": namespace, "name": name } }))
}

/// Whether it is one that needs no filter.
pub(in crate::drive) fn is_native(body: &Value) -> bool {
    let kind = body.get("kind").and_then(Value::as_str);
    matches!(kind, Some("DestinationRule" | "VirtualService"))
}

/// Whether both are the same object, in whatever state.
pub(in crate::drive) fn same(one: &Object, other: &Object) -> bool {
    let id =
        |object: &Object| [object.kind(), object.namespace(), object.name()].map(str::to_owned);
    id(one) == id(other)
}

/// Whether serin made it for this Release.
pub(in crate::drive) fn is_ours(object: &Object, release: &str) -> bool {
    object.annotation(mesh_objects::RELEASE) == Some(release)
}

/// Objects that serin made, those first that are removed first: what was applied last.
#[must_use]
pub fn in_order_of_removal(mut objects: Vec<Object>) -> Vec<Object> {
    objects.sort_by_cached_key(|object| {
        Reverse((number(object), object.namespace().to_owned(), object.name().to_owned()))
    });
    objects
}

/// When in the order of applying; by its kind where nothing is written.
fn number(object: &Object) -> u32 {
    let written = object.annotation(ORDER).and_then(|text| text.parse().ok());
    written.unwrap_or(match object.kind() {
        "DestinationRule" => 10,
        "VirtualService" => 20,
        "WasmPlugin" => 30,
        _ if object.name().contains(".install.") => 30,
        _ => 40,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(kind: &str, name: &str, order: Option<&str>) -> Object {
        let annotations = order.map_or_else(|| json!({}), |order| json!({ ORDER: order }));
        let metadata = json!({ "namespace": "shop", "name": name, "annotations": annotations });
        Object::from(json!({ "kind": kind, "metadata": metadata }))
    }

    #[test]
    fn what_was_applied_last_goes_first() {
        let objects = vec![
            object("DestinationRule", "serin-a", None),
            object("EnvoyFilter", "serin.shop.a.switch.sidecar.all", None),
            object("VirtualService", "serin-a", Some("35")),
            object("EnvoyFilter", "serin.shop.a.install.sidecar.all", Some("30")),
            object("EnvoyFilter", "serin.shop.a.install.gateway.all", None),
        ];
        let names: Vec<String> = in_order_of_removal(objects)
            .iter()
            .map(|object| format!("{} {}", object.kind(), object.name()))
            .collect();
        assert_eq!(
            names,
            [
                "EnvoyFilter serin.shop.a.switch.sidecar.all",
                "VirtualService serin-a",
                "EnvoyFilter serin.shop.a.install.sidecar.all",
                "EnvoyFilter serin.shop.a.install.gateway.all",
                "DestinationRule serin-a",
            ]
        );
    }

    #[test]
    fn what_is_rendered_otherwise_has_another_stamp() {
        let manifest = |hosts: &str| Manifest {
            file_name: "20-virtual-service.yaml".to_owned(),
            head: Vec::new(),
            body: json!({
                "kind": "VirtualService",
                "metadata": { "name": "a", "annotations": { "serin.dev/release": "shop/a" } },
                "spec": { "hosts": [hosts] },
            }),
        };
        let one = stamped(&manifest("a"));
        assert_eq!(one, stamped(&manifest("a")));
        assert_ne!(one.annotation(RENDERED), stamped(&manifest("b")).annotation(RENDERED));
        assert_eq!(one.annotation(ORDER), Some("20"));
        assert!(is_ours(&one, "shop/a") && !is_ours(&one, "shop/b"));
    }
}
