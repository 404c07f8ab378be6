//! The headers in which decisions travel where they are not filter state. Clients may send them too: each is
//! removed before anything looks at it, wherever it could count ([`crate::render::early_headers`]).

use policy::Policy;
use policy::config::Carrier;
use policy::policy::SubsetId;

use super::names;

/// The header that says which subset, for routes that match it.
pub const NAME: &str = "x-serin-subset";
/// The header that says which cluster, for routes that look up their cluster in it.
pub const CLUSTER: &str = "x-serin-cluster";

/// The decision for `subset` as the value of [`NAME`]: no other Release's decision looks like it.
#[must_use]
pub fn value(policy: &Policy, subset: SubsetId) -> String {
    format!("{}.{}/{}", policy.name(), policy.namespace(), policy.subset_name(subset))
}

/// Decisions as [`NAME`].
#[must_use]
pub fn subset_carrier(policy: &Policy) -> Carrier {
    carrier(policy, NAME, value)
}

/// Decisions as [`CLUSTER`].
#[must_use]
pub fn cluster_carrier(policy: &Policy) -> Carrier {
    carrier(policy, CLUSTER, names::target_cluster)
}

fn carrier(policy: &Policy, name: &str, value: impl Fn(&Policy, SubsetId) -> String) -> Carrier {
    let values =
        others(policy).map(|id| (policy.subset_name(id).to_owned(), value(policy, id))).collect();
    Carrier::Header { name: name.to_owned(), values }
}

/// The subsets for which there is something to decide: all but the stable one.
pub fn others(policy: &Policy) -> impl Iterator<Item = SubsetId> {
    let stable = policy.stable();
    (0..policy.subsets().len()).map(SubsetId).filter(move |id| *id != stable)
}
