//! A file looked at: the Releases and VirtualServices that are well, and what is wrong with the others.
//!
//! A [`Reviewer`] goes through all files of a command, since the same Release in two of them is a mistake.

mod virtual_services;

use std::collections::{BTreeMap, BTreeSet};

use document::load::{self, Document, Fault, Source};
use document::report::{Diagnostic, Severity};
use policy::{Checked, Code, Node, Part, Path, Place, Problem};

/// The group of the `apiVersion` of a Release; other projects have kinds of that name too.
const GROUP: &str = "serin.dev/";

/// What is to be said about a file.
#[derive(Debug, Default)]
pub struct Review {
    /// The Releases without errors, in the order of their documents.
    pub releases: Vec<Checked>,
    /// The VirtualServices, and how many rules each has.
    pub services: Vec<(String, usize)>,
    /// What is wrong, in the order of its places.
    pub diagnostics: Vec<Diagnostic>,
}

impl Review {
    /// How many errors and warnings were found.
    #[must_use]
    pub fn count(&self) -> (usize, usize) {
        let is_error = |diagnostic: &&Diagnostic| diagnostic.severity == Severity::Error;
        let errors = self.diagnostics.iter().filter(is_error).count();
        (errors, self.diagnostics.len() - errors)
    }
}

/// Looks at files one after the other.
#[derive(Debug, Default)]
pub struct Reviewer {
    /// Where each Release was seen: file, line and column.
    seen: BTreeMap<String, String>,
}

impl Reviewer {
    /// Checks every document of a file of Releases, or of VirtualServices and what stands around them; whatever
    /// else is in it is an error.
    #[must_use]
    pub fn review(&mut self, source: &Source) -> Review {
        let (documents, fault) = load::documents(source);
        self.review_all(source, documents, fault)
    }

    /// Checks the Releases and VirtualServices of a file that was found in a folder; none where it has none.
    #[must_use]
    pub fn review_found(&mut self, source: &Source) -> Option<Review> {
        let (mut documents, fault) = load::documents(source);
        documents.retain(|document| is_release(&document.node) || is_service(document));
        // What cannot be read may be anything, a template say: it counts when it calls itself one of these.
        let fault = fault.filter(|_| !documents.is_empty() || is_mentioned(source.text()));
        if documents.is_empty() && fault.is_none() {
            return None;
        }
        Some(self.review_all(source, documents, fault))
    }

    fn review_all(
        &mut self,
        source: &Source,
        documents: Vec<Document>,
        fault: Option<Fault>,
    ) -> Review {
        let mut review = Review::default();
        if documents.is_empty() && fault.is_none() {
            review.diagnostics.push(Diagnostic::fault(source, &nothing(source)));
        }
        let has_services = documents.iter().any(is_service);
        for document in documents {
            if is_service(&document) {
                review_services(source, &document, &mut review);
            } else if !(has_services && stands_around(&document.node)) {
                self.review_document(source, document, &mut review);
            }
        }
        review.diagnostics.extend(fault.map(|fault| Diagnostic::fault(source, &fault)));
        review.diagnostics.sort_by_key(|diagnostic| diagnostic.span.start);
        drop_repeated(&mut review.diagnostics);
        review
    }

    fn review_document(&mut self, source: &Source, mut document: Document, review: &mut Review) {
        let mut problems = std::mem::take(&mut document.problems);
        // What the language says about a value that is no value of YAML is a consequence.
        let unread: Vec<Path> = problems.iter().map(|problem| problem.place.path.clone()).collect();
        if let Some(problem) = other_kind(&document.node) {
            problems.add(problem);
        } else if let Some(checked) = policy::check(&document.node, &Path::root(), &mut problems) {
            problems.extend(self.repeated(&checked, source, &document));
            if problems.allow() {
                policy::lint::lint(&checked.policy, &mut problems);
                review.releases.push(checked);
            }
        }
        let said = problems.iter().enumerate().filter(|(position, problem)| {
            let follows = |path: &Path| path.overlaps(&problem.place.path);
            *position < unread.len() || !unread.iter().any(follows)
        });
        review
            .diagnostics
            .extend(said.map(|(_, problem)| Diagnostic::new(source, &document, problem)));
    }

