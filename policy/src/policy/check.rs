//! A whole Release: names resolved, and what its parts must be together.

use super::name;
use super::names::Names;
use super::rules;
use super::share::Split;
use super::{Host, Policy, attach, identity, mirror, subset};
use crate::decimal::decimal;
use crate::path::Path;
use crate::problem::{Code, Problem, Problems};
use crate::spec::{self, Spec};
use std::num::NonZeroU16;

/// Makes a policy of the Release that stands at `path`; `None` when a problem forbids it.
pub(crate) fn policy(written: &Spec, path: &Path, problems: &mut Problems) -> Option<Policy> {
    let Spec { metadata, spec, .. } = written;
    read_metadata(metadata, &path.key("metadata"), problems);
    let at = path.key("spec");
    let host = Host::read(&spec.host, &metadata.namespace, &at.key("host"), problems);
    let port = spec.port.and_then(|port| read_port(port, &at.key("port"), problems));
    let subsets = subset::read(spec, &at, problems);
    let stable = subset::read_stable(spec, &subsets, &at.key("stable"), problems);
    let attach = attach::read(&spec.attach, &metadata.namespace, &at.key("attach"), problems);
    let identity = identity::read(&spec.identity, &at.key("identity"), problems);
    let has_identity = !spec.identity.is_empty();
    if spec.sticky == Some(true) && !has_identity {
        problems.add(identity::missing(&at.key("sticky")));
    }
    let sticky = spec.sticky.unwrap_or(has_identity);
    let names = Names { subsets: &subsets, stable, identity: has_identity, sticky };
    let rules = rules::read(&spec.rules, &names, &at.key("rules"), problems);
    let split = if spec.split.is_empty() {
        stable.map(Split::all_to)
    } else {
        Split::read(&spec.split, &names, &at.key("split"), problems)
    };
    let mirror = mirror::read(spec.mirror.as_ref(), &names, &at.key("mirror"), problems);
    let cohort = read_cohort(written, &at.key("cohort"), problems);
    if !problems.allow() {
        // Nothing will be compiled: what that would find in the regexes is found here.
        rules::check_regexes(&rules, problems);
        return None;
    }
    Some(Policy {
        name: metadata.name.clone(),
        namespace: metadata.namespace.clone(),
        host: host?,
        port,
        subsets,
        stable: stable?,
        attach,
        identity,
        rules,
        split: split?,
        sticky,
        anonymous: spec.anonymous,
        cohort,
        counters: spec.counters,
        fallback: spec.fallback,
        mirror,
    })
}

fn read_metadata(metadata: &spec::Metadata, path: &Path, problems: &mut Problems) {
    if !name::is_dns_subdomain(&metadata.name) {
        let message = format!("`{}` cannot be the name of a Release", metadata.name);
        let problem = Problem::error(Code::InvalidName, &path.key("name"), message);
        problems.add(problem.help("lower-case letters, digits, `-` and `.`, as for any object"));
    }
    name::check_namespace(&metadata.namespace, &path.key("namespace"), problems);
}

fn read_port(port: f64, path: &Path, problems: &mut Problems) -> Option<NonZeroU16> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float outside the range saturates, and then differs from what was written"
    )]
    let integer = port as u16;
    let read =
        NonZeroU16::new(integer).filter(|_| (f64::from(integer) - port).abs() < f64::EPSILON);
    if read.is_none() {
        let message = format!("expected a port from 1 to 65535, found `{}`", decimal(port));
        problems.add(Problem::error(Code::OutOfRange, path, message));
    }
    read
}

fn read_cohort(written: &Spec, path: &Path, problems: &mut Problems) -> String {
    let Spec { metadata, spec, .. } = written;
    match &spec.cohort {
        Some(cohort) if cohort.is_empty() => {
            let problem = Problem::error(Code::Empty, path, "the cohort is empty");
            problems.add(problem.help("remove it: the default is `namespace/name`"));
            String::new()
        }
        Some(cohort) => cohort.clone(),
        None => format!("{}/{}", metadata.namespace, metadata.name),
    }
}
