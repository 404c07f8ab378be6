//! The differences that are meant, each of them in docs/import.md.

use policy::regex::MAX_VALUE;

use crate::served::Headers;

/// Why Serin may decide otherwise than Envoy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reason {
    /// Envoy looks at each `Cookie` line of a request, Serin at the first.
    CookieLines,
    /// A regex does not look at values over 8 KiB.
    TooLong,
}

/// The reason why a request may be decided otherwise.
pub(super) fn reason(headers: &Headers) -> Option<Reason> {
    if headers.iter().filter(|(name, _)| name == "cookie").count() > 1 {
        Some(Reason::CookieLines)
    } else if headers.iter().any(|(_, value)| value.len() > MAX_VALUE) {
        Some(Reason::TooLong)
    } else {
        None
    }
}
