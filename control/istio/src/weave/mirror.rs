//! Rules that copy requests to the very subset that the Release mirrors to: both would, and it would get them twice.

use policy::{Code, Part, Path, Policy, Problem, Problems};

use super::field::Field;
use super::host;
use super::virtual_service::Rule;

/// Refuses a rule of an object in `namespace` whose own mirror is that of the Release.
pub(super) fn check(rule: &Rule<'_>, namespace: &str, policy: &Policy, problems: &mut Problems) {
    let Some(mirror) = policy.mirror() else { return };
    let (subset, fqdn) = (policy.subset_name(mirror.to), policy.host().fqdn());
    let mut said = Problems::default();
    let is_it = |to: &Field<'_>| {
        to.word("subset") == Some(subset)
            && to.word("host").is_some_and(|host| host::is(host, namespace, fqdn))
    };
    for copies in rule.mirrors(&mut said).iter().filter(|copies| is_it(&copies.to)) {
        problems.add(twice(&copies.to.path, subset));
    }
}

fn twice(at: &Path, subset: &str) -> Problem {
    let message = format!(
        "this rule mirrors requests to `{subset}`, and so does the Release: they would reach it twice"
    );
    let help = "remove it from the rule: the Release's `mirror` says how many requests are copied";
    Problem::error(Code::DuplicateName, at, message).about(Part::Value).help(help)
}
