//! Requests for programs: one JSON object a line.

use document::load::reason;
use serde::Deserialize;

use super::request::{Line, Request};

/// A request as a line says it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default = "get")]
    method: String,
    #[serde(default = "root")]
    path: String,
    authority: Option<String>,
    #[serde(default)]
    headers: Vec<(String, String)>,
}

fn get() -> String {
    "GET".to_owned()
}

fn root() -> String {
    "/".to_owned()
}

/// Reads a line; `host` is asked where it names no other.
///
/// # Errors
/// In words: what was expected and what was found.
pub fn read(line: &str, host: &str) -> Result<Request, String> {
    if line.trim().is_empty() {
        return Err("expected a request, found an empty line".to_owned());
    }
    if !line.trim_start().starts_with('{') {
        let start: String = line.trim_start().chars().take(20).collect();
        return Err(format!("expected an object, found `{start}`"));
    }
    let written: Written = serde_json::from_str(line)
        .map_err(|error| format!("column {}: {}", error.column(), reason::json(&error)))?;
    let Written { method, path, authority, headers } = written;
    let mut request = Request::new(Line {
        method: method.into_bytes(),
        scheme: "http",
        authority: authority.map_or_else(|| host.as_bytes().to_vec(), String::into_bytes),
        path: path.into_bytes(),
    })
    .map_err(|wrong| wrong.0)?;
    for (name, value) in headers {
        request.add(name.as_bytes(), value.as_bytes()).map_err(|wrong| wrong.0)?;
    }
    Ok(request)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_line_leaves_out_is_usual() {
        let request = read("{}", "reviews").unwrap();
        let found: Vec<_> = request.headers().map(|(_, value)| value.to_vec()).collect();
        assert_eq!(found, [b"GET".as_slice(), b"http", b"reviews", b"/"]);
        let request =
            read(r#"{"headers": [["X-A", " 1 "], ["x-a", "2"]], "path": "/a?b"}"#, "r").unwrap();
        let found: Vec<_> = request.headers().skip(3).collect();
        assert_eq!(found, [(":path", b"/a?b".as_slice()), ("x-a", b"1"), ("x-a", b"2")]);
    }

    #[test]
    fn lines_are_read_strictly() {
        let cases = [
            ("", "expected a request, found an empty line"),
            ("{", "column 1: unexpected end of input in an object"),
            ("{} {}", "column 4: unexpected text after the value"),
            ("1", "expected an object, found `1`"),
            ("[\"GET\"]", "expected an object, found `[\"GET\"]`"),
            (
                r#"{"header": []}"#,
                "column 9: unknown field `header`, expected one of `method`, `path`, `authority`, `headers`",
            ),
            (r#"{"headers": [["a"]]}"#, "column 18: expected a list of 2, found 1"),
            (r#"{"headers": [["Host", "a"]]}"#, "`host` is the authority of a request"),
            (r#"{"headers": [[":path", "a"]]}"#, "`:path` cannot be the name of a header"),
            (r#"{"path": "a"}"#, "expected a path that starts with `/`, without spaces, found `a`"),
            (r#"{"method": "a b"}"#, "`a b` cannot be a method"),
            (r#"{"authority": ""}"#, "`` cannot be the host of a request"),
        ];
        for (line, expected) in cases {
            assert_eq!(read(line, "r").unwrap_err(), expected, "{line}");
        }
    }
}
