//! A request as the filter would see it: lower-case names, pseudo-headers among them, values as bytes.

use hyper::http::{HeaderName, HeaderValue, Method};

use crate::header_lines;

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// In order; `:method`, `:scheme`, `:authority` and `:path` come first.
    headers: Vec<(String, Vec<u8>)>,
}

/// What a request asks for, and of whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The method.
    pub method: Vec<u8>,
    /// `http` or `https`.
    pub scheme: &'static str,
    /// The host, with a port where one is said.
    pub authority: Vec<u8>,
    /// The path with its query.
    pub path: Vec<u8>,
}

/// Why something cannot be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsendable(pub String);

impl std::fmt::Display for Unsendable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unsendable {}

impl Request {
    /// A request without headers.
    ///
    /// # Errors
    /// When no proxy would take it.
    pub fn new(line: Line) -> Result<Self, Unsendable> {
        let Line { method, scheme, authority, path } = line;
        if Method::from_bytes(&method).is_err() {
            return Err(refused("be a method", &method));
        }
        let is_path = path.first() == Some(&b'/') || path == b"*";
        if !is_path || path.iter().any(|b| b.is_ascii_control() || *b == b' ') {
            let found = shown(&path);
            let message =
                format!("expected a path that starts with `/`, without spaces, found `{found}`");
            return Err(Unsendable(message));
        }
        let is_host = |b: &u8| b.is_ascii_graphic() && !matches!(b, b'/' | b'?' | b'#' | b'@');
        if authority.is_empty() || !authority.iter().all(is_host) {
            return Err(refused("be the host of a request", &authority));
        }
        let pseudo = [
            (":method", method),
            (":scheme", scheme.as_bytes().to_vec()),
            (":authority", authority),
            (":path", path),
        ];
        Ok(Self { headers: pseudo.map(|(name, value)| (name.to_owned(), value)).to_vec() })
    }

    /// Adds a header, or another line of one.
    ///
    /// # Errors
    /// When there can be none of this name or value.
    pub fn add(&mut self, name: &[u8], value: &[u8]) -> Result<(), Unsendable> {
        let Ok(known) = HeaderName::from_bytes(name) else {
            return Err(refused("be the name of a header", name));
        };
        if known == "host" {
            return Err(Unsendable("`host` is the authority of a request".to_owned()));
        }
        // Blanks around a value are no part of it (RFC 9110 section 5.5).
        let value = value.trim_ascii();
        if HeaderValue::from_bytes(value).is_err() {
            return Err(refused(&format!("be the value of the header `{known}`"), value));
        }
        self.headers.push((known.as_str().to_owned(), value.to_vec()));
        Ok(())
    }

    /// Its headers, pseudo-headers first.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice()))
    }

    /// Its headers as they are when filters look.
    #[must_use]
    pub fn as_envoy_has(&self) -> Vec<(String, Vec<u8>)> {
        header_lines::as_envoy_has(&self.headers)
    }

    /// The first line of the header `name`, for people.
    #[must_use]
    pub fn shown(&self, name: &str) -> String {
        let first = self.headers().find(|(other, _)| *other == name);
        first.map(|(_, value)| shown(value)).unwrap_or_default()
    }
}

fn refused(what: &str, found: &[u8]) -> Unsendable {
    Unsendable(format!("`{}` cannot {what}", shown(found)))
}

/// Bytes of a request in a message.
#[must_use]
pub fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
