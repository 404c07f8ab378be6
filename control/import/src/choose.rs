//! Which of the files' objects is imported, and what is said about the others.

use document::load::{Document, Fault, Source};
use document::report::{Collection, Diagnostic, Severity, text};
use istio::object;
use policy::{Code, Path, Problems};

use super::objects::{self, Kind, Object};
use super::pipecd::Application;
use super::{Complaint, DEFAULT_NAMESPACE, File, Found, Imported, Options};

/// What stands in a file that is meant to be imported.
const MEANT: [&str; 3] = ["VirtualService", "pipecd.dev/", "servicemesh.kubesphere.io/"];

impl Imported {
    /// What keeps a file, or a document of it, from being read.
    pub(super) fn read(&mut self, position: usize, file: &File) {
        let is_said = |fault: &&Fault| {
            !file.is_found
                || MEANT.iter().any(|meant| file.source.text().contains(meant))
                    && !fault.message.is_empty()
        };
        if let Some(fault) = file.fault.as_ref().filter(is_said) {
            let problems = self.found.problems.entry(position).or_default();
            problems.add(Severity::Error, || Diagnostic::fault(&file.source, fault));
        }
        for document in file.documents.iter().filter(|_| !file.is_found) {
            let mut problems = Problems::default();
            for root in object::roots(&document.node) {
                if !objects::is_virtual_service(&root) {
                    objects::check(&root, &mut problems);
                    problems.extend(object::incomplete_list(&root));
                    object::ambiguous(&root, &mut problems);
                }
            }
            self.add(position, &file.source, document, &problems);
        }
    }

    pub(super) fn complain(&mut self, code: Code, message: impl Into<String>) {
        self.complaints.push(Complaint { code, message: message.into() });
    }

    pub(super) fn add(
        &mut self,
        position: usize,
        source: &Source,
        document: &Document,
        problems: &Problems,
    ) {
        if problems.is_empty() {
            return;
        }
        let found = self.found.problems.entry(position).or_default();
        for problem in problems {
            found.add(problem.severity, || Diagnostic::new(source, document, problem));
        }
    }

    /// What was found, in the order in which it is said.
    pub(super) fn finish(&mut self, files: &[File]) {
        let Found { problems, notes, passed_over } = std::mem::take(&mut self.found);
        let name = |position: usize| files.get(position).map_or("", |file| file.source.name());
        for (position, found) in problems {
            let found = found.finish(name(position)).into_iter();
            self.diagnostics.extend(found.map(|diagnostic| (position, diagnostic)));
        }
        let in_order = |(position, found): (usize, Collection)| found.in_order(name(position));
        self.notes.extend(notes.into_iter().flat_map(in_order));
        self.passed_over.extend(passed_over.into_iter().flat_map(in_order));
    }

    /// The application of PipeCD, where there is one, and its position.
    pub(super) fn application<'d>(
        &mut self,
        objects: &[Object<'d>],
    ) -> Option<(usize, Application<'d>)> {
        let all = objects.iter().enumerate().filter(|(_, object)| object.kind == Kind::Application);
        let all: Vec<_> = all.collect();
        if let [_, _, ..] = all.as_slice() {
            let message = format!("expected one PipeCD application, found {}", all.len());
            self.complain(Code::OneOf, message);
        }
        let (position, object) = all.first()?;
        Some((*position, Application::read(&object.root)))
    }

