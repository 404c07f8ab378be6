//! URLs as they are shown: without a user, a password or a query.

/// The URL, or the text that stands where one is expected, without what may be secret. None where it cannot be told what
/// of it is: a password with a `#` ends what a URL parser takes for the host.
pub(super) fn shown(text: &str) -> Option<String> {
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, _)) if scheme.contains(['@', ':', '?', '#']) => return None,
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), text),
    };
    let rest = match rest.find(['?', '#']) {
        Some(end) if rest.get(end..).is_some_and(|query| query.contains('@')) => return None,
        Some(end) => rest.get(..end)?,
        None => rest,
    };
    let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let authority = rest.split('/').next().unwrap_or_default();
    let after = authority.rsplit_once(']').map_or(authority, |(_, after)| after);
    match after.rsplit_once(':') {
        // Of `bob:hunter2` the end is no port.
        Some((_, port)) if !port.is_empty() && port.parse::<u16>().is_err() => None,
        _ => Some(format!("{scheme}{rest}")),
    }
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn what_may_be_secret_is_left_out() {
        for (text, expected) in [
            ("https://10.0.0.1:6443", Some("https://10.0.0.1:6443")),
            ("https://[fd00::1]:6443/", Some("https://[fd00::1]:6443/")),
            ("https://[fd00::1]", Some("https://[fd00::1]")),
            ("https://bob:hunter2@k:1/clusters/a", Some("https://k:1/clusters/a")),
            ("https://bob:hunter2@a b", Some("https://a b")),
            ("https://bob:hun/ter2@k", Some("https://k")),
            ("https://bob:hun@ter2@k", Some("https://k")),
            ("bob:hunter2@k:1", Some("k:1")),
            ("https://k/?token=hunter2", Some("https://k/")),
            ("https://k:1#hunter2", Some("https://k:1")),
            ("https://k?token=hun@ter2", None),
            ("https://bob:hun#ter2@k:1", None),
            ("https://bob:hun?ter2@k:1", None),
            ("https://bob:hunter2", None),
            ("bob:hunter2", None),
            ("bob:hunter2@https://k", None),
            ("", Some("")),
        ] {
            assert_eq!(shown(text).as_deref(), expected, "{text}");
        }
    }
}
