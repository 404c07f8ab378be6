//! A file looked at: the Releases and VirtualServices that are well, what is wrong with the others, and what else is
//! in there.
//!
//! A [`Reviewer`] goes through all files of a command, since the same Release in two of them is a mistake.

mod meant;
mod virtual_services;

use std::collections::{BTreeMap, BTreeSet};

use document::load::folder::Origin;
use document::load::{self, Document, Fault, Source};
use document::report::{Diagnostic, Severity};
use istio::field::Field;
use istio::object;
use meant::Meant;
use policy::{Checked, Code, Part, Path, Place, Problem, Problems, Segment};

/// What is to be said about a file.
#[derive(Debug, Default)]
pub struct Review {
    /// The Releases without errors, in the order of their places.
    pub releases: Vec<Found>,
    /// The VirtualServices, and how many rules each has.
    pub services: Vec<(String, usize)>,
    /// What is wrong, in the order of its places.
    pub diagnostics: Vec<Diagnostic>,
    /// The objects that were passed over.
    pub others: Vec<Other>,
    /// That there are other objects only, or in a file that was found nothing at all: wrong where no other file of the
    /// command has something to be looked at.
    pub nothing: Option<Diagnostic>,
    /// Whether it has lists without items only. A command that expects no Release in particular has nothing to do then.
    pub is_empty_list: bool,
}

/// A Release, and where it was found.
#[derive(Debug)]
pub struct Found {
    /// The Release.
    pub release: Checked,
    /// The position of its document in the file.
    pub document: usize,
    /// Its place in the document: the item of a list, or the document itself.
    pub path: Path,
}

/// An object that was passed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Other {
    /// Its kind and name.
    pub label: String,
    /// The line that it begins on.
    pub line: usize,
}

/// What of a file is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Subject {
    /// Releases and VirtualServices.
    #[default]
    All,
    /// Releases only: VirtualServices are other objects.
    Releases,
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
    subject: Subject,
    /// Where each Release was seen: file, line and column.
    seen: BTreeMap<String, String>,
}

impl Reviewer {
    /// One that looks at these.
    #[must_use]
    pub fn of(subject: Subject) -> Self {
        Self { subject, seen: BTreeMap::new() }
    }

    /// Checks the Releases and VirtualServices of a file. What is no object at all is wrong in a file that was named,
    /// and passed over in one that was found.
    #[must_use]
    pub fn review(&mut self, source: &Source, origin: Origin) -> Review {
        let (documents, fault) = load::documents(source);
        let mut review = Review::default();
        let mut looked_at = false;
        for (position, document) in documents.iter().enumerate() {
            for root in object::roots(&document.node) {
                let meant = match meant::meant(&root, self.subject) {
                    // What is named is to be one; the items of a list of Releases need not say what they are.
                    Meant::Unclear
                        if origin == Origin::Named || meant::has_own_version(&document.node) =>
                    {
                        Meant::Release
                    }
                    meant => meant,
                };
                let is_passed_over = matches!(meant, Meant::Other | Meant::Unclear);
                let held = if is_passed_over { meant::held(&root) } else { None };
                looked_at |= !is_passed_over || held.is_some();
                match (meant, held) {
                    (_, Some(problem)) => {
                        review.diagnostics.push(Diagnostic::new(source, document, &problem));
                    }
                    (Meant::Release, None) => {
                        self.review_release(source, position, document, &root, &mut review);
                    }
                    (Meant::Service, None) => review_service(source, document, root, &mut review),
                    (Meant::Other, None) => review.others.push(other(source, document, &root)),
                    (Meant::Unclear, None) => {}
                }
            }
        }
        // What cannot be read may be anything, a template say: in a folder it counts when it calls itself one of these.
        let is_meant = looked_at || origin == Origin::Named || meant::is_mentioned(source.text());
        let fault = fault.filter(|_| is_meant);
        review.diagnostics.extend(fault.iter().map(|fault| Diagnostic::fault(source, fault)));
        if !looked_at && fault.is_none() {
            let nothing = nothing(source, &documents, &review.others);
            review.is_empty_list = is_empty_list(&documents);
            if origin == Origin::Named && review.others.is_empty() && !review.is_empty_list {
                review.diagnostics.push(nothing);
            } else {
                review.nothing = Some(nothing);
            }
        }
        review.diagnostics.sort_by_key(|diagnostic| diagnostic.span.start);
        drop_repeated(&mut review.diagnostics);
        review
    }

