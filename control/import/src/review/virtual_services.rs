//! What `serin check` says of VirtualServices: the first half of an import.

use document::load::Document;
use istio::object;
use policy::{Code, Problem, Problems};

use crate::{DEFAULT_NAMESPACE, objects, read, translation, traps};

/// What is wrong with the VirtualServices of a document, as far as Istio itself would refuse it, or read it
/// otherwise than its author thinks.
pub(super) fn review(document: &Document) -> Reviewed {
    let mut reviewed = Reviewed::default();
    for root in object::roots(&document.node) {
        if !objects::is_virtual_service(&root) {
            continue;
        }
        let mut problems = Problems::default();
        if let Some(service) = read(root, 0, DEFAULT_NAMESPACE, document, &mut problems) {
            let made = translation::of(&service, &mut problems);
            traps::find(&service, &made, &mut problems);
            reviewed.services.push((service.object.label, service.rules.len()));
        }
        reviewed.problems.extend(problems.into_iter().filter_map(of_istio));
    }
    reviewed
}

/// What was found about the VirtualServices of a document.
#[derive(Debug, Default)]
pub(super) struct Reviewed {
    /// Their names, and how many rules each has.
    pub(super) services: Vec<(String, usize)>,
    /// What is wrong.
    pub(super) problems: Vec<Problem>,
}

/// Whether a document holds a VirtualService, or what is meant to be one.
pub(super) fn is_meant(document: &Document) -> bool {
    object::roots(&document.node).iter().any(objects::is_virtual_service)
}

/// A problem, unless it is one for a Release only.
fn of_istio(problem: Problem) -> Option<Problem> {
    match problem.code {
        Code::Unsupported | Code::RegexTooLarge | Code::WorstRequest | Code::NotYet => None,
        _ => Some(problem),
    }
}
