//! What Istio itself refuses, beyond fields and types (its pkg/config/validation).

mod names;

use std::collections::BTreeSet;

use istio::field::Field;
use istio::virtual_service::VirtualService;
use istio::{host, object};
use policy::{Code, Node, Part, Problem, Problems};

use super::headers;
use super::schema;
use super::schema::virtual_service::VIRTUAL_SERVICE;
use super::unsupported::Proxies;

/// What a rule may do, each excluding the others.
const ACTIONS: [&str; 4] = ["route", "redirect", "directResponse", "delegate"];

/// How many pairs of hosts are compared: of more than some 1,400 hosts, the last are only looked at for equal ones.
const MAX_COMPARED: usize = 1_000_000;

/// Adds what is wrong with the fields of a VirtualService, and with keys that stand twice.
pub(super) fn fields(root: &Field<'_>, problems: &mut Problems) {
    // First: of a key that stands twice only one is read, and what that is not is a consequence.
    object::ambiguous(root, problems);
    schema::check(root, &VIRTUAL_SERVICE, problems);
}

/// Adds what is wrong with the VirtualService as a whole.
pub(super) fn whole(service: &VirtualService<'_>, proxies: &Proxies<'_>, problems: &mut Problems) {
    let root = &service.object.root;
    let Some(spec) = root.get("spec") else {
        let problem =
            Problem::error(Code::MissingField, &root.path.key("spec"), "missing field `spec`");
        problems.add(problem);
        return;
    };
    let has = |key: &str| {
        spec.get(key)
            .is_some_and(|field| !matches!(field.node, Node::List(items) if items.is_empty()))
    };
    if !["http", "tcp", "tls"].into_iter().any(has) {
        let message = "expected `http`, `tcp` or `tls`, found none";
        problems.add(Problem::error(Code::MissingField, &spec.path.key("http"), message));
    }
    names::gateways(&spec, problems);
    let hosts = spec.list("hosts", &mut Problems::default());
    if hosts.is_empty() && has("gateways") {
        let message = "gateways without hosts: Istio rejects such a VirtualService";
        problems.add(Problem::error(Code::MissingField, &spec.path.key("hosts"), message));
    }
    let (mut seen, mut names) = (Vec::<&str>::new(), BTreeSet::<&str>::new());
    let mut compared = 0;
    for field in &hosts {
        let Node::String(name) = field.node else { continue };
        if !names::is_host(name) {
            let message = format!("`{name}` cannot be a host");
            problems.unread(Problem::error(Code::InvalidName, &field.path, message));
        } else if name == "*" && proxies.real().next().is_none() {
            let message = "`*` is not a host in the mesh: Istio rejects it without a gateway";
            problems.unread(Problem::error(Code::InvalidName, &field.path, message));
        } else if let Some(other) = match compared {
            ..MAX_COMPARED => seen.iter().copied().find(|other| host::overlap(other, name)),
            _ => names.get(name.as_str()).copied(),
        } {
            let message = format!("the hosts `{other}` and `{name}` overlap: Istio rejects that");
            problems.unread(Problem::error(Code::DuplicateName, &field.path, message));
        }
        compared += seen.len();
        seen.push(name.as_str());
        names.insert(name.as_str());
    }
}

/// Adds what is wrong with a rule.
pub(super) fn rule(rule: &Field<'_>, proxies: &Proxies<'_>, problems: &mut Problems) {
    let given: Vec<&str> = ACTIONS
        .into_iter()
        .filter(|key| {
            let field = rule.get(key);
            field.is_some_and(|field| !matches!(field.node, Node::List(items) if items.is_empty()))
        })
        .collect();
    match given.as_slice() {
        [] => {
            let message = "a rule without `route`, `redirect`, `directResponse` or `delegate`";
            let problem = Problem::error(Code::MissingField, &rule.path, message);
            problems.add(problem.help("add a destination: `route: [{destination: {host: …}}]`"));
        }
        [_] => {}
        [first, second, ..] => {
            let message = format!("a rule cannot have both `{first}` and `{second}`");
            let problem = Problem::error(Code::OneOf, &rule.path.key(second), message);
            problems.unread(problem.about(Part::Key(0)));
        }
    }
    for route in rule.maps("route", &mut Problems::default()) {
        let destination = route.get("destination");
        let host = destination.as_ref().and_then(|destination| destination.get("host"));
        let (missing, at) = match (&destination, &host) {
            (None, _) => ("destination", &route.path),
            (Some(destination), None) => ("host", &destination.path),
            (_, Some(host)) => {
                if matches!(host.node, Node::String(name) if name == "*" || name.is_empty()) {
                    let message =
                        format!("expected the host of a service, found {}", host.node.describe());
                    problems.unread(Problem::error(Code::InvalidName, &host.path, message));
                } else if let Some(destination) = &destination {
                    names::destination(destination, problems);
                }
                continue;
            }
        };
        let message = format!("missing field `{missing}`");
        problems.unread(Problem::error(Code::MissingField, &at.key(missing), message));
    }
    if let Some(list) = rule.get("match").filter(|list| *list.node == Node::List(Vec::new())) {
        let problem =
            Problem::warning(Code::Empty, &list.path, "an empty `match` matches every request");
        problems.add(problem.help("to match every request, remove it"));
    }
    for entry in rule.maps("match", &mut Problems::default()) {
        if !asks_anything(&entry) {
            let message = "an entry of `match` without a condition matches every request, although Istio's API does not \
                allow it";
            let problem = Problem::warning(Code::Empty, &entry.path, message);
            problems.add(problem.help("to match every request, remove `match`"));
        }
        names::callers(&entry, problems);
        if proxies.real().next().is_none() {
            headers::claims_need_gateway(&entry, problems);
        }
    }
}

/// Whether an entry of `match` has a condition.
fn asks_anything(entry: &Field<'_>) -> bool {
    const NO_CONDITION: [&str; 3] = ["name", "statPrefix", "ignoreUriCase"];
    let Node::Map(fields) = entry.node else { return true };
    fields.iter().any(|(key, value)| {
        let is_empty = match value {
            Node::Null => true,
            Node::Map(entries) => entries.is_empty(),
            Node::List(items) => items.is_empty(),
            _ => false,
        };
        !is_empty && !NO_CONDITION.contains(&key.as_str())
    })
}