    /// The position of the VirtualService that is meant.
    pub(super) fn choose(
        &mut self,
        objects: &[Object<'_>],
        options: &Options,
        application: Option<&Application<'_>>,
    ) -> Option<usize> {
        let full = |object: &Object<'_>| {
            format!("{}/{}", object.namespace.unwrap_or(DEFAULT_NAMESPACE), object.name)
        };
        let of_application = application.and_then(Application::virtual_service);
        let is_named = |object: &Object<'_>| {
            if options.name.is_none() {
                return of_application.is_none_or(|name| object.name == name);
            }
            options.name.as_ref().is_none_or(|(namespace, name)| {
                let own = object.namespace.unwrap_or(DEFAULT_NAMESPACE);
                object.name == name && namespace.as_ref().is_none_or(|namespace| namespace == own)
            })
        };
        let all = objects
            .iter()
            .enumerate()
            .filter(|(_, object)| matches!(object.kind, Kind::VirtualService | Kind::Strategy));
        let all: Vec<_> = all.collect();
        let named: Vec<_> = all.iter().filter(|(_, object)| is_named(object)).collect();
        match named.as_slice() {
            [(position, _)] => return Some(*position),
            _ if all.is_empty() && application.is_some() => {
                let message =
                    "expected the VirtualService that PipeCD changes, found none: add its file";
                self.complain(Code::Kind, message);
            }
            _ if all.is_empty() && self.found.problems.is_empty() => {
                let found = found(objects);
                self.complain(Code::Kind, format!("expected a VirtualService, found {found}"));
            }
            _ if all.is_empty() => {}
            [] => {
                let who = if options.name.is_some() { "--name" } else { "virtualService" };
                let names = text::few_names(
                    &all.iter().map(|(_, object)| full(object)).collect::<Vec<_>>(),
                );
                let message = format!("`{who}` matches none of the VirtualServices: {names}");
                self.complain(Code::OneOf, message);
            }
            several => {
                let names = text::few_names(
                    &several.iter().map(|(_, object)| full(object)).collect::<Vec<_>>(),
                );
                let message = format!(
                    "expected one VirtualService, found {}: {names}; select one with `--name NAMESPACE/NAME`",
                    several.len()
                );
                self.complain(Code::OneOf, message);
            }
        }
        None
    }

    /// Notes the objects that are not looked at.
    pub(super) fn pass_over(&mut self, files: &[File], objects: &[Object<'_>], chosen: usize) {
        let has_rollout = objects.iter().any(|object| object.kind == Kind::Application);
        for (position, object) in objects.iter().enumerate() {
            let is_passed = match object.kind {
                Kind::Other | Kind::VirtualService | Kind::Strategy => true,
                Kind::Deployment => !has_rollout,
                _ => false,
            };
            let Some(file) = files.get(object.file).filter(|file| is_passed && !file.is_found)
            else {
                continue;
            };
            if position != chosen && !object.kind_name.is_empty() {
                let message = format!("{} `{}` is skipped", object.kind_name, object.name);
                let at = object.root.path.key("kind");
                let passed_over = self.found.passed_over.entry(object.file).or_default();
                add_note(passed_over, file, object.document, &at, &message);
            }
        }
    }

    pub(super) fn note(
        &mut self,
        position: usize,
        file: &File,
        document: usize,
        path: &Path,
        message: &str,
    ) {
        let all = &mut self.found.notes;
        let at = all.iter().position(|(file, _)| *file == position).unwrap_or_else(|| {
            all.push((position, Collection::default()));
            all.len() - 1
        });
        if let Some((_, notes)) = all.get_mut(at) {
            add_note(notes, file, document, path, message);
        }
    }
}

/// The first objects that there are, for people.
fn found(objects: &[Object<'_>]) -> String {
    const SHOWN: usize = 3;
    let named = |object: &Object<'_>| match object.name {
        "" => format!("the {}", object.kind_name),
        name => format!("the {} `{name}`", object.kind_name),
    };
    let kinds = objects.iter().filter(|object| !object.kind_name.is_empty());
    let mut names: Vec<String> = kinds.clone().take(SHOWN).map(named).collect();
    match kinds.count().saturating_sub(SHOWN) {
        0 if names.is_empty() => names.push("none".to_owned()),
        0 => {}
        more => names.push(format!("{more} more")),
    }
    names.join(", ")
}

fn add_note(notes: &mut Collection, file: &File, document: usize, path: &Path, message: &str) {
    let Some(document) = file.documents.get(document) else { return };
    notes.add(Severity::Note, || Diagnostic::note(&file.source, document, path, message));
}
