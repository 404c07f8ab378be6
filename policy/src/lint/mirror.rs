//! Copies of requests that a subset gets anyway.

use crate::path::Path;
use crate::policy::{Policy, Rule, Split};
use crate::problem::{Code, Problem};

/// Warns of a mirror to a subset that also answers users: Envoy copies a request whatever subset answers it.
pub(super) fn twice(policy: &Policy) -> Option<Problem> {
    let mirror = policy.mirror()?;
    let gets = |split: &Split| split.shares().any(|(id, _)| id == mirror.to);
    let spec = Path::root().key("spec");
    let index = policy.rules().iter().map(Rule::split).position(gets);
    let place = match index {
        Some(index) => spec.key("rules").index(index).key("split"),
        None if gets(policy.split()) => spec.key("split"),
        None => return None,
    };
    let name = policy.subset_name(mirror.to);
    let message =
        format!("`{name}` gets copies of requests that it answers itself: it has users by");
    let at = spec.key("mirror").key("to");
    let problem = Problem::warning(Code::MirrorOverlap, &at, message).and(&place);
    Some(problem.help("mirror to a subset that no rule and no split sends users to"))
}
