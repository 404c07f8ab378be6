//! The names of namespaces.

use rollout::install::ISTIO_NAMESPACE;

/// Reads the name of a namespace.
pub(crate) fn name(text: &str) -> Result<String, &'static str> {
    if is_label(text) { Ok(text.to_owned()) } else { Err("expected the name of a namespace") }
}

/// Whether it is a label of a domain, as Kubernetes names many things (RFC 1123).
pub(super) fn is_label(text: &str) -> bool {
    let is_inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=63).contains(&text.len())
        && text.bytes().all(is_inner)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// The same, or nothing.
pub(super) fn name_or_none(text: &str) -> Result<String, &'static str> {
    if text.is_empty() { Ok(String::new()) } else { name(text) }
}

/// Reads the name of a namespace that the controller can have for itself: uninstalling removes all of it.
pub(super) fn own(text: &str) -> Result<String, &'static str> {
    if text == "default" || text.starts_with("kube-") || text == ISTIO_NAMESPACE {
        return Err("expected a namespace of its own, which `serin uninstall` removes");
    }
    name(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn namespaces_are_named_as_kubernetes_names_them() {
        for good in ["serin-system", "a", "1"] {
            assert!(
                name(good).is_ok() && name_or_none(good).is_ok() && own(good).is_ok(),
                "{good}"
            );
        }
        for bad in ["-a", "a-", "A", "a.b", "a b", "a/b", "a\n"] {
            assert!(
                name(bad).is_err() && name_or_none(bad).is_err() && own(bad).is_err(),
                "{bad:?}"
            );
        }
        assert!(name("").is_err() && name_or_none("").is_ok());
        for shared in ["default", "kube-system", ISTIO_NAMESPACE] {
            assert!(name(shared).is_ok() && own(shared).is_err(), "{shared}");
        }
    }
}
