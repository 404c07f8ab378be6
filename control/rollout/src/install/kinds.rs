//! The kinds of the controller's objects, as the API has them.

use serde_json::Value;

use crate::drive::cluster::Resource;

const fn kind(
    group: &'static str,
    version: &'static str,
    plural: &'static str,
    kind: &'static str,
) -> Resource {
    Resource { group, version, plural, kind }
}

const RBAC: &str = "rbac.authorization.k8s.io";
/// The API group of the policy.
pub(crate) const ADMISSION: &str = "admissionregistration.k8s.io";

const KINDS: [Resource; 12] = [
    Resource::NAMESPACE,
    Resource::CRD,
    Resource::DEPLOYMENT,
    kind("", "v1", "serviceaccounts", "ServiceAccount"),
    kind("", "v1", "services", "Service"),
    kind("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget"),
    kind(RBAC, "v1", "clusterroles", "ClusterRole"),
    kind(RBAC, "v1", "clusterrolebindings", "ClusterRoleBinding"),
    kind(RBAC, "v1", "roles", "Role"),
    kind(RBAC, "v1", "rolebindings", "RoleBinding"),
    kind(ADMISSION, "v1", "validatingadmissionpolicies", "ValidatingAdmissionPolicy"),
    kind(ADMISSION, "v1", "validatingadmissionpolicybindings", "ValidatingAdmissionPolicyBinding"),
];

/// The kind of an object.
pub(crate) fn of(object: &Value) -> Option<Resource> {
    KINDS.into_iter().find(|resource| {
        object["kind"] == resource.kind && object["apiVersion"] == resource.api_version()
    })
}
