//! The cluster specifier that turns a decision in the filter state into a cluster; no decision: the stable one.

use policy::Policy;
use policy::policy::SubsetId;
use serde_json::{Value, json};

use crate::names;

/// The `inline_cluster_specifier_plugin` of a route (Envoy >= 1.35).
#[must_use]
pub fn cluster_specifier(policy: &Policy) -> Value {
    let others = (0..policy.subsets().len()).map(SubsetId).filter(|id| *id != policy.stable());
    let matchers: Vec<Value> = others.map(|id| matcher(policy, id)).collect();
    let stable = on_match(policy, policy.stable());
    // An empty list of matchers is not valid.
    let cluster_matcher = if matchers.is_empty() {
        json!({ "on_no_match": stable })
    } else {
        json!({ "matcher_list": { "matchers": matchers }, "on_no_match": stable })
    };
    json!({
        "extension": {
            "name": "envoy.router.cluster_specifier_plugin.matcher",
            "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.router.cluster_specifiers.matcher.v3.MatcherClusterSpecifier",
                "cluster_matcher": cluster_matcher,
            },
        },
    })
}

fn matcher(policy: &Policy, subset: SubsetId) -> Value {
    json!({
        "predicate": {
            "single_predicate": {
                "input": {
                    "name": "decision",
                    "typed_config": {
                        "@type": "type.googleapis.com/envoy.extensions.matching.common_inputs.network.v3.FilterStateInput",
                        // Envoy puts what a wasm filter sets as a property below `wasm.`.
                        "key": format!("wasm.{}", policy.property()),
                    },
                },
                "value_match": { "exact": policy.subset_name(subset) },
            },
        },
        "on_match": on_match(policy, subset),
    })
}

fn on_match(policy: &Policy, subset: SubsetId) -> Value {
    json!({
        "action": {
            "name": policy.subset_name(subset),
            "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.router.cluster_specifiers.matcher.v3.ClusterAction",
                "cluster": names::target_cluster(policy, subset),
            },
        },
    })
}
