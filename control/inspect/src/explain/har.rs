//! A HAR file, as browsers export it: the requests of its entries.
//!
//! Source: HTTP Archive 1.2, section `request`. What answered them, and all else in the file, is passed over.

use document::load::{Fault, Source, reason};
use serde::Deserialize;

use super::request::{Line, Request, Unsendable};
use super::target::{self, Target};

/// An entry of a file.
#[derive(Debug)]
pub struct Entry {
    /// Its number, from 1.
    pub number: usize,
    /// The request, or why it is none of HTTP.
    pub request: Result<Request, Unsendable>,
}

#[derive(Deserialize)]
struct Har {
    log: Log,
}

#[derive(Deserialize)]
struct Log {
    entries: Vec<Exchange>,
}

#[derive(Deserialize)]
struct Exchange {
    request: Recorded,
}

#[derive(Deserialize)]
struct Recorded {
    method: String,
    url: String,
    headers: Vec<Pair>,
    #[serde(default)]
    cookies: Vec<Pair>,
}

#[derive(Deserialize)]
struct Pair {
    name: String,
    value: String,
}

/// The entries of a file, in order.
///
/// # Errors
/// When the file is no HAR.
pub fn read(source: &Source) -> Result<Vec<Entry>, Fault> {
    let har: Har = serde_json::from_str(source.text()).map_err(|error| fault(source, &error))?;
    let entries = har.log.entries.iter().enumerate();
    let entry = |(index, exchange): (usize, &Exchange)| Entry {
        number: index + 1,
        request: request(&exchange.request),
    };
    Ok(entries.map(entry).collect())
}

fn request(recorded: &Recorded) -> Result<Request, Unsendable> {
    let Recorded { method, url, headers, cookies } = recorded;
    let Target { scheme, mut authority, path, .. } = target::parse(url).map_err(Unsendable)?;
    let is = |header: &&Pair, name: &str| header.name.eq_ignore_ascii_case(name);
    // HTTP/2 has the one, HTTP/1.1 the other.
    let named = headers.iter().find(|header| is(header, ":authority") || is(header, "host"));
    if let Some(Pair { value, .. }) = named {
        authority = value.clone().into_bytes();
    }
    let method = method.clone().into_bytes();
    let mut request = Request::new(Line { method, scheme, authority, path })?;
    for header in
        headers.iter().filter(|header| !header.name.starts_with(':') && !is(header, "host"))
    {
        request.add(header.name.as_bytes(), header.value.as_bytes())?;
    }
    if !headers.iter().any(|header| is(&header, "cookie")) && !cookies.is_empty() {
        let pair = |Pair { name, value }: &Pair| format!("{name}={value}");
        let cookies: Vec<String> = cookies.iter().map(pair).collect();
        request.add(b"cookie", cookies.join("; ").as_bytes())?;
    }
    Ok(request)
}

fn fault(source: &Source, error: &serde_json::Error) -> Fault {
    let at = source.offset(error.line(), error.column());
    let message = format!("not a HAR file: {}", reason::json(error));
    let help = "save it in the browser's developer tools: Network, Save all as HAR (with sensitive data, which \
        includes cookies)";
    Fault { span: at..at, message, help: Some(help.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::request::shown;

    fn first(request: &str) -> Result<Vec<String>, String> {
        let text =
            format!(r#"{{"log": {{"version": "1.2", "entries": [{{"request": {request}}}]}}}}"#);
        let requests = read(&Source::new("x.har", text)).map_err(|fault| fault.message)?;
        let shown = |(name, value): (&str, &[u8])| format!("{name}: {}", shown(value));
        let request = requests.into_iter().next().unwrap().request.map_err(|wrong| wrong.0)?;
        Ok(request.headers().map(shown).collect())
    }

    #[test]
    fn requests_are_read_as_browsers_write_them() {
        let chrome = r#"{"method": "GET", "url": "https://shop.example.com/a?b=c#d", "httpVersion": "http/2.0",
            "headers": [{"name": ":authority", "value": "shop.example.com:8443"}, {"name": ":path", "value": "/a?b=c"},
                {"name": "Cookie", "value": "a=1"}, {"name": "x-a", "value": "1"}, {"name": "X-A", "value": "2"}],
            "cookies": [{"name": "a", "value": "1"}], "bodySize": 0}"#;
        let expected = [
            ":method: GET",
            ":scheme: https",
            ":authority: shop.example.com:8443",
            ":path: /a?b=c",
            "cookie: a=1",
            "x-a: 1",
            "x-a: 2",
        ];
        assert_eq!(first(chrome).unwrap(), expected);
        let without_line = r#"{"method": "GET", "url": "http://h/", "headers": [{"name": "Host", "value": "other"}],
            "cookies": [{"name": "a", "value": "1"}, {"name": "b", "value": "2"}]}"#;
        let found = first(without_line).unwrap();
        assert_eq!(found[2..], [":authority: other", ":path: /", "cookie: a=1; b=2"]);
    }

    #[test]
    fn what_is_no_request_is_refused() {
        let cases = [
            (r#"{"method": "GET", "headers": []}"#, "not a HAR file: missing field `url`"),
            (
                r#"{"method": "GET", "url": "data:image/png,", "headers": []}"#,
                "expected a URL of `http` or `https`, found `data`",
            ),
            (
                r#"{"method": "GET", "url": "http://h/", "headers": [{"name": "a b", "value": ""}]}"#,
                "`a b` cannot be the name of a header",
            ),
            (
                r#"{"method": "GET", "url": "http://h/", "headers": [{"name": "a", "value": "\n\u0000"}]}"#,
                "`\0` cannot be the value of the header `a`",
            ),
        ];
        for (request, expected) in cases {
            assert_eq!(first(request).unwrap_err(), expected, "{request}");
        }
    }
}
