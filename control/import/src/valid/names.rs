//! Names that Istio's webhook refuses: of hosts, subsets, gateways and callers (`pkg/config/labels/instance.go`,
//! `ValidateWildcardDomain`).

use std::net::IpAddr;

use istio::field::Field;
use policy::policy::is_label_value;
use policy::{Code, Node, Path, Problem, Problems};

/// Adds what is wrong with what an entry of `match` says about who calls.
pub(super) fn callers(entry: &Field<'_>, problems: &mut Problems) {
    let labels = entry.get("sourceLabels").map(|map| map.entries(&mut Problems::default()));
    for (_, field) in labels.into_iter().flatten() {
        if let Node::String(value) = field.node
            && !is_label_value(value)
        {
            refuse(&field.path, value, "the value of a label", problems);
        }
    }
    if let Some(field) = entry.get("sourceNamespace")
        && let Node::String(name) = field.node
        && !name.is_empty()
        && !is_label(name)
    {
        refuse(&field.path, name, "the name of a namespace", problems);
    }
    gateways(entry, problems);
}

/// Adds what is wrong with the names of gateways.
pub(super) fn gateways(of: &Field<'_>, problems: &mut Problems) {
    for field in of.list("gateways", &mut Problems::default()) {
        let Node::String(name) = field.node else { continue };
        let is_name = match name.split_once('/') {
            Some((namespace, name)) => (namespace == "." || is_label(namespace)) && is_label(name),
            None => name.split('.').all(is_label),
        };
        if !is_name {
            let message = format!("`{name}` cannot be the name of a gateway");
            let problem = Problem::error(Code::InvalidName, &field.path, message);
            problems.unread(problem.help("write `NAMESPACE/NAME`, `NAME`, or `mesh`"));
        }
    }
}

/// Adds what is wrong with the names in a destination.
pub(super) fn destination(field: &Field<'_>, problems: &mut Problems) {
    if let Some(host) = field.get("host")
        && let Node::String(name) = host.node
        && !is_host(name)
    {
        refuse(&host.path, name, "the host of a service", problems);
    }
    if let Some(subset) = field.get("subset")
        && let Node::String(name) = subset.node
        && !name.is_empty()
        && !is_label(name)
    {
        refuse(&subset.path, name, "the name of a subset", problems);
    }
}

/// Whether a host may have this name, which may begin with `*`, or be an address.
pub(super) fn is_host(name: &str) -> bool {
    if name == "*" || name.parse::<IpAddr>().is_ok() {
        return true;
    }
    let (first, rest) =
        name.split_once('.').map_or((name, None), |(first, rest)| (first, Some(rest)));
    let first = first.strip_prefix("*-").or_else(|| first.strip_prefix('*')).unwrap_or(first);
    let is_first =
        is_label(first) || (first.is_empty() && name.starts_with('*') && !name.starts_with("*-"));
    is_first && rest.is_none_or(|rest| rest.split('.').all(is_label))
}

/// A label of a name in the DNS, of either case.
fn is_label(name: &str) -> bool {
    let is_outer = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = name.as_bytes();
    bytes.len() <= 63
        && is_outer(bytes.first())
        && is_outer(bytes.last())
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
}

fn refuse(path: &Path, name: &str, what: &str, problems: &mut Problems) {
    let message = format!("`{name}` cannot be {what}");
    problems.unread(Problem::error(Code::InvalidName, path, message));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_told_as_istio_does() {
        for name in [
            "cart",
            "Cart",
            "cart.shop.svc.cluster.local",
            "*",
            "*.example.com",
            "*-a.b",
            "*a.b",
            "10.0.0.1",
            "::1",
        ] {
            assert!(is_host(name), "{name}");
        }
        for name in
            ["", "a b", "a_b.c", "a.*.b", "-a", "a-", "a..b", ".a", "*-", "*-.a", "https://a"]
        {
            assert!(!is_host(name), "{name}");
        }
    }
}
