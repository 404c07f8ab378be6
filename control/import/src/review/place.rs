//! Where the parts of an object stand: its document may be a list of objects.

use document::load::{Document, Source};
use document::report::{Collection, Diagnostic};
use istio::field::Field;
use policy::{Part, Path, Problem, Segment};

use super::Other;

/// A problem of a Release, where its document has it.
#[must_use]
pub fn below(root: &Path, problem: &Problem) -> Problem {
    let mut problem = problem.clone();
    problem.place.path = joined(root, &problem.place.path);
    problem
}

/// `root`, and what is below it.
pub(super) fn joined(root: &Path, path: &Path) -> Path {
    path.segments().into_iter().fold(root.clone(), |path, segment| step(&path, segment))
}

/// A place of a document as one of what stands at `root`; `root` itself where it is what holds it.
pub(super) fn within(root: &Path, path: &Path) -> Path {
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

/// A document, in its file.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) source: &'a Source,
    pub(super) document: &'a Document,
}

impl Place<'_> {
    /// Adds a problem of the document.
    pub(super) fn add(self, said: &mut Collection, problem: &Problem) {
        said.add(problem.severity, || Diagnostic::new(self.source, self.document, problem));
    }

    /// `file:line:column` of what stands there.
    pub(super) fn of(self, path: &Path) -> String {
        let place = policy::Place { path: path.clone(), part: Part::Value };
        let span = self.document.locate(self.source, &place);
        let position = self.source.position(span.start);
        format!("{}:{}:{}", self.source.name(), position.line, position.column)
    }
}

/// An object that is passed over.
pub(super) fn other(source: &Source, document: &Document, root: &Field<'_>) -> Other {
    let place = policy::Place { path: root.path.clone(), part: Part::Value };
    let span = document.locate(source, &place);
    let name = root.get("metadata").and_then(|metadata| metadata.word("name"));
    let words = [root.word("kind"), name].into_iter().flatten().collect::<Vec<_>>();
    Other { label: words.join(" "), line: source.position(span.start).line }
}
