//! The names under which a Release is known in proxies, in the mesh and in folders.
//!
//! A namespace has no dot and a slug of labels has none either, so that names that are joined by dots can be
//! taken apart again: no two Releases and no two entries of `attach` get the same one.

use std::num::NonZeroU16;

use policy::Policy;
use policy::policy::{Attach, AttachKind, SubsetId};

/// The longest name of a Kubernetes object.
pub const MAX_OBJECT: usize = 253;
/// The longest slug of labels; a longer one is cut and gets a digest.
const MAX_SLUG: usize = 40;
/// What stands in the names of gated routes where those for a subset have its name, which never has a `_`.
pub const GATE: &str = "_gate";

/// `serin.<namespace>.<name>`: the filter, its virtual machine, and the route that it may switch.
#[must_use]
pub fn qualified(policy: &Policy) -> String {
    format!("serin.{}.{}", policy.namespace(), policy.name())
}

/// `<namespace>/serin.<name>`: the filter in a mesh, where Istio wants the names of extension configurations
/// to begin with a namespace.
#[must_use]
pub fn resource(policy: &Policy) -> String {
    format!("{}/serin.{}", policy.namespace(), policy.name())
}

/// The service's port in the names of clusters and virtual hosts; 0 where the Release has none, which is enough
/// for an Envoy without a mesh (a mesh is refused such a Release).
#[must_use]
pub fn port(policy: &Policy) -> u16 {
    policy.port().map_or(0, NonZeroU16::get)
}

/// `outbound|<port>|<subset>|<host>`, as Istio names it (model.BuildSubsetKey): the service's port, not the
/// pods'.
#[must_use]
pub fn cluster(policy: &Policy, subset: SubsetId) -> String {
    format!("outbound|{}|{}|{}", port(policy), policy.subset_name(subset), policy.host().fqdn())
}

/// The cluster that a decision for `subset` leads to: the subset's own, or, where it falls back to the stable
/// one, the aggregate of both, `serin|<port>|<subset>|<host>`.
#[must_use]
pub fn target_cluster(policy: &Policy, subset: SubsetId) -> String {
    if !policy.falls_back(subset) {
        return cluster(policy, subset);
    }
    format!("serin|{}|{}|{}", port(policy), policy.subset_name(subset), policy.host().fqdn())
}

/// `serin-<name>`: the objects in the Release's own namespace. Not its bare name, which the user's own
/// DestinationRule may have and would be overwritten.
#[must_use]
pub fn object(policy: &Policy) -> String {
    format!("serin-{}", policy.name())
}

/// `serin.<namespace>.<name>.<part>.<kind>.<labels>`: an EnvoyFilter in the namespace of `attach`.
#[must_use]
pub fn patch(policy: &Policy, part: &str, attach: &Attach) -> String {
    format!("{}.{part}.{}.{}", qualified(policy), kind(attach), labels(&attach.labels))
}

/// `<kind>.<namespace>.<labels>`: an entry of `attach` in the name of a file.
#[must_use]
pub fn place(attach: &Attach) -> String {
    format!("{}.{}.{}", kind(attach), attach.namespace, labels(&attach.labels))
}

/// `sidecar` or `gateway`.
fn kind(attach: &Attach) -> &'static str {
    match attach.kind {
        AttachKind::Sidecar => "sidecar",
        AttachKind::Gateway { .. } => "gateway",
    }
}

/// `app-productpage`, readable and different for different labels; by content, not by position, so that an
/// object keeps its name when entries are added or moved.
fn labels(labels: &[(String, String)]) -> String {
    if let [(key, value)] = labels
        && is_faithful(key, value)
    {
        return format!("{key}-{value}");
    }
    if labels.is_empty() {
        return "all".to_owned();
    }
    let pairs: Vec<String> = labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let mut slug = String::new();
    for character in pairs.join("-").chars().take(MAX_SLUG) {
        let is_plain = character.is_ascii_alphanumeric();
        slug.push(if is_plain { character.to_ascii_lowercase() } else { '-' });
    }
    // A comma can be in neither a key nor a value.
    format!("{}-{:08x}", slug.trim_matches('-'), digest(pairs.join(",").as_bytes()) >> 32)
}

/// Whether key and value can be told from `key-value`, and that be part of an object's name.
fn is_faithful(key: &str, value: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    key.len() + value.len() < MAX_SLUG
        && key.bytes().all(plain)
        && !value.is_empty()
        && value.bytes().all(|b| plain(b) || b == b'-')
        && !value.starts_with('-')
        && !value.ends_with('-')
}

/// FNV-1a, 64 bits: short, and the same wherever and whenever it is computed. Not for anything secret.
#[must_use]
pub fn digest(bytes: &[u8]) -> u64 {
    // Offset basis and prime: RFC 9923, section 5.
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slug(pairs: &[(&str, &str)]) -> String {
        let pairs: Vec<_> = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        labels(&pairs)
    }

    #[test]
    fn labels_make_readable_slugs() {
        assert_eq!(slug(&[]), "all");
        assert_eq!(slug(&[("app", "productpage")]), "app-productpage");
        assert_eq!(slug(&[("istio", "ingress-gateway")]), "istio-ingress-gateway");
        assert_eq!(slug(&[("app", "a"), ("tier", "b")]), "app-a-tier-b-fe905f9e");
    }

    #[test]
    fn different_labels_make_different_valid_slugs() {
        let long = "x".repeat(63);
        let all: &[&[(&str, &str)]] = &[
            &[],
            &[("app", "a-b")],
            &[("app-a", "b")],
            &[("app", "a"), ("b", "c")],
            &[("app", "a-b-c")],
            &[("app", "A-b")],
            &[("app", "a_b")],
            &[("app", "")],
            &[("app.kubernetes.io/name", "a")],
            &[("app", &long)],
            &[("app", &long), ("b", "c")],
            &[("all", "x")],
        ];
        let mut slugs: Vec<String> = all.iter().map(|pairs| slug(pairs)).collect();
        for slug in &slugs {
            let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
            assert!(slug.bytes().all(plain) && slug.len() <= 63, "{slug}");
            assert!(!slug.starts_with('-') && !slug.ends_with('-'), "{slug}");
        }
        slugs.sort();
        slugs.dedup();
        assert_eq!(slugs.len(), all.len());
    }

    #[test]
    fn the_digest_is_fnv_1a() {
        // Test vectors of RFC 9923, appendix C.
        assert_eq!(digest(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(digest(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(digest(b"foobar"), 0x8594_4171_f739_67e8);
    }
}
