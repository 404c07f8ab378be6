//! What `serin check` says of VirtualServices: the first half of an import.

use document::load::Document;
use istio::field::Field;
use istio::surroundings::Surroundings;
use policy::{Code, Problem, Problems};

use crate::{DEFAULT_NAMESPACE, beside, objects, read, translation, traps};

/// What is wrong with a VirtualService that stands in a document, as far as Istio itself would refuse it, or read it
/// otherwise than its author thinks.
pub(super) fn review(
    root: Field<'_>,
    document: &Document,
    around: &Surroundings,
    domain: &str,
) -> Reviewed {
    let mut problems = Problems::default();
    let service = read(root, 0, DEFAULT_NAMESPACE, domain, document, &mut problems);
    let service = service.map(|service| {
        let made = translation::of(&service, &[], domain, &mut problems);
        traps::find(&service, &made, &mut problems);
        beside::find(&service, around, &mut problems);
        (service.object.label, service.rules.len())
    });
    Reviewed { service, problems: problems.into_iter().filter_map(of_istio).collect() }
}

/// What was found about a VirtualService.
#[derive(Debug)]
pub(super) struct Reviewed {
    /// Its name, and how many rules it has; none where it cannot be read.
    pub(super) service: Option<(String, usize)>,
    /// What is wrong.
    pub(super) problems: Vec<Problem>,
}

/// Whether an object is a VirtualService, or meant to be one.
pub(super) fn is_meant(root: &Field<'_>) -> bool {
    objects::is_virtual_service(root) || objects::is_misnamed(root)
}

/// A problem, unless it is one for a Release only.
fn of_istio(problem: Problem) -> Option<Problem> {
    match problem.code {
        Code::Unsupported | Code::RegexTooLarge | Code::WorstRequest | Code::NotYet => None,
        _ => Some(problem),
    }
}
