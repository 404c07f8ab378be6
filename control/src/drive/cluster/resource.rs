//! The kinds of objects that are asked for, and where the API has them.

use percent_encoding::{NON_ALPHANUMERIC, percent_encode};

/// A kind of objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resource {
    /// Empty: the core's.
    pub group: &'static str,
    /// Of the API.
    pub version: &'static str,
    /// As in a path.
    pub plural: &'static str,
    /// As in an object.
    pub kind: &'static str,
}

impl Resource {
    const fn new(
        group: &'static str,
        version: &'static str,
        plural: &'static str,
        kind: &'static str,
    ) -> Self {
        Self { group, version, plural, kind }
    }

    /// Releases.
    pub const RELEASE: Self = Self::new("serin.dev", "v1alpha1", "releases", "Release");
    /// Subsets.
    pub const DESTINATION_RULE: Self =
        Self::new("networking.istio.io", "v1", "destinationrules", "DestinationRule");
    /// Routes.
    pub const VIRTUAL_SERVICE: Self =
        Self::new("networking.istio.io", "v1", "virtualservices", "VirtualService");
    /// Patches.
    pub const ENVOY_FILTER: Self =
        Self::new("networking.istio.io", "v1alpha3", "envoyfilters", "EnvoyFilter");
    /// Modules from registries that ask for a password.
    pub const WASM_PLUGIN: Self =
        Self::new("extensions.istio.io", "v1alpha1", "wasmplugins", "WasmPlugin");
    /// All that is rendered for a mesh.
    pub const MESH: [Self; 4] =
        [Self::DESTINATION_RULE, Self::VIRTUAL_SERVICE, Self::ENVOY_FILTER, Self::WASM_PLUGIN];
    pub(crate) const DEPLOYMENT: Self = Self::new("apps", "v1", "deployments", "Deployment");
    pub(crate) const AUTOSCALER: Self =
        Self::new("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler");
    pub(crate) const POD: Self = Self::new("", "v1", "pods", "Pod");
    pub(crate) const NAMESPACE: Self = Self::new("", "v1", "namespaces", "Namespace");
    pub(crate) const ENDPOINT_SLICE: Self =
        Self::new("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice");
    pub(crate) const CRD: Self = Self::new(
        "apiextensions.k8s.io",
        "v1",
        "customresourcedefinitions",
        "CustomResourceDefinition",
    );
    pub(crate) const SELF_REVIEW: Self =
        Self::new("authentication.k8s.io", "v1", "selfsubjectreviews", "SelfSubjectReview");

    /// The kind of an object that is rendered for a mesh.
    #[must_use]
    pub fn of_mesh(kind: &str) -> Option<Self> {
        Self::MESH.into_iter().find(|resource| resource.kind == kind)
    }

    /// As objects name it.
    #[must_use]
    pub fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.to_owned()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }

    /// Where they are, or one of them, or a part of that.
    pub(crate) fn path(
        &self,
        namespace: Option<&str>,
        name: Option<&str>,
        part: Option<&str>,
    ) -> String {
        let root = if self.group.is_empty() { "/api" } else { "/apis" };
        let mut path = format!("{root}/{}", self.api_version());
        let encoded = |text: &str| percent_encode(text.as_bytes(), NON_ALPHANUMERIC).to_string();
        if let Some(namespace) = namespace {
            path = format!("{path}/namespaces/{}", encoded(namespace));
        }
        path = format!("{path}/{}", self.plural);
        if let Some(name) = name {
            path = format!("{path}/{}", encoded(name));
        }
        match part {
            Some(part) => format!("{path}/{part}"),
            None => path,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_the_api() {
        assert_eq!(Resource::POD.path(Some("a"), None, None), "/api/v1/namespaces/a/pods");
        assert_eq!(Resource::NAMESPACE.path(None, Some("a"), None), "/api/v1/namespaces/a");
        assert_eq!(
            Resource::RELEASE.path(Some("a"), Some("b"), Some("status")),
            "/apis/serin.dev/v1alpha1/namespaces/a/releases/b/status"
        );
        assert_eq!(
            Resource::CRD.path(None, Some("a.b"), None),
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/a%2Eb"
        );
    }
}
