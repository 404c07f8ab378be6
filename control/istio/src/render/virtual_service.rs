//! The VirtualService that pins every caller in the mesh to the stable subset: what is not decided, by a proxy
//! without the filter too, never reaches all pods of the host.

use policy::{Policy, Problem};
use serde_json::{Value, json};

use super::Manifest;
use crate::gate::Gate;
use crate::weave::{self, Rules};
use crate::{metadata, names};

/// The manifest. Its only rule has the name by which the filter's routes are found. No time-out, no retries:
/// those of the mesh. No port either: the host's other ports would lose theirs.
#[must_use]
pub fn manifest(policy: &Policy) -> Manifest {
    let when = "Apply it after the DestinationRule.";
    manifest_of(policy, "20-virtual-service.yaml", when, body(policy))
}

/// The manifest whose rule has a copy in front for every other subset, and one for what passes the gate,
/// as any user's VirtualService gets them; and what its rules are called.
///
/// # Errors
/// When it cannot be woven.
pub fn with_copies(policy: &Policy, gate: Option<&Gate>) -> Result<(Manifest, Rules), String> {
    let (mode, gate) = (weave::Mode::Copies, gate.cloned());
    let options = weave::Options { mode, gateways: Vec::new(), gate };
    let woven = weave::weave_object(&body(policy), policy, &options)
        .map_err(|found| found.iter().map(Problem::text).collect::<Vec<_>>().join("; "))?;
    let mut body = woven.output;
    // What weaving remembers for taking it out again: this is made anew each time.
    body["metadata"] = metadata(policy);
    let when =
        "Apply it after the filter is installed, which protects it from headers that clients set.";
    let manifest = manifest_of(policy, "35-virtual-service.yaml", when, body);
    let rules = woven.mesh.ok_or("its VirtualService for the mesh was not found again")?;
    Ok((manifest, rules))
}

fn manifest_of(policy: &Policy, file_name: &str, when: &str, body: Value) -> Manifest {
    let host = policy.host().fqdn();
    let stable = policy.subset_name(policy.stable());
    let what = format!(
        "Sends every request for {host} in the mesh to the subset {stable}, unless a filter decides otherwise."
    );
    let when =
        format!("{when} If you have a VirtualService for this host in the mesh, the two conflict:");
    let rival = "use `serin render --into FILE` with yours, which leaves this one out.";
    Manifest::new(policy, file_name, &[&what, &when, rival], body)
}

fn metadata(policy: &Policy) -> Value {
    metadata::for_policy(policy, &names::object(policy), policy.namespace())
}

fn body(policy: &Policy) -> Value {
    let host = policy.host().fqdn();
    let stable = policy.subset_name(policy.stable());
    json!({
        "apiVersion": "networking.istio.io/v1",
        "kind": "VirtualService",
        "metadata": metadata(policy),
        "spec": {
            "hosts": [host],
            "http": [{
                "name": names::qualified(policy),
                "route": [{ "destination": { "host": host, "subset": stable } }],
            }],
        },
    })
}
