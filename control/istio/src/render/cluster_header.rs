//! The route that takes its cluster from a header: [`super::mode::Mode::ClusterHeader`].

mod duration;
mod retries;
mod settings;

use policy::Policy;
use serde_json::{Value, json};

use super::{fallback, mirror};
use crate::{decision_header, names};

pub use settings::{OfRules, Settings, of_object, of_rules};

/// The route, to stand before a rule's own. It says nothing of the rule's `match`: only a request that was routed
/// to the rule at first ran the filter, and no other has the header, since clients' own are removed early. So it
/// takes nothing from other routes. And it names the clusters of this Release, so that no other header value
/// leads anywhere.
///
/// All rules must have the same settings: a decision says which cluster, not which rule.
#[must_use]
pub fn route(policy: &Policy, settings: &Settings) -> Value {
    let clusters: Vec<String> = decision_header::others(policy)
        .map(|id| literal(&names::target_cluster(policy, id)))
        .collect();
    let mut action = json!({
        "cluster_header": decision_header::CLUSTER,
        "timeout": settings.timeout,
        // As Istio writes it (pilot/pkg/networking/core/route/route.go, setTimeout).
        "max_grpc_timeout": settings.timeout,
    });
    if let Some(mut retry_policy) = settings.retry_policy.clone() {
        if fallback::is_on(policy) {
            retry_policy["retry_priority"] = fallback::retry_priority();
        }
        action["retry_policy"] = retry_policy;
    }
    mirror::add(policy, &mut action);
    json!({
        "name": format!("{}.cluster-header", names::qualified(policy)),
        "match": {
            "prefix": "/",
            "headers": [{
                "name": decision_header::CLUSTER,
                "string_match": { "safe_regex": { "regex": clusters.join("|") } },
            }],
        },
        "request_headers_to_remove": [decision_header::CLUSTER],
        "route": action,
    })
}

/// The name of a cluster as a pattern for itself: of what a pattern could take otherwise it has only these.
fn literal(cluster: &str) -> String {
    cluster.replace('.', r"\.").replace('|', r"\|")
}

#[cfg(test)]
mod tests;
