//! `serin demo --keep`: how to send requests by hand to what is left running, and until when it runs.

use std::io;

use hyper::http::{Method, Request};
use inspect::explain::curl::CommandLine;

/// The command that sends a user's request, with the group that the user is in.
#[must_use]
pub fn curl(url: &str, group: &str, request: &Request<()>) -> String {
    let mut line = CommandLine::default();
    if request.method() != Method::GET {
        line.method(request.method().as_str().as_bytes());
    }
    for (name, value) in request.headers() {
        line.header(name.as_str(), value.as_bytes());
    }
    format!("  curl {}  # {group}\n", line.to(format!("{url}{}", request.uri()).as_bytes()))
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
            r#"  curl -H 'host: a.example.com' -H 'cookie: a=b; version="v2"' -H 'x-it: it'\''s' "#;
        assert_eq!(command, format!("{expected}'http://127.0.0.1:1/a?b=c'  # people\n"));
        let post = Request::builder().method("POST").uri("/").body(()).unwrap();
        assert_eq!(
            curl("http://127.0.0.1:1", "x", &post),
            "  curl -X POST http://127.0.0.1:1/  # x\n"
        );
    }
}
