//! `serin demo --keep`: how to send requests by hand to what is left running, and until when it runs.

use std::fmt::Write;
use std::io;

use hyper::http::{Method, Request};

/// The command that sends a user's request, with the group that the user is in.
#[must_use]
pub fn curl(url: &str, group: &str, request: &Request<()>) -> String {
    let mut command = String::from("curl");
    if request.method() != Method::GET {
        // Writing to a String cannot fail.
        let _ = write!(command, " -X {}", request.method());
    }
    for (name, value) in request.headers() {
        let value = String::from_utf8_lossy(value.as_bytes());
        let _ = match name.as_str() {
            "cookie" => write!(command, " -b {}", quoted(&value)),
            "user-agent" => write!(command, " -A {}", quoted(&value)),
            name => write!(command, " -H {}", quoted(&format!("{name}: {value}"))),
        };
    }
    format!("  {command} {}  # {group}\n", quoted(&format!("{url}{}", request.uri())))
}

/// An argument as a shell reads it back.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// Waits until standard input ends.
///
/// # Errors
/// When it cannot be read.
pub async fn until_input_ends() -> io::Result<()> {
    // On a thread of its own, which the end of the process ends if the input does not.
    let reading = tokio::task::spawn_blocking(|| io::copy(&mut io::stdin(), &mut io::sink()));
    reading.await.map_err(io::Error::other)?.map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_can_be_pasted_into_a_shell() {
        let request = Request::builder()
            .uri("/a?b=c")
            .header("host", "a.example.com")
            .header("cookie", "a=b; version=\"v2\"")
            .header("x-it", "it's")
            .body(())
            .unwrap();
        let command = curl("http://127.0.0.1:1", "people", &request);
        let expected =
            r#"  curl -H 'host: a.example.com' -b 'a=b; version="v2"' -H 'x-it: it'\''s' "#;
        assert_eq!(command, format!("{expected}'http://127.0.0.1:1/a?b=c'  # people\n"));
        let post = Request::builder().method("POST").uri("/").body(()).unwrap();
        assert_eq!(
            curl("http://127.0.0.1:1", "x", &post),
            "  curl -X POST http://127.0.0.1:1/  # x\n"
        );
    }
}
