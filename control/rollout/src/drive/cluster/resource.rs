//! The kinds of objects that are asked for.

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
    /// What runs the pods of a subset.
    pub const DEPLOYMENT: Self = Self::new("apps", "v1", "deployments", "Deployment");
    /// What owns the number of those pods.
    pub const AUTOSCALER: Self =
        Self::new("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler");
    /// Pods.
    pub const POD: Self = Self::new("", "v1", "pods", "Pod");
    /// Namespaces.
    pub const NAMESPACE: Self = Self::new("", "v1", "namespaces", "Namespace");
    /// The endpoints of services.
    pub const ENDPOINT_SLICE: Self =
        Self::new("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice");
    /// Who of several acts.
    pub const LEASE: Self = Self::new("coordination.k8s.io", "v1", "leases", "Lease");
    /// What a controller keeps for the next one.
    pub const CONFIG_MAP: Self = Self::new("", "v1", "configmaps", "ConfigMap");
    /// What happened to an object.
    pub const EVENT: Self = Self::new("events.k8s.io", "v1", "events", "Event");
    /// The definitions of kinds, Releases among them.
    pub const CRD: Self = Self::new(
        "apiextensions.k8s.io",
        "v1",
        "customresourcedefinitions",
        "CustomResourceDefinition",
    );

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
}
