//! Namespaces that have a say: those of other people's proxies.

use std::collections::BTreeSet;

use super::super::failure::{Blocker, Failure};
use super::super::subject::Subject;
use crate::drive::cluster::consent::ATTACH_FROM;

/// That every namespace of `attach` lets Releases of this one in.
pub(super) async fn check(subject: &Subject<'_>) -> Result<(), Failure> {
    let policy = subject.policy();
    let own = policy.namespace();
    let namespaces: BTreeSet<&str> =
        policy.attach().iter().map(|attach| attach.namespace.as_str()).collect();
    let mut blockers = Vec::new();
    for namespace in namespaces {
        if !subject.cluster.consents(namespace, own).await? {
            blockers.push(Blocker::new(
                format!(
                    "the namespace {namespace} does not allow Releases of {own} to attach to its proxies"
                ),
                format!(
                    "allow it: `kubectl annotate namespace {namespace} {ATTACH_FROM}={own}`"
                ),
            ));
        }
    }
    Failure::check(blockers)
}
