//! What proxies decide by: the Release in the filter's configuration, which need not be that of the cluster.

use istio::render::configuration;
use policy::{Checked, Node, Path, Policy, Problems};
use serde::Deserialize;

use super::{Desired, back};
use crate::drive::cluster::Object;

/// The Release by which requests are decided now, and the one by which they will be; none where either has no filter.
#[must_use]
pub(in crate::drive) fn change(policy: &Policy, desired: &Desired) -> Option<(Checked, Checked)> {
    Some((release(policy, &desired.found)?, release(policy, &desired.objects)?))
}

/// The Release in the configuration of the first object that has one. All have the same.
fn release(policy: &Policy, objects: &[Object]) -> Option<Checked> {
    let mut installing = objects.iter().filter(|object| back::is_installing(object));
    let release = installing.find_map(|object| configuration::release(object.value(), policy))?;
    let node = Node::deserialize(release).ok()?;
    policy::check(&node, &Path::root(), &mut Problems::default())
}
