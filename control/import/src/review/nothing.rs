//! What is to be said about a file that has nothing to be looked at.

use document::load::{Document, Fault, Source};
use document::report::Diagnostic;
use istio::object;

use super::{Other, meant};

/// That a file holds nothing to be looked at.
pub(super) fn nothing(source: &Source, documents: &[Document], others: &[Other]) -> Diagnostic {
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
pub(super) fn is_empty_list(documents: &[Document]) -> bool {
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
