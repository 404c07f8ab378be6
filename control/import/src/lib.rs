//! Makes a Release of a VirtualService and what stands around it, or says which of its constructs has none.
//!
//! The files' documents become objects; of the one VirtualService among them each rule is translated by itself
//! ([`translation`]) and all together become a Release ([`release`]), whose values know where they are from: what
//! `policy` has to say about it is said of the VirtualService's own lines. `serin check` asks for the first half only.

mod attach;
mod beside;
mod choose;
mod conditions;
mod destinations;
mod draft;
mod entry;
mod headers;
mod kubesphere;
mod mirror;
mod names;
mod note;
mod objects;
mod options;
mod pipecd;
mod release;
pub mod review;
mod rollout;
mod schema;
mod stays;
mod string_match;
mod subsets;
mod surroundings;
mod translation;
mod traps;
mod unsupported;
mod valid;
mod weights;

use std::collections::BTreeMap;

use document::load::{Document, Fault, Source};
use document::report::{Collection, Diagnostic};
use policy::{Code, Path, Problem, Problems};
use serde_json::Value;

use istio::field::Field;
use istio::virtual_service::VirtualService;
use istio::{effect, object};

pub use options::{Attach, Options, Pods};

use kubesphere::Strategy;
use pipecd::Application;
use surroundings::Surroundings;
use translation::Translation;

/// The namespace of objects that name none.
const DEFAULT_NAMESPACE: &str = "default";

/// A file that was read.
#[derive(Debug)]
pub struct File {
    /// Its text.
    pub source: Source,
    /// The documents in it.
    pub documents: Vec<Document>,
    /// What ended the reading.
    pub fault: Option<Fault>,
    /// Whether whatever is no object of Istio is passed over: it was not named, but is in a folder.
    pub is_found: bool,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Imported {
    /// The Release; none where something forbids it.
    pub release: Option<Value>,
    /// What it was made of, for people.
    pub label: String,
    /// What is wrong, each with the position of its file, in the order of files and places. Where it is very much in a file,
    /// the last ones say how much more there is.
    pub diagnostics: Vec<(usize, Diagnostic)>,
    /// What is to be known about the Release, likewise, in an order of its own.
    pub notes: Vec<Diagnostic>,
    /// The objects that were not looked at, likewise.
    pub passed_over: Vec<Diagnostic>,
    /// What is wrong with the options, or with the files together.
    pub complaints: Vec<Complaint>,
    found: Found,
}

/// What is to be said, by the positions of files.
#[derive(Debug, Default)]
struct Found {
    problems: BTreeMap<usize, Collection>,
    /// In the order in which files have any.
    notes: Vec<(usize, Collection)>,
    passed_over: BTreeMap<usize, Collection>,
}

/// Something wrong that is in no one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// The kind of problem.
    pub code: Code,
    /// What was found, what was expected.
    pub message: String,
}

/// Imports the VirtualService of the files.
#[must_use]
pub fn import(files: &[File], options: &Options) -> Imported {
    let mut imported = Imported::default();
    imported.all(files, options);
    imported.finish(files);
    imported
}

impl Imported {
    /// Makes the Release, where one of the files' objects is meant.
    fn all(&mut self, files: &[File], options: &Options) {
        let objects = objects::all(files);
        for (position, file) in files.iter().enumerate() {
            self.read(position, file);
        }
        let application = self.application(&objects);
        let application = application.as_ref().map(|(position, read)| (*position, read));
        let chosen =
            self.choose(&objects, options, application.map(|(_, application)| application));
        let Some(chosen) = chosen else {
            if let Some(application) = application {
                self.rollout(application, files, &objects, "", Problems::default());
            }
            return;
        };
        self.pass_over(files, &objects, chosen);
        self.make(files, &objects, chosen, application, options);
    }
}

/// Reads a VirtualService, or the one that a strategy holds; none where it is not one of Istio's.
fn read<'n>(
    root: Field<'n>,
    document: usize,
    namespace: &'n str,
    domain: &str,
    read: &Document,
    problems: &mut Problems,
) -> Option<VirtualService<'n>> {
    objects::check(&root, problems);
    if !problems.allow() {
        return None;
    }
    for problem in read.problems_of(&root.path) {
        problems.unread(problem.clone());
    }
    if let Some(strategy) = Strategy::of(&root) {
        return strategy.service(document, namespace, domain, problems);
    }
    valid::fields(&root, problems);
    let object = object::read(root, document, namespace)?;
    Some(VirtualService::read(object, domain, &mut Problems::default()))
}

