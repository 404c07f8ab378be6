//! What a URL asks for, and of whom; a path alone is asked of the Release's host.

use document::load::Fault;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};
use url::{ParseError, Url};

use super::word::Word;

/// What RFC 3986 section 2.3 leaves as it is.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Where a request goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// `http` or `https`.
    pub scheme: &'static str,
    /// The host, with a port where it is not the scheme's own.
    pub authority: Vec<u8>,
    /// The path with its query.
    pub path: Vec<u8>,
    /// `NAME:PASSWORD`, decoded.
    pub user: Option<Vec<u8>>,
}

/// How data is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// As it is, `@` and all.
    Raw,
    /// As it is, or `@` and a file.
    Plain,
    /// To be encoded, behind its name.
    Encoded,
}

/// Reads a URL as browsers do; without a scheme it is `http`.
pub(super) fn read(url: &Word, host: &str) -> Result<Target, Fault> {
    if url.bytes.first() == Some(&b'/') {
        let path = url.bytes.split(|b| *b == b'#').next().unwrap_or_default().to_vec();
        let authority = host.as_bytes().to_vec();
        return Ok(Target { scheme: "http", authority, path, user: None });
    }
    let expected = "write `https://HOST/PATH`, or `/PATH` alone";
    let text = std::str::from_utf8(&url.bytes)
        .map_err(|_| url.fault(format!("`{}` is not UTF-8", url.shown()), expected))?;
    let text = if text.contains("://") { text } else { &format!("http://{text}") };
    parse(text).map_err(|message| url.fault(message, expected))
}

/// Reads the text of a URL, with its scheme.
///
/// # Errors
/// When it is none, or not one of HTTP.
pub fn parse(text: &str) -> Result<Target, String> {
    let parsed =
        Url::parse(text).map_err(|error| format!("`{text}` is not a URL: {}", wrong(error)))?;
    let scheme = match parsed.scheme() {
        // A web socket begins as a request.
        "http" | "ws" => "http",
        "https" | "wss" => "https",
        other => return Err(format!("expected a URL of `http` or `https`, found `{other}`")),
    };
    let host = parsed.host_str().unwrap_or_default();
    let authority = match parsed.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    let path = match parsed.query() {
        Some(query) => format!("{}?{query}", parsed.path()),
        None => parsed.path().to_owned(),
    };
    let decoded = |part: &str| percent_decode_str(part).collect::<Vec<u8>>();
    let user = (!parsed.username().is_empty() || parsed.password().is_some()).then(|| {
        [decoded(parsed.username()), decoded(parsed.password().unwrap_or_default())].join(&b':')
    });
    Ok(Target { scheme, authority: authority.into_bytes(), path: path.into_bytes(), user })
}

/// What keeps a text from being a URL.
fn wrong(error: ParseError) -> &'static str {
    match error {
        ParseError::EmptyHost => "it has no host",
        ParseError::InvalidPort => "a port is a number up to 65535",
        ParseError::IdnaError | ParseError::InvalidDomainCharacter => {
            "this cannot be the name of a host"
        }
        ParseError::InvalidIpv4Address | ParseError::InvalidIpv6Address => {
            "this cannot be the address of a host"
        }
        _ => "it has no scheme, or cannot be read",
    }
}

/// What options add to the query: `query` of it, and `data` that is sent there.
pub(super) fn queries(
    query: &[Word],
    data: &[(Kind, Word)],
    faults: &mut Vec<Fault>,
) -> Vec<Vec<u8>> {
    // `+` says that the text is encoded already.
    let query = query.iter().map(|word| match word.bytes.strip_prefix(b"+") {
        Some(rest) => (Kind::Raw, word.holding(rest)),
        None => (Kind::Encoded, word.clone()),
    });
    let mut queries = Vec::new();
    for (kind, word) in query.chain(data.iter().cloned()) {
        let text = word.bytes.as_slice();
        let is_file = match kind {
            Kind::Raw => false,
            Kind::Plain => text.first() == Some(&b'@'),
            Kind::Encoded => text.iter().find(|b| matches!(b, b'=' | b'@')) == Some(&b'@'),
        };
        if is_file {
            let message =
                format!("curl would read the file `{}`, which is not supported", word.shown());
            faults.push(word.fault(message, "write its content"));
        }
        queries.push(if kind == Kind::Encoded { encoded(text) } else { word.bytes });
    }
    queries
}

/// `name=value` with its value encoded; what has no name is a value.
fn encoded(text: &[u8]) -> Vec<u8> {
    let equals = text.iter().position(|b| *b == b'=');
    let (name, value) = equals.and_then(|at| text.split_at_checked(at)).unwrap_or((b"", text));
    let value = if equals.is_some() { value.get(1..).unwrap_or_default() } else { value };
    let mut query = name.to_vec();
    if !name.is_empty() {
        query.push(b'=');
    }
    query.extend(percent_encode(value, ENCODED).to_string().bytes());
    query
}

/// The path with more in its query.
pub(super) fn with_queries(mut path: Vec<u8>, queries: &[Vec<u8>]) -> Vec<u8> {
    for query in queries.iter().filter(|query| !query.is_empty()) {
        path.push(if path.contains(&b'?') { b'&' } else { b'?' });
        path.extend(query);
    }
    path
}
