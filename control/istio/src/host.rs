//! Names of hosts and gateways as Istio completes and compares them.

use std::collections::HashSet;

/// The domain of a cluster that was set up without another one.
pub const CLUSTER_DOMAIN: &str = "cluster.local";

/// A host's full name: one without dots is a service in the namespace of the object that names it.
#[must_use]
pub fn complete(host: &str, namespace: &str) -> String {
    complete_in(host, namespace, CLUSTER_DOMAIN)
}

/// The same, in a cluster with this domain.
#[must_use]
pub fn complete_in(host: &str, namespace: &str, domain: &str) -> String {
    let host = host.to_ascii_lowercase();
    // An address of IPv6 has no dots either.
    if host == "*" || host.contains(['.', ':']) {
        host
    } else {
        format!("{host}.{namespace}.svc.{domain}")
    }
}

/// The service and its namespace, where the host is one of a cluster: `<service>.<namespace>.svc.<domain>`.
#[must_use]
pub fn service(fqdn: &str) -> Option<(&str, &str)> {
    let mut parts = fqdn.splitn(4, '.');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(service), Some(namespace), Some("svc"), Some(_)) => Some((service, namespace)),
        _ => None,
    }
}

/// The domain of the cluster that a full name is of: names without dots are completed with it.
#[must_use]
pub fn domain(fqdn: &str) -> &str {
    service(fqdn).and_then(|_| fqdn.splitn(4, '.').nth(3)).unwrap_or(CLUSTER_DOMAIN)
}

/// Whether `written` in an object of `namespace` is the host with this full name.
#[must_use]
pub fn is(written: &str, namespace: &str, fqdn: &str) -> bool {
    complete_in(written, namespace, domain(fqdn)) == fqdn
}

/// Whether every host with the one name has the other, too; each may begin with `*`.
#[must_use]
pub fn is_within(one: &str, other: &str) -> bool {
    match (one.strip_prefix('*'), other.strip_prefix('*')) {
        (_, Some(other)) => one.strip_prefix('*').unwrap_or(one).ends_with(other),
        (Some(_), None) => false,
        (None, None) => one == other,
    }
}

/// The names that both lists have in common, the narrower of each two (`Names.Intersection` in Istio's
/// `pkg/config/host/names.go`).
#[must_use]
pub fn intersection(ones: &[String], others: &[String]) -> Vec<String> {
    let is_wide = |name: &&String| name.starts_with('*');
    let equal: HashSet<&String> = others.iter().collect();
    let wide: Vec<&String> = others.iter().filter(is_wide).collect();
    let mut seen = HashSet::new();
    let mut found: Vec<String> = Vec::new();
    let mut add = |name: &String| {
        if seen.insert(name.clone()) {
            found.push(name.clone());
        }
    };
    for one in ones {
        if !is_wide(&one) {
            if equal.contains(one) || wide.iter().any(|other| is_within(one, other)) {
                add(one);
            }
            continue;
        }
        for other in others {
            if is_within(one, other) {
                add(one);
            } else if is_within(other, one) {
                add(other);
            }
        }
    }
    found
}

/// Whether some host has both names, each of which may begin with `*`.
#[must_use]
pub fn overlap(one: &str, other: &str) -> bool {
    match (one.strip_prefix('*'), other.strip_prefix('*')) {
        (Some(one), Some(other)) => one.ends_with(other) || other.ends_with(one),
        (Some(one), None) => other.ends_with(one),
        (None, Some(other)) => one.ends_with(other),
        (None, None) => one == other,
    }
}

/// `<namespace>/<name>` of a gateway, which may be written as that, as its name, or as an old full name.
#[must_use]
pub fn gateway(written: &str, namespace: &str) -> String {
    if let Some((of, name)) = written.split_once('/') {
        let of = if of == "." { namespace } else { of };
        return format!("{of}/{name}");
    }
    match written.split_once('.') {
        Some((name, rest)) => {
            let of = rest.split('.').next().unwrap_or_default();
            format!("{of}/{name}")
        }
        None => format!("{namespace}/{written}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_completed_as_istio_does() {
        for (written, full) in [
            ("reviews", "reviews.ns.svc.cluster.local"),
            ("Reviews", "reviews.ns.svc.cluster.local"),
            ("reviews.other", "reviews.other"),
            ("example.com", "example.com"),
            ("*", "*"),
            ("*.example.com", "*.example.com"),
            ("::1", "::1"),
        ] {
            assert_eq!(complete(written, "ns"), full, "{written}");
        }
        for (written, full) in [
            ("gw", "ns/gw"),
            ("other/gw", "other/gw"),
            ("./gw", "ns/gw"),
            ("gw.other", "other/gw"),
            ("gw.other.svc.cluster.local", "other/gw"),
        ] {
            assert_eq!(gateway(written, "ns"), full, "{written}");
        }
    }

    #[test]
    fn a_name_is_completed_with_the_domain_of_the_cluster() {
        let fqdn = "cart.shop.svc.corp.example";
        assert_eq!(domain(fqdn), "corp.example");
        assert_eq!(domain("api.example.com"), CLUSTER_DOMAIN);
        assert_eq!(service(fqdn), Some(("cart", "shop")));
        assert_eq!(service("cart.shop"), None);
        assert!(is("cart", "shop", fqdn) && is("Cart", "shop", fqdn) && is(fqdn, "x", fqdn));
        assert!(!is("cart", "other", fqdn) && !is("cart.shop", "shop", fqdn));
    }

    #[test]
    fn hosts_of_two_lists_meet_in_the_narrower_name() {
        for (ones, others, expected) in [
            (&["*"][..], &["*"][..], &["*"][..]),
            (&["*"], &["a.com", "*.b.com"], &["a.com", "*.b.com"]),
            (&["a.b.com", "c.b.com"], &["*.b.com"], &["a.b.com", "c.b.com"]),
            (&["*.b.com"], &["a.b.com", "b.com"], &["a.b.com"]),
            (&["*.com"], &["*.b.com"], &["*.b.com"]),
            (&["a.com"], &["b.com"], &[]),
        ] {
            let owned = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect();
            let (ones, others): (Vec<String>, Vec<String>) = (owned(ones), owned(others));
            assert_eq!(intersection(&ones, &others), expected, "{ones:?} {others:?}");
        }
    }

    #[test]
    fn names_with_asterisks_overlap_as_in_istio() {
        for (one, other, expected) in [
            ("foo.com", "foo.com", true),
            ("foo.com", "bar.com", false),
            ("*.com", "foo.com", true),
            ("*.foo.com", "foo.com", false),
            ("*", "foo.com", true),
            ("*", "*.com", true),
            ("*.foo.com", "*.com", true),
            ("*.foo.com", "*.bar.com", false),
        ] {
            assert_eq!(overlap(one, other), expected, "{one} {other}");
            assert_eq!(overlap(other, one), expected, "{other} {one}");
        }
    }
}