    /// Remembers a Release; a problem when there was one of that name before.
    fn repeated(
        &mut self,
        checked: &Checked,
        source: &Source,
        document: &Document,
    ) -> Option<Problem> {
        let name = checked.policy.full_name();
        let path = Path::root().key("metadata").key("name");
        let span = document.locate(source, &Place { path: path.clone(), part: Part::Value });
        let position = source.position(span.start);
        let place = format!("{}:{}:{}", source.name(), position.line, position.column);
        let Some(first) = self.seen.get(&name) else {
            self.seen.insert(name, place);
            return None;
        };
        let message = format!("the Release `{name}` is there twice");
        let help = format!("the other one is at {first}; name or namespace must differ");
        Some(Problem::error(Code::DuplicateName, &path, message).help(help))
    }
}

/// Whether a document is meant to be a Release, of any version.
fn is_release(node: &Node) -> bool {
    let is_own = match node.get("apiVersion") {
        Some(Node::String(version)) => version.starts_with(GROUP) || !version.contains('/'),
        _ => true,
    };
    is_own && node.get("kind") == Some(&Node::String(policy::spec::KIND.to_owned()))
}

/// Whether a document holds VirtualServices.
fn is_service(document: &Document) -> bool {
    let is_own = |version: &Node| matches!(version, Node::String(text) if text.starts_with(GROUP));
    !document.node.get("apiVersion").is_some_and(is_own) && virtual_services::is_meant(document)
}

/// Whether a document is some other object, as they stand beside VirtualServices.
fn stands_around(node: &Node) -> bool {
    let is_named = |key| matches!(node.get(key), Some(Node::String(_)));
    is_named("apiVersion") && is_named("kind") && !is_release(node)
}

fn review_services(source: &Source, document: &Document, review: &mut Review) {
    let reviewed = virtual_services::review(document);
    let said = reviewed.problems.iter().map(|problem| Diagnostic::new(source, document, problem));
    review.diagnostics.extend(said);
    review.services.extend(reviewed.services);
}

/// Whether a text that cannot be read has a line that says it is a Release or a VirtualService.
fn is_mentioned(text: &str) -> bool {
    text.lines().any(|line| {
        let mut words =
            line.split([' ', '\t', ':', '"', '\'', ',', '{', '}', '\r']).filter(|w| !w.is_empty());
        words.next() == Some("kind")
            && matches!(words.next(), Some(policy::spec::KIND | "VirtualService"))
    })
}

/// The one problem of a document that is plainly something else: its fields are not looked at.
fn other_kind(node: &Node) -> Option<Problem> {
    let kind = match node.get("kind")? {
        Node::String(kind) if kind != policy::spec::KIND => kind,
        _ => return None,
    };
    let message = format!("expected the kind `{}`, found `{kind}`", policy::spec::KIND);
    let help = match kind.to_lowercase().as_str() {
        "release" | "releases" => format!("write `kind: {}`", policy::spec::KIND),
        _ => "keep other objects in other files, or name the folder: there they are passed over"
            .to_owned(),
    };
    Some(Problem::error(Code::Kind, &Path::root().key("kind"), message).help(help))
}

/// What is wrong with a file that holds no document.
fn nothing(source: &Source) -> Fault {
    let text = source.text().trim();
    let message = if text.is_empty() {
        "the file is empty"
    } else if text.lines().all(|line| line.trim_start().starts_with('#')) {
        "the file holds comments only"
    } else {
        "the file holds no document"
    };
    Fault {
        span: 0..0,
        message: message.to_owned(),
        help: Some(format!("a Release begins with `apiVersion: {}`", policy::spec::API_VERSION)),
    }
}

/// An alias repeats the problems of what it repeats.
fn drop_repeated(diagnostics: &mut Vec<Diagnostic>) {
    let mut seen = BTreeSet::new();
    diagnostics.retain(|d| seen.insert((d.span.start, d.span.end, d.code, d.message.clone())));
}

#[cfg(test)]
mod tests;
