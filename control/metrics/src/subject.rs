//! What is asked about: a Release's host, the candidate and stable.

use std::collections::BTreeSet;

use istio::names;
use policy::Checked;
use policy::policy::SubsetId;

/// The two subsets of a Release that are compared, and what metrics know them by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The Release: its namespace and its name, as the filter counts.
    pub release: String,
    /// The full name of the host.
    pub host: String,
    /// The subset that is judged.
    pub candidate: Version,
    /// The subset that it is compared with.
    pub stable: Version,
    /// Whether stable serves the users of a candidate that is not available: proxies count that as stable's success.
    pub falls_back: bool,
    /// The pods whose proxies run the filter: their namespace and labels.
    pub attached: Vec<(String, Vec<(String, String)>)>,
    /// The namespaces of the callers in which the filter runs; empty: not known.
    pub callers: BTreeSet<String>,
    /// Their `app` labels; empty where not all have one. Without the filter all requests go to stable: they do not
    /// belong into the comparison.
    pub apps: BTreeSet<String>,
    /// Whether durations are asked for, too.
    pub durations: bool,
}

/// A subset, as metrics know it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Version {
    /// Its name.
    pub name: String,
    /// The labels of its pods.
    pub labels: Vec<(String, String)>,
    /// Its Deployment.
    pub workload: Option<String>,
    /// The clusters of Envoy that requests decided for it go to; with a fallback they are those of both subsets.
    pub clusters: Vec<String>,
    /// The clusters of its own pods.
    pub own_clusters: Vec<String>,
}

impl Subject {
    /// A subset of a Release, against stable.
    #[must_use]
    pub fn new(release: &Checked, candidate: SubsetId, durations: bool) -> Self {
        let policy = &release.policy;
        let version = |subset: SubsetId| Version {
            name: policy.subset_name(subset).to_owned(),
            labels: policy
                .subsets()
                .get(subset.0)
                .map(|subset| subset.labels.clone())
                .unwrap_or_default(),
            workload: release.plan.workloads.get(subset.0).cloned().flatten(),
            clusters: vec![names::target_cluster(policy, subset)],
            own_clusters: vec![names::cluster(policy, subset)],
        };
        let attach = policy.attach();
        let app = |labels: &[(String, String)]| {
            labels.iter().find(|(key, _)| key == "app").map(|(_, value)| value.clone())
        };
        let apps: Option<BTreeSet<_>> = attach.iter().map(|entry| app(&entry.labels)).collect();
        Self {
            release: policy.full_name(),
            host: policy.host().fqdn().to_owned(),
            candidate: version(candidate),
            stable: version(policy.stable()),
            falls_back: policy.falls_back(candidate),
            attached: attach
                .iter()
                .map(|entry| (entry.namespace.clone(), entry.labels.clone()))
                .collect(),
            callers: attach.iter().map(|entry| entry.namespace.clone()).collect(),
            apps: apps.unwrap_or_default(),
            durations,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{Subject, Version};

    /// v2 of the reviews, against v1.
    pub(crate) fn subject() -> Subject {
        let version = |name: &str| Version {
            name: name.to_owned(),
            labels: vec![
                ("app".to_owned(), "reviews".to_owned()),
                ("version".to_owned(), name.to_owned()),
            ],
            workload: None,
            clusters: vec![format!("outbound|9080|{name}|reviews.bookinfo.svc.cluster.local")],
            own_clusters: vec![format!("outbound|9080|{name}|reviews.bookinfo.svc.cluster.local")],
        };
        Subject {
            release: "bookinfo/reviews".to_owned(),
            host: "reviews.bookinfo.svc.cluster.local".to_owned(),
            candidate: version("v2"),
            stable: version("v1"),
            falls_back: false,
            attached: vec![(
                "bookinfo".to_owned(),
                vec![("app".to_owned(), "productpage".to_owned())],
            )],
            callers: ["bookinfo".to_owned()].into(),
            apps: ["productpage".to_owned()].into(),
            durations: false,
        }
    }
}
