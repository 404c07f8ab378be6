//! `mirror`: Envoy copies requests for another subset, and drops its answers.
//!
//! It is an option of a route beside where that leads, so it says nothing of the subset that answers. The copies go to
//! the subset's own cluster: where that has no endpoints they are dropped, and never fall back to stable. A request is
//! copied by the proxy that routes it, after its filters: the filter decides and counts it once.

use policy::Policy;
use serde_json::{Value, json};

use crate::names;

/// The `request_mirror_policies` of each route of the Release; none where nothing is copied. As Istio writes a `mirror`
/// of a VirtualService (pilot/pkg/networking/core/route/route.go, `TranslateRequestMirrorPolicy`): without a trace of
/// its own, and with the host that was asked for, to which Envoy would append `-shadow`.
#[must_use]
pub fn policies(policy: &Policy) -> Option<Value> {
    let mirror = policy.mirror()?;
    Some(json!([{
        "cluster": names::cluster(policy, mirror.to),
        "runtime_fraction": {
            "default_value": { "numerator": mirror.share.hundredths(), "denominator": "TEN_THOUSAND" },
        },
        "trace_sampled": false,
        "disable_shadow_host_suffix_append": true,
    }]))
}

/// Has a route's `action` copy requests, if the Release does.
pub(super) fn add(policy: &Policy, action: &mut Value) {
    if let Some(policies) = policies(policy) {
        action["request_mirror_policies"] = policies;
    }
}
