//! What names may look like, and a problem for those that do not.

use crate::path::Path;
use crate::problem::{Code, Part, Problem, Problems};

/// A header's name as proxies compare it: lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HeaderName(String);

impl HeaderName {
    /// `:method`
    #[must_use]
    pub fn method() -> Self {
        Self(":method".to_owned())
    }

    /// `:authority`
    #[must_use]
    pub fn authority() -> Self {
        Self(":authority".to_owned())
    }

    /// The header `name`, if there can be one of that name.
    pub(super) fn read(name: &str, at: &Path, part: Part, problems: &mut Problems) -> Option<Self> {
        let lower = name.to_ascii_lowercase();
        let pseudo = [":method", ":path", ":authority", ":scheme"];
        if pseudo.contains(&lower.as_str()) || is_token(&lower) {
            return Some(Self(lower));
        }
        let message = format!("`{name}` cannot be the name of a header");
        let problem = Problem::error(Code::InvalidName, at, message).about(part);
        problems.add(problem.help("a name consists of letters, digits and !#$%&'*+-.^_`|~"));
        None
    }

    /// Whether a request may have several lines of it of which each counts. Pseudo-headers stand there once, and
    /// so does `cookie` in HTTP/2 and by RFC 6265 section 5.4 (of the several that a broken client may send in
    /// HTTP/1.1 the first counts: looking for more would cost every request).
    #[must_use]
    pub fn may_repeat(&self) -> bool {
        !self.0.starts_with(':') && self.0 != "cookie" && self.0 != "host"
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// RFC 9110 section 5.6.2.
fn is_token(name: &str) -> bool {
    let special = b"!#$%&'*+-.^_`|~";
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || special.contains(&b))
}

/// Whether a browser may send a cookie of this name: anything that parsing can give back
/// (RFC 6265 section 5.2 is laxer than its own grammar).
pub(super) fn is_cookie(name: &str) -> bool {
    let outer = |b: &u8| *b == b' ' || *b == b'\t';
    !name.is_empty()
        && name.bytes().all(|b| b != b';' && b != b'=' && !b.is_ascii_control())
        && !name.as_bytes().first().is_some_and(outer)
        && !name.as_bytes().last().is_some_and(outer)
}

/// RFC 1123: what Kubernetes takes as a namespace and Istio as a subset.
pub(super) fn is_dns_label(name: &str) -> bool {
    let alphanumeric = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let bytes = name.as_bytes();
    bytes.len() <= 63
        && bytes.iter().all(|b| alphanumeric(b) || *b == b'-')
        && bytes.first().is_some_and(alphanumeric)
        && bytes.last().is_some_and(alphanumeric)
}

/// Labels joined by dots: what Kubernetes takes as an object's name, and a host.
pub(crate) fn is_dns_subdomain(name: &str) -> bool {
    name.len() <= 253 && name.split('.').all(is_dns_label)
}

/// What decisions are called that no rule makes: no rule has this name.
pub const DEFAULT_RULE: &str = "default";
/// The longest name of a rule.
pub const MAX_RULE_NAME: usize = 63;

/// The name of a rule: it becomes a label of metrics.
pub(super) fn is_rule(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    (1..=MAX_RULE_NAME).contains(&name.len()) && name.bytes().all(plain)
}

/// A qualified name or value of a Kubernetes label, without its `prefix/`.
fn is_label_part(part: &str) -> bool {
    let outer = |b: &u8| b.is_ascii_alphanumeric();
    part.len() <= 63
        && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        && part.as_bytes().first().is_none_or(outer)
        && part.as_bytes().last().is_none_or(outer)
}

/// The key of a Kubernetes label.
pub(super) fn is_label_key(key: &str) -> bool {
    let (prefix, name) = key.split_once('/').map_or((None, key), |(p, name)| (Some(p), name));
    prefix.is_none_or(is_dns_subdomain) && !name.is_empty() && is_label_part(name)
}

/// The value of a Kubernetes label.
#[must_use]
pub fn is_label_value(value: &str) -> bool {
    is_label_part(value)
}

/// Refuses what cannot be the name of a namespace.
pub(super) fn check_namespace(namespace: &str, path: &Path, problems: &mut Problems) {
    if !is_dns_label(namespace) {
        let message = format!("`{namespace}` cannot be the name of a namespace");
        let problem = Problem::error(Code::InvalidName, path, message);
        problems.add(problem.help("at most 63 lower-case letters, digits and `-`"));
    }
}
