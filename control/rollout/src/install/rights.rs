//! The rights of the controller, as data: each is there because a request of `drive`, or a watch, needs it.
//!
//! docs/controller.md shows the same list, and a test compares the two. Beside these it asks for what every user may:
//! who it is (`selfsubjectreviews`) and the version of the API.

use serde_json::{Value, json};

use super::{NAME, NOTIFICATIONS};
use crate::crd;
use crate::drive::cluster::Resource;

/// What may be done with kinds of one API group.
#[derive(Clone, Copy, Debug)]
pub struct Right {
    resources: &'static [Resource],
    /// A part of these objects, such as `status`; empty: the objects themselves.
    part: &'static str,
    /// Only objects of these names; empty: all.
    names: &'static [&'static str],
    verbs: &'static [&'static str],
}

impl Right {
    const fn to(verbs: &'static [&'static str], resources: &'static [Resource]) -> Self {
        Self { resources, part: "", names: &[], verbs }
    }

    const fn part(self, part: &'static str) -> Self {
        Self { part, ..self }
    }

    const fn named(self, names: &'static [&'static str]) -> Self {
        Self { names, ..self }
    }

    /// As a rule of a Role.
    pub(super) fn rule(&self) -> Value {
        let group = self.resources.first().map_or("", |resource| resource.group);
        let named = |resource: &Resource| match self.part {
            "" => resource.plural.to_owned(),
            part => format!("{}/{part}", resource.plural),
        };
        let resources: Vec<String> = self.resources.iter().map(named).collect();
        let mut rule = json!({ "apiGroups": [group], "resources": resources });
        if !self.names.is_empty() {
            rule["resourceNames"] = json!(self.names);
        }
        rule["verbs"] = json!(self.verbs);
        rule
    }
}

/// Everywhere.
pub const EVERYWHERE: &[Right] = &[
    // Adds and removes its finalizer, and deletes what was marked by `kubectl delete`.
    Right::to(&["get", "list", "watch", "update", "delete"], &[Resource::RELEASE]),
    Right::to(&["update"], &[Resource::RELEASE]).part("status"),
    Right::to(
        &["get", "list", "watch", "create", "patch", "update", "delete"],
        &[Resource::VIRTUAL_SERVICE, Resource::DESTINATION_RULE, Resource::ENVOY_FILTER],
    ),
    Right::to(
        &["get", "list", "watch", "create", "patch", "update", "delete"],
        &[Resource::WASM_PLUGIN],
    ),
    Right::to(&["get", "list", "watch", "create", "update", "delete"], &[Resource::DEPLOYMENT]),
    Right::to(&["patch"], &[Resource::DEPLOYMENT]).part("scale"),
    Right::to(&["list"], &[Resource::POD]),
    Right::to(&["list", "watch"], &[Resource::ENDPOINT_SLICE]),
    Right::to(&["list", "watch"], &[Resource::AUTOSCALER]),
    // The annotation by which a namespace lets others attach to its proxies.
    Right::to(&["get"], &[Resource::NAMESPACE]),
    Right::to(&["get"], &[Resource::CRD]).named(&[crd::NAME]),
    // What happens to a Release, where `kubectl describe` shows it.
    Right::to(&["create", "patch"], &[Resource::EVENT]),
];

/// In its own namespace: its Lease, and how far others were told.
pub const AT_HOME: &[Right] = &[
    // A name that is not there yet cannot be granted.
    Right::to(&["create"], &[Resource::LEASE]),
    Right::to(&["get", "update"], &[Resource::LEASE]).named(&[NAME]),
    Right::to(&["create"], &[Resource::CONFIG_MAP]),
    Right::to(&["get", "update"], &[Resource::CONFIG_MAP]).named(&[NOTIFICATIONS]),
];

/// In the namespace of istiod: whether proxies have what was applied.
pub const AT_ISTIOD: &[Right] = &[
    Right::to(&["list"], &[Resource::POD]),
    // The API server asks for the one or the other, as its version has it.
    Right::to(&["get", "create"], &[Resource::POD]).part("portforward"),
];

/// What every user may: see whether a controller acts.
pub const OF_ALL_USERS: &[Right] = &[Right::to(&["get"], &[Resource::LEASE]).named(&[NAME])];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_right_is_about_one_group_and_names_neither_all_verbs_nor_all_kinds() {
        for right in [EVERYWHERE, AT_HOME, AT_ISTIOD, OF_ALL_USERS].concat() {
            let groups: Vec<&str> = right.resources.iter().map(|kind| kind.group).collect();
            assert!(groups.iter().all(|group| *group == groups[0]), "{right:?}");
            assert!(!right.rule().to_string().contains('*'), "{right:?}");
        }
    }
}
