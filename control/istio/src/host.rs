//! Names of hosts and gateways as Istio completes and compares them.

/// A host's full name: one without dots is a service in the namespace of the object that names it.
#[must_use]
pub fn complete(host: &str, namespace: &str) -> String {
    let host = host.to_ascii_lowercase();
    // An address of IPv6 has no dots either.
    if host == "*" || host.contains(['.', ':']) {
        host
    } else {
        format!("{host}.{namespace}.svc.cluster.local")
    }
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
