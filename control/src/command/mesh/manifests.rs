//! The objects of files that go into the mesh.

use document::load::folder::{self, Origin};
use document::load::{Document, Source, documents};
use document::report::{Console, Diagnostic, text};
use istio::field::Field;
use istio::object;
use istio::render::Manifest;
use policy::{Code, Path, Problem, Problems};
use rollout::drive::cluster::{Resource, mesh_objects};
use serde_json::{Value, json};

use crate::command::json;
use crate::exit::Exit;

/// Which objects of the mesh are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Accepted {
    /// Those that serin rendered.
    Rendered,
    /// All.
    OfMesh,
}

/// Reads the objects of all files; the exit code where one cannot be read or is another, after saying all that is wrong.
pub(super) fn read(
    paths: &[String],
    accepted: Accepted,
    namespace: Option<&str>,
    console: &mut Console,
) -> Result<Vec<Manifest>, Exit> {
    let mut manifests = Vec::new();
    let mut exit = Exit::OK;
    for input in folder::inputs(paths).files {
        let read = input.and_then(|input| Ok((Source::read_path(&input.path)?, input.origin)));
        let (source, origin) = match read {
            Ok(read) => read,
            Err(unreadable) => {
                console.note(&text::failure(&unreadable.to_string(), unreadable.help.as_deref()));
                exit = exit.max(Exit::FAILURE);
                continue;
            }
        };
        let (documents, fault) = documents(&source);
        if let Some(fault) = &fault {
            console.note(&text::render(&Diagnostic::fault(&source, fault), Some(&source)));
            exit = exit.max(Exit::PROBLEMS);
        }
        for document in &documents {
            let mut problems = document.problems.clone();
            for root in object::roots(&document.node) {
                object::ambiguous(&root, &mut problems);
                let found = manifest(&source, &root, accepted, origin, namespace, &mut problems);
                manifests.extend(found);
            }
            exit = exit.max(said(&source, document, &problems, console));
        }
    }
    if exit != Exit::OK {
        return Err(exit);
    }
    if manifests.is_empty() {
        let help = "name the folder of `serin render --output FOLDER`";
        console.note(&text::failure("no object of the mesh is in the files", Some(help)));
        return Err(Exit::PROBLEMS);
    }
    Ok(manifests)
}

/// The object at `root`; none where it is another, which is a problem of a file that was named.
fn manifest(
    source: &Source,
    root: &Field<'_>,
    accepted: Accepted,
    origin: Origin,
    namespace: Option<&str>,
    problems: &mut Problems,
) -> Option<Manifest> {
    let kind = root.word("kind").unwrap_or_default();
    let mut body = json::value(root.node);
    let annotation = format!("/metadata/annotations/{}", mesh_objects::RELEASE.replace('/', "~1"));
    let is_rendered = body.pointer(&annotation).is_some_and(Value::is_string);
    let is_of_mesh = Resource::of_mesh(kind).is_some();
    if !is_of_mesh || (accepted == Accepted::Rendered && !is_rendered) {
        // Of other objects there is nothing to be waited for.
        if origin == Origin::Named && accepted == Accepted::Rendered {
            problems.add(another(&root.path, kind, is_of_mesh));
        }
        return None;
    }
    let metadata = body.get_mut("metadata")?;
    if metadata.get("namespace").is_none() {
        metadata["namespace"] = json!(namespace.unwrap_or("default"));
    }
    let name = source.name().rsplit('/').next().unwrap_or_default();
    Some(Manifest { file_name: name.to_owned(), head: Vec::new(), body })
}

fn another(path: &Path, kind: &str, is_of_mesh: bool) -> Problem {
    let place = path.key("kind");
    if is_of_mesh {
        let message = format!("this {kind} was not rendered by serin");
        let help = "apply it with `kubectl apply -f FILE`, then `serin mesh wait FILE`";
        return Problem::error(Code::Kind, &place, message).help(help);
    }
    let message = format!("expected an object of the mesh, found `{kind}`");
    let help = "accepted are DestinationRule, VirtualService, EnvoyFilter and WasmPlugin";
    Problem::error(Code::Kind, &place, message).help(help)
}

/// Says what is wrong with a document.
fn said(source: &Source, document: &Document, problems: &Problems, console: &mut Console) -> Exit {
    for problem in problems {
        let diagnostic = Diagnostic::new(source, document, problem);
        console.note(&text::render(&diagnostic, Some(source)));
    }
    if problems.allow() { Exit::OK } else { Exit::PROBLEMS }
}
