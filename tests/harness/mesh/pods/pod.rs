//! A pod, as the API has it.

use std::net::IpAddr;

use serde_json::Value;

/// The labels that say which subset a pod is of; the first that it has does.
const SUBSET: [&str; 3] = ["version", "pipecd.dev/variant", "app"];

/// A pod whose containers run at an address.
#[derive(Debug)]
pub(super) struct Pod {
    pub(super) uid: String,
    pub(super) address: IpAddr,
    pub(super) subset: String,
}

/// The pod of an object; none where it has no address yet, or its containers do not run.
pub(super) fn read(object: &Value) -> Option<Pod> {
    let text = |pointer| object.pointer(pointer).and_then(Value::as_str);
    let labels = &object["metadata"]["labels"];
    let subset = SUBSET.iter().find_map(|label| labels[label].as_str())?;
    let containers = object.pointer("/status/containerStatuses")?.as_array()?;
    let runs = containers.iter().all(|status| status.pointer("/state/running").is_some());
    let address = text("/status/podIP")?.parse().ok()?;
    let uid = text("/metadata/uid")?.to_owned();
    runs.then(|| Pod { uid, address, subset: subset.to_owned() })
}
