//! A request's headers as Envoy has them when filters and routes look: some headers have one line there, whatever
//! came.

/// Headers of which Envoy keeps one value: several lines are joined by commas (1.40, seen; it looks these up without
/// a search). The routing that goes by other headers looks at each line by itself.
pub const SINGLE: &[&str] = &[
    "accept",
    "accept-encoding",
    "access-control-request-headers",
    "access-control-request-method",
    "authorization",
    "cache-control",
    "cdn-loop",
    "content-encoding",
    "content-type",
    "expect",
    "grpc-accept-encoding",
    "grpc-timeout",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "origin",
    "pragma",
    "referer",
    "user-agent",
    "via",
    "x-client-trace-id",
    "x-envoy-attempt-count",
    "x-forwarded-host",
    "x-forwarded-port",
];

/// The headers of a request as filters and routes see them: names in lower case, no white space around values, and
/// the lines of some joined.
#[must_use]
pub fn as_envoy_has(headers: &[(String, Vec<u8>)]) -> Vec<(String, Vec<u8>)> {
    let mut received: Vec<(String, Vec<u8>)> = Vec::new();
    for (name, value) in headers {
        let name = name.to_ascii_lowercase();
        // RFC 9110 section 5.5: it is no part of the value.
        let value = value.trim_ascii();
        let first = received.iter_mut().find(|(known, _)| *known == name);
        match first.filter(|_| SINGLE.contains(&name.as_str())) {
            Some((_, joined)) => {
                joined.push(b',');
                joined.extend_from_slice(value);
            }
            None => received.push((name, value.to_vec())),
        }
    }
    received
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(headers: &[(&str, &str)]) -> Vec<(String, String)> {
        let headers: Vec<_> =
            headers.iter().map(|(n, v)| ((*n).to_owned(), v.as_bytes().to_vec())).collect();
        let received = as_envoy_has(&headers).into_iter();
        received.map(|(name, value)| (name, String::from_utf8(value).unwrap())).collect()
    }

    #[test]
    fn lines_are_joined_where_envoy_joins_them() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            seen(&[("User-Agent", " a\t"), ("X", "1"), ("user-agent", "b"), ("x", "2")]),
            [pair("user-agent", "a,b"), pair("x", "1"), pair("x", "2")]
        );
    }

    #[test]
    fn the_list_is_in_order_and_in_lower_case() {
        assert!(SINGLE.is_sorted());
        assert!(SINGLE.iter().all(|name| *name == name.to_ascii_lowercase()));
    }
}
