//! What of a Release can be known to change nothing in a mesh, by what stands beside it.
//!
//! istiod compares the virtual host of a patch as it is written: one that names another changes nothing, and nothing
//! says so. Only what is known counts: without the Gateway of a VirtualService any narrower host may be one of its own.

mod gateway;
mod service;

use policy::policy::AttachKind;
use policy::{Policy, Problem};

use super::surroundings::Surroundings;

/// How the Release is put into the mesh.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'a> {
    /// Which of the gateways of VirtualServices are those of `attach`; none: all.
    pub gateways: &'a [String],
    /// Whether patches do not name the virtual host of a gateway.
    pub is_any_host: bool,
}

/// All that changes nothing, each an error at its place in the Release.
#[must_use]
pub fn lacking(policy: &Policy, around: &Surroundings, options: &Options<'_>) -> Vec<Problem> {
    let mut problems = service::lacking(policy, around);
    problems.extend(service::rivals(policy, around));
    for attach in policy.attach() {
        match &attach.kind {
            AttachKind::Sidecar => problems.extend(service::hidden(policy, attach, around)),
            AttachKind::Gateway { hosts } if !options.is_any_host => {
                problems.extend(gateway::lacking(policy, attach, hosts, around, options));
            }
            AttachKind::Gateway { .. } => {}
        }
    }
    problems
}

/// What keeps the service from the sidecars of `attach`.
#[must_use]
pub fn hidden(policy: &Policy, around: &Surroundings) -> Vec<Problem> {
    let attach = policy.attach().iter();
    let sidecars = attach.filter(|attach| attach.kind == AttachKind::Sidecar);
    sidecars.filter_map(|attach| service::hidden(policy, attach, around)).collect()
}

#[cfg(test)]
mod tests;
