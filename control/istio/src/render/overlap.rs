//! Entries of `attach` of which one selects only proxies that another selects already: those would get the filter
//! twice.

use policy::policy::{Attach, AttachKind};
use policy::{Code, Policy, Problem, Problems};

/// A problem for each entry that is within an earlier or a later one.
pub fn find(policy: &Policy, problems: &mut Problems) {
    for (position, inner) in policy.attach().iter().enumerate() {
        let mut others = policy.attach().iter().enumerate().filter(|(other, _)| *other != position);
        if let Some((other, _)) = others.find(|(_, outer)| is_within(inner, outer)) {
            let message = format!(
                "these proxies are among those of `spec.attach[{other}]`, and would get the filter twice"
            );
            let problem = Problem::error(Code::DuplicateName, &inner.path, message);
            problems.add(problem.help("leave one of the two out, or tell their labels apart"));
        }
    }
}

/// Whether every proxy of `inner` has all labels of `outer`. Patches for gateways leave sidecars alone, and the
/// other way round.
fn is_within(inner: &Attach, outer: &Attach) -> bool {
    let is_sidecar = |attach: &Attach| attach.kind == AttachKind::Sidecar;
    is_sidecar(inner) == is_sidecar(outer)
        && inner.namespace == outer.namespace
        && outer.labels.iter().all(|label| inner.labels.contains(label))
}
