//! The Release of a file, as it is applied: what the file says, and nothing that only the API server may say.

use document::load;
use document::report::{Console, Diagnostic, text};
use import::review::Found;
use istio::{names, object};
use policy::Problems;
use rollout::drive::cluster::Object;
use serde_json::{Map, Value};

use crate::command::json;
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
    for problem in &problems {
        console.note(&text::render(&Diagnostic::new(&source, document, problem), Some(&source)));
    }
    if !problems.is_empty() {
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

/// What tells what was applied from another.
pub(super) fn hash(object: &Object) -> String {
    format!("{:016x}", names::digest(object.spec().to_string().as_bytes()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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
