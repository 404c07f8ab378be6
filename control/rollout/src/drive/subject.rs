//! What is driven: a Release, and how its mesh objects are made.

use std::collections::BTreeSet;

use istio::render::mesh;
use policy::Policy;
use policy::policy::SubsetId;
use policy::rollout::Plan;

use super::cluster::{Cluster, Object, endpoints};
use super::compiler::Compiled;
use super::failure::{Blocker, Failure};

/// A Release that is driven.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// Where.
    pub cluster: &'a dyn Cluster,
    /// The object of the cluster, as it was read: no change is made for another state than its own.
    pub object: &'a Object,
    /// As it is written.
    pub release: &'a Compiled,
    /// How its objects are made; what stands in the way of that, where it is not known.
    pub mesh: Result<&'a mesh::Options, &'a [Blocker]>,
    /// Which gateways of a user's VirtualService are those of `attach`, where it has several (`--gateway`).
    pub gateways: &'a [String],
}

impl<'a> Subject<'a> {
    /// What the Release means.
    #[must_use]
    pub fn policy(&self) -> &'a Policy {
        &self.release.policy
    }

    /// Its steps.
    #[must_use]
    pub fn plan(&self) -> &'a Plan {
        &self.release.plan
    }

    /// How its objects are made.
    ///
    /// # Errors
    /// When that is not known.
    pub fn mesh_options(&self) -> Result<&'a mesh::Options, Failure> {
        self.mesh.map_err(|blockers| Failure::Blocked(blockers.to_vec()))
    }

    /// The service and its namespace; none where the host is not one of the cluster.
    #[must_use]
    pub fn service(&self) -> Option<(&'a str, &'a str)> {
        endpoints::service(self.policy().host().fqdn())
    }

    /// The namespace of the pods.
    #[must_use]
    pub fn namespace(&self) -> &'a str {
        self.service().map_or(self.policy().namespace(), |(_, namespace)| namespace)
    }

    /// The Deployment of a subset; none where none is written.
    #[must_use]
    pub fn workload(&self, subset: SubsetId) -> Option<&'a str> {
        self.plan().workloads.get(subset.0)?.as_deref()
    }

    /// The namespaces whose proxies run the filter, and the Release's own.
    #[must_use]
    pub fn concerned(&self) -> BTreeSet<String> {
        let policy = self.policy();
        let attached = policy.attach().iter().map(|attach| attach.namespace.clone());
        attached.chain([policy.namespace().to_owned()]).collect()
    }
}
