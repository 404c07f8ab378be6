//! What was changed in the mesh, and whether istiod has it.

use crate::drive::cluster::{Object, title};

/// Places in [`Proxy::exchanges`].
///
/// [`Proxy::exchanges`]: super::Proxy::exchanges
const CLUSTERS: usize = 0;
const LISTENERS: usize = 1;
const ROUTES: usize = 2;
const EXTENSIONS: usize = 3;

/// Such places.
pub(super) type Kinds = &'static [usize];

/// That of the filter's configuration.
pub(super) const CONFIGURATION: Kinds = &[EXTENSIONS];

/// All of them.
pub(super) const EVERY: Kinds = &[CLUSTERS, LISTENERS, ROUTES, EXTENSIONS];

/// An object that an istiod has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Its kind.
    pub kind: String,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// What tells the state of it.
    pub resource_version: String,
}

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

    /// What of the kinds of [`Proxy::exchanges`] a proxy is sent for it, where it asks for it: of a push, clusters come first
    /// and extensions last.
    ///
    /// [`Proxy::exchanges`]: super::Proxy::exchanges
    pub(super) fn kinds(&self) -> Kinds {
        match self.id().0 {
            "EnvoyFilter" => EVERY,
            "WasmPlugin" => &[LISTENERS, EXTENSIONS],
            _ => &[ROUTES],
        }
    }

    /// For people.
    pub(super) fn title(&self) -> String {
        let (kind, namespace, name) = self.id();
        title(kind, Some(namespace), Some(name))
    }

    /// Whether it is so in all that an istiod has.
    fn is_known(&self, known: &[Known]) -> bool {
        let (kind, namespace, name) = self.id();
        let found = known
            .iter()
            .find(|found| found.kind == kind && found.namespace == namespace && found.name == name);
        match (self, found) {
            (Self::Applied { resource_version, .. }, Some(found)) => {
                is_at_least(&found.resource_version, resource_version)
            }
            (Self::Applied { .. }, None) => false,
            (Self::Removed { .. }, found) => found.is_none(),
        }
    }
}

/// Whether all of it is so in what an istiod has.
pub(super) fn all_known(changed: &[Changed], known: &[Known]) -> bool {
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
        let text = |text: &str| text.to_owned();
        let answer = [Known {
            kind: text("EnvoyFilter"),
            namespace: text("shop"),
            name: text("a"),
            resource_version: text("100"),
        }];
        let has = |version: &str| all_known(&[Changed::applied(&object(version))], &answer);
        assert!(has("100") && has("99"));
        assert!(!has("101"));
        let removed = [Changed::removed(&object("100"))];
        assert!(!all_known(&removed, &answer));
        assert!(all_known(&removed, &[]));
        assert!(!all_known(&[Changed::applied(&object("1"))], &[]));
    }
}
