//! Credentials in the URL of a module: it stands in objects and in a status, which many may read, and in the log of every
//! proxy.

use std::borrow::Cow;

/// Words of which a query parameter has one where its value is a secret, as those of signed URLs of clouds do.
const PARTS: [&str; 10] = [
    "token",
    "secret",
    "passw",
    "signature",
    "credential",
    "apikey",
    "accesskey",
    "auth",
    "session",
    "security",
];
/// Names of parameters that are secrets as a whole: short ones stand in other words, too.
const NAMES: [&str; 6] = ["sig", "key", "pwd", "pass", "jwt", "sas"];

/// What kind of credentials a URL has, if it has any that can be told.
#[must_use]
pub fn credentials(url: &str) -> Option<&'static str> {
    let (authority, rest) = parts(url);
    // An image without a repository, by its digest: wrong, but no secret.
    let is_digest = url.starts_with("oci://") && authority.contains("@sha256:");
    if authority.contains('@') && !is_digest {
        return Some("a user name or password");
    }
    let (_, query) = rest.split_once(['?', '#'])?;
    let is_secret = query.split(['&', ';', '?', '#']).any(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        !value.is_empty() && is_secret(&decoded(name))
    });
    is_secret.then_some("a token or signature in its query")
}

/// A URL for a message: without its credentials.
#[must_use]
pub fn shown(url: &str) -> Cow<'_, str> {
    if credentials(url).is_none() {
        return Cow::Borrowed(url);
    }
    let (authority, rest) = parts(url);
    let host = authority.rsplit('@').next().unwrap_or_default();
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    let scheme = url.split("://").next().unwrap_or_default();
    Cow::Owned(format!("{scheme}://{host}{path}"))
}

/// User, host and port, and what follows them. The digest of an image follows an `@`, too, but behind a `/`.
fn parts(url: &str) -> (&str, &str) {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split_at(rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len()))
}

fn is_secret(name: &str) -> bool {
    let letters: String =
        name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    NAMES.contains(&letters.as_str()) || PARTS.iter().any(|part| letters.contains(part))
}

/// A name without its percent-encoding, as far as it is ASCII.
fn decoded(name: &str) -> String {
    let mut text = String::new();
    let mut rest = name;
    while let Some(character) = rest.chars().next() {
        let code = rest.strip_prefix('%').and_then(|rest| rest.get(..2));
        let byte = code.and_then(|code| u8::from_str_radix(code, 16).ok()).filter(u8::is_ascii);
        text.push(byte.map_or(character, char::from));
        rest = &rest[if byte.is_some() { 3 } else { character.len_utf8() }..];
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_found_and_not_shown() {
        let user = Some("a user name or password");
        let query = Some("a token or signature in its query");
        let cases = [
            ("https://u:hush@example.com/m.wasm", user),
            ("https://hush@example.com:8443/m.wasm", user),
            ("https://a@b:hush@example.com/m.wasm", user),
            ("oci://u:hush@example.com/m@sha256:00", user),
            ("https://example.com/m.wasm?access_token=hush", query),
            ("https://example.com/m.wasm?a=b&X-Amz-Signature=hush", query),
            ("https://example.com/m.wasm?sv=1&sig=hush", query),
            ("https://example.com/m.wasm?%74oken=hush", query),
            ("https://example.com/m.wasm?a;api_key=hush", query),
            ("https://example.com/m.wasm#token=hush", query),
            ("https://example.com?Password=hush", query),
        ];
        for (url, found) in cases {
            assert_eq!(credentials(url), found, "{url}");
            assert!(!shown(url).contains("hush") && shown(url).contains("example.com"), "{url}");
        }
        for url in [
            "https://example.com/m.wasm",
            "https://example.com/@scope/m.wasm?version=1&design=2&keyboard=3",
            "oci://example.com/m@sha256:00",
            "oci://m@sha256:00",
            "https://example.com/m.wasm?token=",
        ] {
            assert_eq!(credentials(url), None, "{url}");
            assert_eq!(shown(url), url);
        }
    }
}
