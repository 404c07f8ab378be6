//! Versions of Istio, and what each was the first to have.

use std::fmt;
use std::str::FromStr;

/// A version of Istio; patch releases make no difference here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    major: u16,
    minor: u16,
}

impl Version {
    /// The first whose proxies all can remove headers before the first look at a request. Envoy 1.25 had it, but
    /// istio-proxy was built without it (istio/istio#49978, istio/proxy#5413) up to patch releases of 1.20 and
    /// 1.21. What else the filter needs is older: filters that are disabled until a route switches them on came
    /// with Envoy 1.28 (Istio 1.20), extension configurations in `EnvoyFilter`s before that.
    pub const EARLY_HEADERS: Self = Self::new(22);
    /// The first with Envoy's `failure_policy` of wasm filters (Envoy 1.33).
    pub const FAILURE_POLICY: Self = Self::new(25);
    /// The first whose `EnvoyFilter`s find a virtual host by one of its domains (`vhost.domainName`).
    pub const DOMAIN_NAME: Self = Self::new(26);
    /// The first whose routes look a cluster up in filter state (Envoy 1.35: the matcher cluster specifier).
    pub const MATCHER: Self = Self::new(27);

    const fn new(minor: u16) -> Self {
        Self { major: 1, minor }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl FromStr for Version {
    type Err = ();

    /// `1.24`, `1.24.3`, or how a build is called: `1.24.3-distroless`, `1.27-alpha.0`.
    fn from_str(text: &str) -> Result<Self, ()> {
        let (numbers, build) = text.split_once('-').map_or((text, None), |(n, b)| (n, Some(b)));
        let parts: Vec<u16> = numbers.split('.').map(number).collect::<Option<_>>().ok_or(())?;
        match (parts.as_slice(), build) {
            (_, Some("")) => Err(()),
            ([major, minor] | [major, minor, _], _) => Ok(Self { major: *major, minor: *minor }),
            _ => Err(()),
        }
    }
}

/// Digits alone: no sign, no leading zero.
fn number(text: &str) -> Option<u16> {
    let is_plain =
        text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    is_plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_istio_writes_them() {
        for (text, expected) in [
            ("1.24", "1.24"),
            ("1.24.3", "1.24"),
            ("1.27.0-distroless", "1.27"),
            ("1.30-alpha.0", "1.30"),
            ("2.0.10", "2.0"),
        ] {
            assert_eq!(text.parse::<Version>().unwrap().to_string(), expected);
        }
        for text in
            ["", "1", "1.", ".24", "v1.24", "1.24.3.1", "1.x", "1.24-", "1.024", "latest", "1.-2"]
        {
            assert_eq!(text.parse::<Version>(), Err(()), "{text}");
        }
    }

    #[test]
    fn versions_are_compared_as_numbers() {
        let version = |text: &str| text.parse::<Version>().unwrap();
        assert!(version("1.9") < version("1.10"));
        assert!(version("1.100") < version("2.0"));
        assert!(version("1.27.9") >= Version::MATCHER && version("1.26.9") < Version::MATCHER);
    }
}
