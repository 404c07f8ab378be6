//! The objects that a cluster needs to run the controller: what `serin install` prints, `deploy/` holds and
//! `serin uninstall` removes.
//!
//! They depend on nothing but [`Installation`]. They are in the order in which they can be applied.

mod deployment;
pub(crate) mod kinds;
pub(crate) mod labels;
mod monitoring;
mod namespace;
mod rbac;
pub mod rights;

use document::report::Message;
use serde_json::Value;

use crate::admission;
use crate::crd;
use crate::drive::lease;

/// What all objects of the controller are called. The Lease, by which the commands find it, has this name, too.
pub const NAME: &str = lease::NAME;
/// The ConfigMap in which the controller keeps how far others were told.
pub const NOTIFICATIONS: &str = "serin-notifications";
/// The port of probes and metrics.
pub const PORT: u16 = 8080;
/// The name of that port.
const PORT_NAME: &str = "http-metrics";

/// What differs between two installations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installation {
    /// Where the controller runs.
    pub namespace: String,
    /// Where istiod runs.
    pub istio_namespace: String,
    /// The container image of `serin`.
    pub image: String,
    /// How many controllers run; one of them acts.
    pub replicas: u16,
    /// Whether the API server is to refuse what a user may not write into a status: see [`admission`].
    pub policy: bool,
    /// Further arguments of `serin controller`.
    pub arguments: Vec<String>,
}

impl Installation {
    /// With this image, and all else as `serin install` has it.
    #[must_use]
    pub fn new(image: impl Into<String>) -> Self {
        Self {
            namespace: lease::NAMESPACE.to_owned(),
            istio_namespace: ISTIO_NAMESPACE.to_owned(),
            image: image.into(),
            replicas: 2,
            policy: true,
            arguments: Vec::new(),
        }
    }

    /// The objects, in the order in which they can be applied.
    ///
    /// # Errors
    /// As [`crd::definition`].
    pub fn objects(&self) -> Result<Vec<Value>, Message> {
        let mut objects = vec![namespace::object(self), crd::definition()?];
        if self.policy {
            objects.extend(admission::objects(&self.namespace));
        }
        objects.extend(rbac::objects(self));
        objects.push(deployment::object(self));
        objects.extend(monitoring::budget(self));
        objects.push(monitoring::service(self));
        Ok(objects)
    }
}

/// Where istiod runs by default.
pub const ISTIO_NAMESPACE: &str = "istio-system";

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(installation: &Installation) -> Vec<String> {
        let objects = installation.objects().unwrap();
        objects.iter().map(|object| object["kind"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn each_object_stands_behind_what_it_needs() {
        let kinds = kinds(&Installation::new("serin"));
        let first = |kind: &str| kinds.iter().position(|found| found == kind).unwrap();
        for (before, after) in [
            ("Namespace", "ServiceAccount"),
            ("CustomResourceDefinition", "Deployment"),
            ("ClusterRole", "ClusterRoleBinding"),
            ("Role", "RoleBinding"),
            ("RoleBinding", "Deployment"),
        ] {
            assert!(first(before) < first(after), "{before} {after}: {kinds:?}");
        }
    }

    #[test]
    fn one_controller_alone_does_not_keep_its_node_from_being_drained() {
        let one = Installation { replicas: 1, ..Installation::new("serin") };
        assert!(!kinds(&one).contains(&"PodDisruptionBudget".to_owned()));
        assert!(kinds(&Installation::new("serin")).contains(&"PodDisruptionBudget".to_owned()));
    }

    #[test]
    fn no_two_objects_are_the_same() {
        let objects = Installation::new("serin").objects().unwrap();
        let name = |object: &Value| {
            let metadata = &object["metadata"];
            format!("{} {} {}", object["kind"], metadata["namespace"], metadata["name"])
        };
        let mut names: Vec<String> = objects.iter().map(name).collect();
        names.sort();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count, "{names:?}");
    }
}
