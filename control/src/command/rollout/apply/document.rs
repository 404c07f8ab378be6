//! The Release of a file, as it is applied: what the file says, and nothing that only the API server may say.

use document::load;
use document::report::{Collection, Console, Diagnostic};
use import::review::Found;
use istio::{host, object};
use policy::Problems;
use rollout::drive::cluster::Object;
use serde_json::{Map, Value};

use crate::command::json;
use crate::command::render::say;
use crate::command::render::source::{self, Chosen};
use crate::command::rollout::target::check_namespace;
use crate::exit::Exit;

/// What a file may say of an object's metadata.
const METADATA: [&str; 4] = ["name", "namespace", "labels", "annotations"];

/// Reads the file; the exit code where there is nothing to be applied, after saying why.
pub(super) fn read(
    name: &str,
    chosen: Chosen<'_>,
    namespace: Option<&str>,
    console: &mut Console,
) -> Result<Object, Exit> {
    let source = source::open(name, console)?;
    let Found { release, document, path } = source::found(&source, chosen, console)?;
    let own = release.policy.namespace();
    check_namespace(namespace, own, console)?;
    let (documents, _) = load::documents(&source);
    let written = documents.get(document).and_then(|document| {
        let root = object::roots(&document.node).into_iter().find(|root| root.path == path)?;
        Some((document, root))
    });
    // It was found there.
    let (document, root) = written.ok_or(Exit::PROBLEMS)?;
    let mut problems = Problems::default();
    object::ambiguous(&root, &mut problems);
    if !problems.is_empty() {
        let mut all = Collection::default();
        for problem in &problems {
            all.add(problem.severity, || Diagnostic::new(&source, document, problem));
        }
        say(&all.finish(source.name()), &source, console);
        return Err(Exit::PROBLEMS);
    }
    Ok(applied(&json::value(root.node), own))
}

fn applied(written: &Value, namespace: &str) -> Object {
    let mut metadata = Map::new();
    for key in METADATA {
        if let Some(value) = written.pointer(&format!("/metadata/{key}")) {
            metadata.insert(key.to_owned(), value.clone());
        }
    }
    metadata.insert("namespace".to_owned(), namespace.into());
    let mut object = Map::new();
    for key in ["apiVersion", "kind", "spec"] {
        object.insert(key.to_owned(), written.get(key).cloned().unwrap_or_default());
    }
    object.insert("metadata".to_owned(), metadata.into());
    Object::from(Value::from(object))
}

/// The same, its host written out as one of a cluster with this domain: who drives the rollout later knows no other.
pub(super) fn completed(mut object: Object, domain: &str) -> Object {
    let namespace = object.namespace().to_owned();
    if let Some(host) = object.value_mut().pointer_mut("/spec/host")
        && let Some(written) = host.as_str().filter(|written| !written.contains('.'))
    {
        *host = host::complete_in(written, &namespace, domain).into();
    }
    object
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_host_is_completed_with_the_domain_of_the_cluster() {
        let of = |host: &str| {
            let object = json!({"metadata": {"namespace": "shop"}, "spec": {"host": host}});
            completed(object.into(), "corp.example").text("/spec/host").to_owned()
        };
        assert_eq!(of("cart"), "cart.shop.svc.corp.example");
        assert_eq!(of("cart.shop.svc.cluster.local"), "cart.shop.svc.cluster.local");
    }

    #[test]
    fn what_only_the_api_server_says_is_left_out() {
        let written = json!({
            "apiVersion": "serin.dev/v1alpha1", "kind": "Release", "status": {"phase": "Idle"},
            "metadata": {"name": "a", "labels": {"x": "y"}, "resourceVersion": "7", "managedFields": []},
            "spec": {"host": "a"},
        });
        assert_eq!(
            applied(&written, "shop").into_value(),
            json!({
                "apiVersion": "serin.dev/v1alpha1", "kind": "Release",
                "metadata": {"name": "a", "namespace": "shop", "labels": {"x": "y"}},
                "spec": {"host": "a"},
            })
        );
    }
}
