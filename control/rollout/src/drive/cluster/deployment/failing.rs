//! Why pods do not become ready, as the API says it.

use serde_json::Value;

use crate::drive::cluster::Object;

/// The reasons for which a container waits that do not pass by themselves.
const STUCK: [&str; 8] = [
    "CrashLoopBackOff",
    "ImagePullBackOff",
    "ErrImagePull",
    "InvalidImageName",
    "ErrImageNeverPull",
    "CreateContainerConfigError",
    "CreateContainerError",
    "RunContainerError",
];

/// Why pods of the Deployment, among these, do not become ready.
pub(super) fn reason(deployment: &Object, pods: &[Object]) -> Option<String> {
    let mut own = pods.iter().filter(|pod| is_of(deployment, pod));
    own.find_map(of_pod).or_else(|| of_deployment(deployment))
}

/// Whether a pod is one of a Deployment's. Selectors may overlap: what tells is its ReplicaSet, which is called by the
/// Deployment and a hash that the pod has as a label.
fn is_of(deployment: &Object, pod: &Object) -> bool {
    let Some(hash) = pod.label("pod-template-hash") else { return false };
    let expected = format!("{}-{hash}", deployment.name());
    let owners = pod.list("/metadata/ownerReferences").iter();
    pod.namespace() == deployment.namespace()
        && owners
            .into_iter()
            .any(|owner| text(owner, "kind") == "ReplicaSet" && text(owner, "name") == expected)
}

fn of_pod(pod: &Object) -> Option<String> {
    let containers = ["/status/initContainerStatuses", "/status/containerStatuses"];
    let stuck = containers.into_iter().flat_map(|list| pod.list(list)).find_map(stuck);
    let stuck = stuck.or_else(|| {
        let condition = condition(pod, "PodScheduled")?;
        (text(condition, "reason") == "Unschedulable")
            .then(|| format!("not scheduled: {}", text(condition, "message")))
    })?;
    Some(format!("pod {}: {stuck}", pod.name()))
}

fn stuck(container: &Value) -> Option<String> {
    let waiting = container.pointer("/state/waiting")?;
    let reason = text(waiting, "reason");
    if !STUCK.contains(&reason) {
        return None;
    }
    let message = text(waiting, "message");
    let more = if message.is_empty() { String::new() } else { format!(" ({message})") };
    Some(format!("{reason} of the container {}{more}", text(container, "name")))
}

fn of_deployment(deployment: &Object) -> Option<String> {
    let stuck = condition(deployment, "Progressing")
        .filter(|condition| text(condition, "reason") == "ProgressDeadlineExceeded");
    let refused = condition(deployment, "ReplicaFailure")
        .filter(|condition| text(condition, "status") == "True");
    let condition = refused.or(stuck)?;
    Some(format!("{}: {}", text(condition, "reason"), text(condition, "message")))
}

fn condition<'o>(object: &'o Object, kind: &str) -> Option<&'o Value> {
    object.list("/status/conditions").iter().find(|condition| text(condition, "type") == kind)
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn deployment(conditions: &Value) -> Object {
        Object::from(json!({
            "metadata": { "namespace": "shop", "name": "reviews-v2" },
            "status": { "conditions": conditions },
        }))
    }

    fn pod(version: &str, status: &Value) -> Object {
        Object::from(json!({
            "metadata": {
                "namespace": "shop", "name": "p", "labels": { "pod-template-hash": "5f" },
                "ownerReferences": [{ "kind": "ReplicaSet", "name": format!("reviews-{version}-5f") }],
            },
            "status": status,
        }))
    }

    #[test]
    fn pods_say_it_best() {
        let waiting = |reason: &str| {
            json!({ "containerStatuses": [
                { "name": "app", "state": { "waiting": { "reason": reason, "message": "back-off 10s" } } }
            ] })
        };
        let late = json!([{ "type": "Progressing", "status": "False",
            "reason": "ProgressDeadlineExceeded", "message": "has timed out progressing." }]);
        let found = |pods: &[Object]| reason(&deployment(&late), pods);
        assert_eq!(
            found(&[pod("v1", &waiting("ErrImagePull")), pod("v2", &waiting("CrashLoopBackOff"))])
                .unwrap(),
            "pod p: CrashLoopBackOff of the container app (back-off 10s)"
        );
        assert_eq!(
            found(&[pod("v2", &waiting("ContainerCreating"))]).unwrap(),
            "ProgressDeadlineExceeded: has timed out progressing."
        );
        let unschedulable = json!({ "conditions": [{ "type": "PodScheduled", "status": "False",
            "reason": "Unschedulable", "message": "0/1 nodes are available" }] });
        assert_eq!(
            found(&[pod("v2", &unschedulable)]).unwrap(),
            "pod p: not scheduled: 0/1 nodes are available"
        );
    }

    #[test]
    fn what_goes_well_has_no_reason() {
        let well = json!([{ "type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable" }]);
        let running =
            json!({ "containerStatuses": [{ "name": "app", "state": { "running": {} } }] });
        assert_eq!(reason(&deployment(&well), &[pod("v2", &running)]), None);
    }
}
