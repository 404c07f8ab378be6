//! Requests as people paste them: curl lines, HAR files and JSON lines. Each is read or refused, no problem points
//! outside of the text, and a request that was read is the same after it was written as a curl line.

use document::load::{Fault, Source};
use inspect::explain::curl::{self, CommandLine};
use inspect::explain::{Request, har, lines};

use crate::check::inside;

/// Whether a text is read to the end, whatever of the three it is.
///
/// # Panics
/// When it is not.
pub fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    _ = read_curl(&text);
    _ = read_har(&text);
    _ = read_lines(&text);
}

/// Reads a curl line; the number of problems.
///
/// # Panics
/// When it is not read to the end.
#[must_use]
pub fn read_curl(text: &str) -> usize {
    match curl::pasted(text).and_then(|given| given.request("reviews")) {
        Ok(request) => {
            written(&request);
            0
        }
        Err(faults) => faults_of(&faults, text).max(1),
    }
}

/// Reads a HAR file; the number of problems.
///
/// # Panics
/// When it is not read to the end.
#[must_use]
pub fn read_har(text: &str) -> usize {
    match har::read(&Source::new("x.har", text)) {
        Ok(entries) => {
            let (well, wrong): (Vec<_>, Vec<_>) =
                entries.into_iter().map(|entry| entry.request).partition(Result::is_ok);
            well.iter().flatten().for_each(written);
            wrong.len()
        }
        Err(fault) => faults_of(&[fault], text),
    }
}

/// Reads a request a line; the number of problems.
///
/// # Panics
/// When it is not read to the end.
#[must_use]
pub fn read_lines(text: &str) -> usize {
    let read = text.lines().map(|line| lines::read(line, "reviews"));
    read.filter(|read| read.as_ref().inspect(|request| written(request)).is_err()).count()
}

/// Whether faults are all of the text; how many there are.
fn faults_of(faults: &[Fault], text: &str) -> usize {
    for Fault { span, message, .. } in faults {
        inside(text, span);
        assert!(!message.is_empty() && !message.ends_with('.'), "{message}");
    }
    faults.len()
}

/// Whether a curl line of a request is read as that request; curl cannot ask for a fragment, nor for `*`.
fn written(request: &Request) {
    let path = request.headers().find(|(name, _)| *name == ":path");
    let path = path.map(|(_, value)| value).unwrap_or_default();
    if path == b"*" || path.contains(&b'#') {
        return;
    }
    let mut line = CommandLine::default();
    for (name, value) in request.headers() {
        match name {
            ":path" | ":scheme" => {}
            ":method" => line.method(value),
            ":authority" => line.header("host", value),
            name => line.header(name, value),
        }
    }
    let written = line.to(path);
    let again = curl::pasted(&format!("curl {written}")).and_then(|given| given.request("reviews"));
    let again = again.unwrap_or_else(|faults| panic!("{faults:?}: {written}"));
    for (name, value) in request.headers().filter(|(name, _)| *name != ":scheme") {
        let lines = |request: &Request| {
            let named = request.headers().filter(|(other, _)| *other == name);
            named.map(|(_, value)| value.to_vec()).collect::<Vec<_>>()
        };
        assert_eq!(lines(&again), lines(request), "{name}: {} in {written}", value.escape_ascii());
    }
}
