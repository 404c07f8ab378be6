//! What was changed in the mesh, and whether istiod has it.

use serde_json::Value;

use super::Object;
use crate::cluster::label;

/// What was changed in the mesh.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Changed {
    /// This object, to this state.
    Applied {
        /// Its kind.
        kind: String,
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
        /// What tells the state.
        resource_version: String,
    },
    /// This object is gone.
    Removed {
        /// Its kind.
        kind: String,
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
    },
}

impl Changed {
    /// This object, as it is now.
    #[must_use]
    pub fn applied(object: &Object) -> Self {
        Self::Applied {
            kind: object.kind().to_owned(),
            namespace: object.namespace().to_owned(),
            name: object.name().to_owned(),
            resource_version: object.resource_version().to_owned(),
        }
    }

    /// That this object is gone.
    #[must_use]
    pub fn removed(object: &Object) -> Self {
        Self::Removed {
            kind: object.kind().to_owned(),
            namespace: object.namespace().to_owned(),
            name: object.name().to_owned(),
        }
    }

    fn id(&self) -> (&str, &str, &str) {
        match self {
            Self::Applied { kind, namespace, name, .. }
            | Self::Removed { kind, namespace, name } => (kind, namespace, name),
        }
    }

    /// Its namespace.
    pub(super) fn namespace(&self) -> &str {
        self.id().1
    }

    /// Whether it is a patch: for all proxies of its namespace, and no others.
    pub(super) fn is_patch(&self) -> bool {
        matches!(self.id().0, "EnvoyFilter" | "WasmPlugin")
    }

    /// For people.
    pub(super) fn title(&self) -> String {
        let (kind, namespace, name) = self.id();
        label(kind, Some(namespace), Some(name))
    }

    /// Whether it is so in the list of all configuration that istiod has.
    fn is_known(&self, known: &[Value]) -> bool {
        let (kind, namespace, name) = self.id();
        let text = |object: &Value, pointer: &str| {
            object.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        let found = known.iter().find(|object| {
            object.get("kind").and_then(Value::as_str) == Some(kind)
                && text(object, "/metadata/namespace") == namespace
                && text(object, "/metadata/name") == name
        });
        match (self, found) {
            (Self::Applied { resource_version, .. }, Some(object)) => {
                is_at_least(&text(object, "/metadata/resourceVersion"), resource_version)
            }
            (Self::Applied { .. }, None) => false,
            (Self::Removed { .. }, found) => found.is_none(),
        }
    }
}

/// Whether all of it is so in an answer to `/debug/configz`.
pub(super) fn all_known(changed: &[Changed], answer: &Value) -> bool {
    let known = answer.as_array().map(Vec::as_slice).unwrap_or_default();
    changed.iter().all(|changed| changed.is_known(known))
}

/// Whether a resource version is this one or a later one, which numbers tell (KEP-5504: they can be compared).
fn is_at_least(found: &str, wanted: &str) -> bool {
    match (found.parse::<u128>(), wanted.parse::<u128>()) {
        (Ok(found), Ok(wanted)) => found >= wanted,
        _ => found == wanted,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(version: &str) -> Object {
        Object::from(json!({
            "kind": "EnvoyFilter",
            "metadata": { "namespace": "shop", "name": "a", "resourceVersion": version },
        }))
    }

    #[test]
    fn istiod_has_an_object_when_it_has_its_state_or_a_later_one() {
        let answer = json!([{
            "kind": "EnvoyFilter",
            "metadata": { "namespace": "shop", "name": "a", "resourceVersion": "100" },
        }]);
        let has = |version: &str| all_known(&[Changed::applied(&object(version))], &answer);
        assert!(has("100") && has("99"));
        assert!(!has("101"));
        let removed = [Changed::removed(&object("100"))];
        assert!(!all_known(&removed, &answer));
        assert!(all_known(&removed, &json!([])));
        assert!(!all_known(&[Changed::applied(&object("1"))], &json!([])));
    }
}
