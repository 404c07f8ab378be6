//! The VirtualService that pins every caller in the mesh to the stable subset: what is not decided, by a proxy
//! without the filter too, never reaches all pods of the host.

use policy::Policy;
use serde_json::json;

use super::{Manifest, metadata, names};

/// The manifest. Its only rule has the name by which the filter's routes are found. No time-out, no retries:
/// those of the mesh. No port either: the host's other ports would lose theirs.
#[must_use]
pub fn manifest(policy: &Policy) -> Manifest {
    let host = policy.host().fqdn();
    let stable = policy.subset_name(policy.stable());
    let purpose = [
        format!("Sends every caller of {host} in the mesh to the subset {stable}, until a filter decides otherwise."),
        "Apply it after the DestinationRule. Another VirtualService for this host and the mesh would be its rival:"
            .to_owned(),
        format!("then leave this one out, and name the rule there `{}`.", names::qualified(policy)),
    ];
    let purpose: Vec<&str> = purpose.iter().map(String::as_str).collect();
    let body = json!({
        "apiVersion": "networking.istio.io/v1",
        "kind": "VirtualService",
        "metadata": metadata::of(policy, &names::object(policy), policy.namespace()),
        "spec": {
            "hosts": [host],
            "http": [{
                "name": names::qualified(policy),
                "route": [{ "destination": { "host": host, "subset": stable } }],
            }],
        },
    });
    Manifest::new(policy, "20-virtual-service.yaml", &purpose, body)
}
