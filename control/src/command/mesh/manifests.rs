//! The objects of files that go into the mesh.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use document::load::folder::{self, Origin};
use document::load::{Source, documents};
use document::report::collection::MAX_SHOWN;
use document::report::{Collection, Console, Diagnostic, Message, Severity, text};
use istio::field::Field;
use istio::object;
use istio::render::Manifest;
use policy::{Code, Path, Problem, Problems};
use rollout::drive::cluster::{Resource, mesh_objects};
use serde_json::{Value, json};

use crate::command::json;
use crate::command::passed_over::{Detail, PassedOver};
use crate::command::render::say;
use crate::exit::Exit;

/// What is done with the objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// They are applied.
    Apply,
    /// They are removed.
    Delete,
    /// They are waited for, those that serin did not render included.
    Wait,
}

/// What tells objects from each other: kind, namespace and name.
type Id = [String; 3];

fn id(manifest: &Manifest) -> Id {
    let text = |pointer| manifest.body.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    [text("/kind"), text("/metadata/namespace"), text("/metadata/name")].map(str::to_owned)
}

/// An object, and its file.
struct Found {
    file: String,
    manifest: Manifest,
}

/// Reads the objects of all files; the exit code where one cannot be read or is another, after saying all that is wrong.
pub(super) fn read(
    paths: &[String],
    purpose: Purpose,
    namespace: Option<&str>,
    console: &mut Console,
) -> Result<Vec<Manifest>, Exit> {
    let mut manifests = Vec::new();
    let mut exit = Exit::OK;
    let mut passed_over = PassedOver::default();
    let inputs = folder::inputs(paths);
    passed_over.skipped(&inputs.skipped, Detail::Number, console);
    for input in inputs.files {
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
        let mut wrong = Collection::default();
        if let Some(fault) = &fault {
            wrong.add(Severity::Error, || Diagnostic::fault(&source, fault));
        }
        for document in &documents {
            let mut problems = document.problems.clone();
            for root in object::roots(&document.node) {
                object::ambiguous(&root, &mut problems);
                let context = Context { source: &source, purpose, origin, namespace };
                match context.manifest(&root, &mut problems) {
                    Some(manifest) => {
                        manifests.push(Found { file: source.name().to_owned(), manifest });
                    }
                    None if origin == Origin::Found => passed_over.object(),
                    None => {}
                }
            }
            for problem in &problems {
                wrong.add(problem.severity, || Diagnostic::new(&source, document, problem));
            }
        }
        if wrong.has_errors() {
            exit = exit.max(Exit::PROBLEMS);
        }
        say(&wrong.finish(source.name()), &source, console);
    }
    passed_over.say(console);
    if exit != Exit::OK {
        return Err(exit);
    }
    if manifests.is_empty() {
        let help = "name the folder of `serin render --output FOLDER`";
        console.note(&text::failure("no Istio objects found in these files", Some(help)));
        return Err(Exit::PROBLEMS);
    }
    once_each(manifests, console)
}

/// Each object once; the exit code where two of the same name differ, after saying all that do.
fn once_each(found: Vec<Found>, console: &mut Console) -> Result<Vec<Manifest>, Exit> {
    let mut first: BTreeMap<Id, Found> = BTreeMap::new();
    let mut differing = 0;
    for found in found {
        match first.entry(id(&found.manifest)) {
            Entry::Vacant(entry) => {
                entry.insert(found);
            }
            Entry::Occupied(entry) if entry.get().manifest.body != found.manifest.body => {
                differing += 1;
                if differing > MAX_SHOWN {
                    continue;
                }
                let ([kind, namespace, name], other) = (entry.key(), &entry.get().file);
                let file = &found.file;
                let text =
                    format!("{kind} {namespace}/{name} is in {other} and in {file}, and differs");
                console.fail(&Message::new(text).help("keep one of the two files"));
            }
            Entry::Occupied(_) => {}
        }
    }
    if differing > MAX_SHOWN {
        let more = differing - MAX_SHOWN;
        console.fail(&Message::new(format!("{more} more objects are in two files and differ")));
    }
    if differing > 0 {
        return Err(Exit::PROBLEMS);
    }
    Ok(first.into_values().map(|found| found.manifest).collect())
}

/// Where an object was found, and what for.
#[derive(Clone, Copy)]
struct Context<'c> {
    source: &'c Source,
    purpose: Purpose,
    origin: Origin,
    namespace: Option<&'c str>,
}

impl Context<'_> {
    /// The object at `root`; none where it is another, which is a problem of a file that was named.
    fn manifest(&self, root: &Field<'_>, problems: &mut Problems) -> Option<Manifest> {
        let kind = root.word("kind").unwrap_or_default();
        let mut body = json::value(root.node);
        let release = format!("/metadata/annotations/{}", mesh_objects::RELEASE.replace('/', "~1"));
        let is_rendered = body.pointer(&release).is_some_and(Value::is_string);
        let is_of_mesh = Resource::of_mesh(kind).is_some();
        if !is_of_mesh || (self.purpose != Purpose::Wait && !is_rendered) {
            // Of other objects there is nothing to be waited for.
            if self.origin == Origin::Named && self.purpose != Purpose::Wait {
                problems.add(self.another(&root.path, kind, is_of_mesh));
            }
            return None;
        }
        if body.pointer("/metadata/name").and_then(Value::as_str).is_none_or(str::is_empty) {
            let place = root.path.key("metadata").key("name");
            problems.add(Problem::error(Code::MissingField, &place, "this object has no name"));
            return None;
        }
        let metadata = body.get_mut("metadata")?;
        match (metadata.get("namespace").and_then(Value::as_str), self.namespace) {
            (Some(found), Some(expected)) if found != expected => {
                let place = root.path.key("metadata").key("namespace");
                let message = format!("expected the namespace `{expected}`, found `{found}`");
                let help = "leave `--namespace` out, or render for that namespace";
                problems.add(Problem::error(Code::InvalidName, &place, message).help(help));
            }
            (None, namespace) => metadata["namespace"] = json!(namespace.unwrap_or("default")),
            _ => {}
        }
        let name = self.source.name().rsplit('/').next().unwrap_or_default();
        Some(Manifest { file_name: name.to_owned(), head: Vec::new(), body })
    }

    fn another(&self, path: &Path, kind: &str, is_of_mesh: bool) -> Problem {
        let place = path.key("kind");
        if is_of_mesh {
            let message = format!("this {kind} was not rendered by serin");
            let help = if self.purpose == Purpose::Delete {
                "remove it with `kubectl delete -f FILE`"
            } else {
                "apply it with `kubectl apply -f FILE`, then `serin mesh wait FILE`"
            };
            return Problem::error(Code::Kind, &place, message).help(help);
        }
        let found = if kind.is_empty() { "none".to_owned() } else { format!("`{kind}`") };
        let message = format!("expected an Istio object, found {found}");
        let help = "accepted are DestinationRule, VirtualService, EnvoyFilter and WasmPlugin";
        Problem::error(Code::Kind, &place, message).help(help)
    }
}