    fn review_release(
        &mut self,
        source: &Source,
        position: usize,
        document: &Document,
        root: &Field<'_>,
        review: &mut Review,
    ) {
        let mut problems = Problems::default();
        let unread: Vec<&Problem> = document
            .problems
            .iter()
            .filter(|problem| problem.place.path.overlaps(&root.path))
            .collect();
        let unread_paths: Vec<Path> =
            unread.iter().map(|problem| within(&root.path, &problem.place.path)).collect();
        for path in &unread_paths {
            problems.known(path);
        }
        if let Some(problem) = meant::other_kind(root) {
            problems.add(problem);
        } else if let Some(checked) = policy::check(root.node, &Path::root(), &mut problems)
            && unread.is_empty()
        {
            problems.extend(self.repeated(&checked, source, document, &root.path));
            if problems.allow() {
                policy::lint::lint(&checked.policy, &mut problems);
                let path = root.path.clone();
                review.releases.push(Found { release: checked, document: position, path });
            }
        }
        // What the language says about a value that is no value of YAML is a consequence.
        let follows = |problem: &&Problem| {
            !unread_paths.iter().any(|path| path.overlaps(&problem.place.path))
        };
        let unread = unread.into_iter().map(|problem| Diagnostic::new(source, document, problem));
        let found = problems
            .iter()
            .filter(follows)
            .map(|problem| Diagnostic::new(source, document, &below(&root.path, problem)));
        review.diagnostics.extend(unread.chain(found));
    }

    /// Remembers a Release; a problem when there was one of that name before.
    fn repeated(
        &mut self,
        checked: &Checked,
        source: &Source,
        document: &Document,
        root: &Path,
    ) -> Option<Problem> {
        let name = checked.policy.full_name();
        let path = Path::root().key("metadata").key("name");
        let place = place(source, document, &joined(root, &path));
        let Some(first) = self.seen.get(&name) else {
            self.seen.insert(name, place);
            return None;
        };
        let message = format!("duplicate Release `{name}`");
        let help = format!("the other one is at {first}; name or namespace must differ");
        Some(Problem::error(Code::DuplicateName, &path, message).help(help))
    }
}

/// A problem of a Release, where its document has it.
#[must_use]
pub fn below(root: &Path, problem: &Problem) -> Problem {
    let mut problem = problem.clone();
    problem.place.path = joined(root, &problem.place.path);
    problem
}

/// `root`, and what is below it.
fn joined(root: &Path, path: &Path) -> Path {
    path.segments().into_iter().fold(root.clone(), |path, segment| step(&path, segment))
}

/// A place of a document as one of what stands at `root`; `root` itself where it is what holds it.
fn within(root: &Path, path: &Path) -> Path {
    path.segments()
        .into_iter()
        .skip(root.segments().len())
        .fold(Path::root(), |path, segment| step(&path, segment))
}

fn step(path: &Path, segment: &Segment) -> Path {
    match segment {
        Segment::Key(key) => path.key(key),
        Segment::Index(index) => path.index(*index),
    }
}

/// `file:line:column` of what stands there.
fn place(source: &Source, document: &Document, path: &Path) -> String {
    let span = document.locate(source, &Place { path: path.clone(), part: Part::Value });
    let position = source.position(span.start);
    format!("{}:{}:{}", source.name(), position.line, position.column)
}

fn other(source: &Source, document: &Document, root: &Field<'_>) -> Other {
    let span = document.locate(source, &Place { path: root.path.clone(), part: Part::Value });
    let name = root.get("metadata").and_then(|metadata| metadata.word("name"));
    let words = [root.word("kind"), name].into_iter().flatten().collect::<Vec<_>>();
    Other { label: words.join(" "), line: source.position(span.start).line }
}

fn review_service(source: &Source, document: &Document, root: Field<'_>, review: &mut Review) {
    let reviewed = virtual_services::review(root, document);
    let said = reviewed.problems.iter().map(|problem| Diagnostic::new(source, document, problem));
    review.diagnostics.extend(said);
    review.services.extend(reviewed.service);
}

/// That a file holds nothing to be looked at.
fn nothing(source: &Source, documents: &[Document], others: &[Other]) -> Diagnostic {
    let Some(document) = documents.first() else {
        return Diagnostic::fault(source, &empty(source));
    };
    let first = documents.iter().find_map(|document| {
        let root = object::roots(&document.node).into_iter().next()?;
        Some((document, root))
    });
    let (document, problem) = match first {
        None => (document, meant::empty_list()),
        Some((document, root)) if others.len() < 2 => (document, meant::no_release(&root)),
        Some((document, root)) => (document, meant::no_releases(&root, others.len())),
    };
    Diagnostic::new(source, document, &problem)
}

/// Whether a file has lists without items only, as `kubectl get -o yaml` prints where there is nothing.
fn is_empty_list(documents: &[Document]) -> bool {
    !documents.is_empty()
        && documents.iter().all(|document| object::roots(&document.node).is_empty())
}

/// What is wrong with a file that holds no document.
fn empty(source: &Source) -> Fault {
    let text = source.text().trim();
    let message = if text.is_empty() {
        "the file is empty"
    } else if text.lines().all(|line| line.trim_start().starts_with('#')) {
        "the file has only comments"
    } else {
        "the file has no document"
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
