//! The Release of a file, as it is applied: what the file says, and nothing that only the API server may say.

use document::load::Source;
use document::report::{Console, text};
use istio::names;
use rollout::drive::cluster::Object;
use serde_json::{Map, Value};

use crate::command::render::source;
use crate::exit::Exit;

/// What a file may say of an object's metadata.
const METADATA: [&str; 4] = ["name", "namespace", "labels", "annotations"];

/// Reads the file; the exit code where there is nothing to be applied, after saying why.
pub(super) fn read(
    name: &str,
    namespace: Option<&str>,
    console: &mut Console,
) -> Result<Object, Exit> {
    let source = Source::read(name).map_err(|unreadable| {
        console.note(&text::failure(&unreadable.to_string(), unreadable.help.as_deref()));
        Exit::FAILURE
    })?;
    let release = source::release(&source, console)?;
    let own = release.policy.namespace();
    if let Some(namespace) = namespace.filter(|namespace| *namespace != own) {
        let message = format!("`--namespace {namespace}`: the file is for the namespace `{own}`");
        console.note(&text::failure(
            &message,
            Some("`metadata.namespace` says so; none is `default`"),
        ));
        return Err(Exit::USAGE);
    }
    let written: Value = serde_saphyr::from_str(source.text()).map_err(|error| {
        console.note(&text::failure(&format!("`{name}` cannot be read: {error}"), None));
        Exit::PROBLEMS
    })?;
    Ok(object(&written, own))
}

fn object(written: &Value, namespace: &str) -> Object {
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
            object(&written, "shop").into_value(),
            json!({
                "apiVersion": "serin.dev/v1alpha1", "kind": "Release",
                "metadata": {"name": "a", "namespace": "shop", "labels": {"x": "y"}},
                "spec": {"host": "a"},
            })
        );
    }
}
