//! The controller's account, its roles and who has them.

use serde_json::{Value, json};

use super::rights::{AT_HOME, AT_ISTIOD, EVERYWHERE, OF_ALL_USERS, Right};
use super::{Installation, NAME, labels};

/// The API group of roles.
const GROUP: &str = "rbac.authorization.k8s.io";
/// The role in the namespace of istiod: it must not be taken for one of Istio's.
const PROXIES: &str = "serin-controller-proxies";
/// The role of all users.
const READER: &str = "serin-controller-reader";

/// All of it, roles before bindings.
pub(super) fn objects(installation: &Installation) -> Vec<Value> {
    let account = json!({
        "kind": "ServiceAccount", "name": NAME, "namespace": installation.namespace,
    });
    let all_users = json!({ "apiGroup": GROUP, "kind": "Group", "name": "system:authenticated" });
    let home = Some(installation.namespace.as_str());
    let istiod = Some(installation.istio_namespace.as_str());
    let roles = [
        (NAME, None, EVERYWHERE, &account),
        (NAME, home, AT_HOME, &account),
        (PROXIES, istiod, AT_ISTIOD, &account),
        (READER, home, OF_ALL_USERS, &all_users),
    ];
    let mut objects = vec![json!({
        "apiVersion": "v1", "kind": "ServiceAccount", "metadata": labels::metadata(installation),
    })];
    objects.extend(roles.iter().map(|(name, namespace, rights, _)| role(name, *namespace, rights)));
    let bindings = roles.iter().map(|(name, namespace, _, to)| binding(name, *namespace, to));
    objects.extend(bindings);
    objects
}

/// A role; of the whole cluster where no namespace is named.
fn role(name: &str, namespace: Option<&str>, rights: &[Right]) -> Value {
    json!({
        "apiVersion": format!("{GROUP}/v1"),
        "kind": kind(namespace),
        "metadata": metadata(name, namespace),
        "rules": rights.iter().map(Right::rule).collect::<Vec<_>>(),
    })
}

fn binding(name: &str, namespace: Option<&str>, to: &Value) -> Value {
    let kind = kind(namespace);
    json!({
        "apiVersion": format!("{GROUP}/v1"),
        "kind": format!("{kind}Binding"),
        "metadata": metadata(name, namespace),
        "roleRef": { "apiGroup": GROUP, "kind": kind, "name": name },
        "subjects": [to],
    })
}

fn kind(namespace: Option<&str>) -> &'static str {
    if namespace.is_some() { "Role" } else { "ClusterRole" }
}

fn metadata(name: &str, namespace: Option<&str>) -> Value {
    match namespace {
        Some(namespace) => {
            json!({ "name": name, "namespace": namespace, "labels": labels::labels() })
        }
        None => json!({ "name": name, "labels": labels::labels() }),
    }
}
