//! What a Release lacks for a mesh.

use policy::policy::{Attach, AttachKind};
use policy::{Code, Path, Policy, Problem, Problems};

use super::super::envoy_filter;
use super::super::mode::Mode;
use super::{Given, Options};
use crate::names;
use crate::version::Version;
use crate::weave::Rules;

pub(super) fn check(policy: &Policy, options: &Options, given: &Given, problems: &mut Problems) {
    let spec = Path::root().key("spec");
    let attach = spec.key("attach");
    if policy.attach().is_empty() {
        let message = "missing field `attach`: a mesh needs to know which proxies run the filter";
        let help =
            "name the callers of the host: `attach: [{sidecar: {labels: {app: productpage}}}]`";
        problems.add(Problem::error(Code::MissingField, &attach, message).help(help));
    }
    check_overlaps(policy, problems);
    check_patches(policy, options, given, problems);
    if policy.port().is_none() {
        // What the user's own objects have was not looked at then.
        let message = "missing field `port`: a mesh needs to know the port of the service";
        let problem = Problem::error(Code::MissingField, &spec.key("port"), message);
        problems.add(problem.help("write the port of the Service, not of its pods"));
        return;
    }
    if !given.has_destination_rule {
        check_labels(policy, &spec.key("subsets"), problems);
    }
    for attach in policy.attach() {
        match &attach.kind {
            AttachKind::Sidecar => check_sidecar(attach, options, problems),
            AttachKind::Gateway { hosts } => {
                check_gateway(policy, attach, hosts, options, given, problems);
            }
        }
    }
    let longest = policy
        .attach()
        .iter()
        .map(|attach| names::patch(policy, envoy_filter::INSTALL, attach).len());
    if let Some(length) = longest.max().filter(|length| *length > names::MAX_OBJECT) {
        let message = format!(
            "the name is too long: an EnvoyFilter named after it would have {length} characters in its name, expected \
             at most {}",
            names::MAX_OBJECT
        );
        problems.add(Problem::error(
            Code::InvalidName,
            &Path::root().key("metadata").key("name"),
            message,
        ));
    }
}

/// The most patches of an EnvoyFilter: what Kubernetes stores of an object, 1.5 MiB, has room for no more.
const MAX_PATCHES: usize = 4096;

/// Adds a problem for each entry of `attach` whose EnvoyFilter would have too many patches.
fn check_patches(policy: &Policy, options: &Options, given: &Given, problems: &mut Problems) {
    for attach in policy.attach() {
        let (rules, hosts) = match &attach.kind {
            AttachKind::Sidecar => (&given.mesh, 1),
            AttachKind::Gateway { hosts } if options.has_domain_name() => {
                (&given.gateways, hosts.len())
            }
            AttachKind::Gateway { .. } => (&given.gateways, 1),
        };
        let of = |rules: &Rules| rules.switched.len() + rules.ungated.len() + rules.copies.len();
        let patches = rules.as_ref().map_or(1, of).saturating_mul(hosts);
        if patches > MAX_PATCHES {
            let message = format!(
                "the EnvoyFilter of these proxies would have {patches} patches, one for each host and rule: expected at \
                 most {MAX_PATCHES}"
            );
            let problem = Problem::error(Code::OutOfRange, &attach.path, message);
            problems.add(
                problem.help(
                    "Kubernetes does not store larger objects: split the entry, or the rules",
                ),
            );
        }
    }
}

/// The most bytes of all objects together.
const MAX_BYTES: usize = 32 * 1024 * 1024;

/// Whether there is room for the filter's configuration, of which each entry of `attach` gets a copy for old proxies and
/// one for new ones; adds a problem where there is none.
pub(super) fn has_room(policy: &Policy, configuration: usize, problems: &mut Problems) -> bool {
    let copies = policy.attach().len().saturating_mul(2);
    let bytes = configuration.saturating_mul(copies);
    if bytes > MAX_BYTES {
        let mebibytes = |bytes: usize| bytes.div_ceil(1024 * 1024);
        let message = format!(
            "{copies} copies of the filter's configuration take {} MiB: expected at most {}",
            mebibytes(bytes),
            mebibytes(MAX_BYTES)
        );
        let at = Path::root().key("spec").key("attach");
        let problem = Problem::error(Code::OutOfRange, &at, message);
        problems.add(problem.help("name fewer proxies with wider labels, or write fewer rules"));
    }
    bytes <= MAX_BYTES
}

/// Adds a problem for each entry of `attach` that selects only proxies which another selects already: those would get
/// the filter twice.
fn check_overlaps(policy: &Policy, problems: &mut Problems) {
    for (position, inner) in policy.attach().iter().enumerate() {
        let mut others = policy.attach().iter().enumerate().filter(|(other, _)| *other != position);
        if let Some((other, _)) = others.find(|(_, outer)| is_within(inner, outer)) {
            let message = format!(
                "these proxies are among those of `spec.attach[{other}]`, and would get the filter twice"
            );
            let problem = Problem::error(Code::DuplicateName, &inner.path, message);
            problems.add(problem.help("remove one of the two, or use labels that do not overlap"));
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

/// Labels may be left out where a DestinationRule has them.
fn check_labels(policy: &Policy, subsets: &Path, problems: &mut Problems) {
    for (index, subset) in policy.subsets().iter().enumerate() {
        if subset.labels.is_empty() {
            let message = format!("the DestinationRule needs the labels of `{}`", subset.name);
            let at = subsets.index(index).key("labels");
            let help =
                "write them, or name the file of the DestinationRule that has them: `--into FILE`";
            problems.add(Problem::error(Code::MissingField, &at, message).help(help));
        }
    }
}

/// Where routes match a header, all that they hold for must remove it first. A waypoint, which does not, takes
/// matches for its namespace, but none for labels.
fn check_sidecar(attach: &Attach, options: &Options, problems: &mut Problems) {
    if options.mode == Mode::VirtualService && attach.labels.is_empty() {
        let message = format!(
            "with `--route virtual-service` the callers need labels: without them a waypoint of `{}` would trust \
             headers from clients",
            attach.namespace
        );
        let help = "write labels of the callers' pods, or use `--route matcher`, which needs none";
        problems.add(Problem::error(Code::Empty, &attach.path, message).help(help));
    }
}

fn check_gateway(
    policy: &Policy,
    attach: &Attach,
    hosts: &[String],
    options: &Options,
    given: &Given,
    problems: &mut Problems,
) {
    let Some(rules) = &given.gateways else {
        if options.mode != Mode::Matcher {
            let message = format!(
                "with `--route {}` the gateway's own VirtualService must be changed, and it is not in a file of \
                 `--into`",
                options.mode.name()
            );
            let help = format!(
                "name the file with the VirtualService for {}: `--into FILE`; `--route matcher` (Istio {} or newer) \
                 does not need it",
                hosts.join(", "),
                Version::MATCHER
            );
            problems.add(Problem::error(Code::MissingField, &attach.path, message).help(help));
        }
        return;
    };
    // Other routes of the gateway may have the same name; no other has ours.
    let own = names::qualified(policy);
    let is_own = |name: &str| {
        name.strip_prefix(&own).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/']))
    };
    if options.has_domain_name() {
        return;
    }
    for name in rules.switched.iter().filter(|name| !is_own(name)) {
        let message = format!(
            "another VirtualService of the gateway has a rule `{name}` too: before Istio {} EnvoyFilters cannot \
             select the host of a gateway",
            Version::DOMAIN_NAME
        );
        let help = format!("rename the rule to `{own}`, or `{own}/` and more");
        problems.add(Problem::error(Code::InvalidName, &attach.path, message).help(help));
    }
}