impl Imported {
    /// Makes the Release.
    fn make(
        &mut self,
        files: &[File],
        objects: &[objects::Object<'_>],
        chosen: usize,
        application: Option<(usize, &Application<'_>)>,
        options: &Options,
    ) {
        let Some(object) = objects.get(chosen) else { return };
        let Some(file) = files.get(object.file) else { return };
        let Some(document) = file.documents.get(object.document) else { return };
        let of_application = application.and_then(|(_, application)| application.namespace());
        let namespace = object.namespace.or(of_application).unwrap_or(DEFAULT_NAMESPACE);
        let mut problems = Problems::default();
        let domain = options.domain();
        let root = object.root.clone();
        let Some(service) = read(root, object.document, namespace, domain, document, &mut problems)
        else {
            self.add(object.file, &file.source, document, &problems);
            return;
        };
        self.label.clone_from(&service.object.label);
        let mut made = translation::of(&service, &options.attach, domain, &mut problems);
        traps::find(&service, &made, &mut problems);
        if let Some(strategy) = Strategy::of(&object.root) {
            made.stable = strategy.rule(&mut made, &mut problems);
        }
        if let Some((position, application)) = application {
            self.label = format!("{} and the {}", application.label(), self.label);
            let host = made.destinations.host.as_ref().map_or("", |named| named.full.as_str());
            let mut own = Problems::default();
            pipecd::compare(application, &service, &made, &mut own, &mut problems);
            made.rollout = self.rollout((position, application), files, objects, host, own);
        }
        let around = Surroundings { objects, namespace, domain };
        let mut beside = istio::surroundings::Surroundings::default();
        for file in files {
            beside.add(&file.documents, namespace, domain);
        }
        beside::find(&service, &beside, &mut problems);
        let assembled =
            release::assemble(&service, &object.root, &mut made, &around, options, &mut problems);
        self.complaints.extend(assembled.complaints);
        let (node, origins) = assembled.draft.finish();
        let mut found = Problems::default();
        let checked = policy::check(&node, &Path::root(), &mut found);
        let hidden = checked.iter().flat_map(|checked| effect::hidden(&checked.policy, &beside));
        found.extend(
            hidden.map(|problem| Problem { severity: policy::Severity::Warning, ..problem }),
        );
        let is_well = problems.allow() && !self.found.problems.values().any(Collection::has_errors);
        let is_about = made.destinations.host.is_some();
        self.add(object.file, &file.source, document, &problems);
        for problem in found.iter().filter(|problem| is_well || (is_about && is_own(problem))) {
            let (at, problem) = origins.trace(problem);
            let from = at.and_then(|at| objects.get(at)).unwrap_or(object);
            let Some(file) = files.get(from.file) else { continue };
            let Some(document) = file.documents.get(from.document) else { continue };
            let mut one = Problems::default();
            one.add(problem);
            self.add(from.file, &file.source, document, &one);
        }
        match checked {
            Some(_) if is_well && self.complaints.is_empty() => {
                self.known(files, objects, chosen, &made);
                self.release = Some(assembled.draft.value());
            }
            None if self.found.problems.is_empty() && self.complaints.is_empty() => {
                // No Release is better than one that is not well.
                let message = format!("the resulting Release has a problem: {found}");
                self.complain(Code::Unsupported, message);
            }
            _ => {}
        }
    }

    /// Adds what is to be known about a Release of the VirtualService at this position.
    fn known(
        &mut self,
        files: &[File],
        objects: &[objects::Object<'_>],
        chosen: usize,
        made: &Translation<'_>,
    ) {
        let of_rollout = made.rollout.iter().map(|rollout| (rollout.object, &rollout.notes));
        for (position, notes) in [(chosen, &made.notes)].into_iter().chain(of_rollout) {
            let Some(from) = objects.get(position) else { continue };
            let Some(file) = files.get(from.file) else { continue };
            for note in notes {
                self.note(from.file, file, from.document, &note.path, &note.message);
            }
        }
    }
}

/// Whether what is wrong with a Release does not follow from what is wrong with its source.
fn is_own(problem: &Problem) -> bool {
    matches!(
        problem.code,
        Code::InvalidName
            | Code::OutOfRange
            | Code::DuplicateName
            | Code::RegexTooLarge
            | Code::WorstRequest
    )
}

#[cfg(test)]
mod tests;
