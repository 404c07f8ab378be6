//! Where the API has the objects of a kind.

use kube::Resource as _;
use kube::api::DynamicObject;
use kube::core::{ApiResource, Request};
use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
use rollout::drive::cluster::Resource;

/// The requests for objects of this kind, in a namespace, or in all of them.
pub(super) fn requests(resource: &Resource, namespace: Option<&str>) -> Request {
    let namespace = namespace.map(encoded);
    Request::new(DynamicObject::url_path(&described(resource), namespace.as_deref()))
}

/// The kind, as kube describes one.
pub(super) fn described(resource: &Resource) -> ApiResource {
    ApiResource {
        group: resource.group.to_owned(),
        version: resource.version.to_owned(),
        api_version: resource.api_version(),
        kind: resource.kind.to_owned(),
        plural: resource.plural.to_owned(),
    }
}

/// A name, as it stands in a path: whatever a user types, it stays one segment.
pub(super) fn encoded(name: &str) -> String {
    percent_encode(name.as_bytes(), NON_ALPHANUMERIC).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_the_api() {
        let path = |resource: &Resource, namespace, name: Option<&str>, part| {
            let path = requests(resource, namespace).url_path;
            let name = name.map(|name| format!("/{}", encoded(name))).unwrap_or_default();
            format!("{path}{name}{part}")
        };
        assert_eq!(path(&Resource::POD, Some("a"), None, ""), "/api/v1/namespaces/a/pods");
        assert_eq!(path(&Resource::NAMESPACE, None, Some("a"), ""), "/api/v1/namespaces/a");
        assert_eq!(
            path(&Resource::RELEASE, Some("a"), Some("b"), "/status"),
            "/apis/serin.dev/v1alpha1/namespaces/a/releases/b/status"
        );
        assert_eq!(
            path(&Resource::CRD, None, Some("a.b"), ""),
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/a%2Eb"
        );
        assert_eq!(
            path(&Resource::RELEASE, Some("a/b"), Some("../c?d"), ""),
            "/apis/serin.dev/v1alpha1/namespaces/a%2Fb/releases/%2E%2E%2Fc%3Fd"
        );
    }
}
