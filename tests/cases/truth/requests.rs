//! Requests at random, most of them close to what a VirtualService asks for.

use policy::split::Generator;
use serde_json::Value;

use super::shapes::Shape;
use serin_harness::virtual_service::pools::{
    AUTHORITIES, COOKIES, HEADER_VALUES, METHODS, NAMES, TARGETS, below, once_in, pick,
};

/// The longest value that a regex of a Release looks at.
const LONGEST: usize = 8 << 10;

type Request = Vec<(String, Vec<u8>)>;

/// So many requests.
pub(super) fn draw(shape: &Shape, count: usize, random: &mut Generator) -> Vec<Request> {
    let mut requests: Vec<Request> = Vec::new();
    // Each cookie that is known stands alone once, at least in the shapes that ask for nothing else.
    let alone =
        COOKIES.iter().filter(|_| shape.rules()[0]["match"][0]["headers"]["cookie"].is_object());
    requests.extend(alone.map(|cookie| {
        let fixed = [(":method", "GET"), (":path", "/"), (":authority", "web")];
        let fixed = fixed.map(|(name, value)| (name.to_owned(), value.into()));
        fixed.into_iter().chain([("cookie".to_owned(), cookie.to_vec())]).collect()
    }));
    requests.truncate(count);
    while requests.len() < count {
        requests.push(if once_in(2, random) { near(shape, random) } else { any(random) });
    }
    for (_, value) in requests.iter_mut().flatten() {
        // White space around a value is no part of it (RFC 9110 section 5.5): HTTP does not carry it.
        *value = value.trim_ascii().to_vec();
    }
    requests
}

/// Anything.
fn any(random: &mut Generator) -> Request {
    let mut request = vec![
        (":method".to_owned(), pick(METHODS, random).into()),
        (":path".to_owned(), pick(TARGETS, random).into()),
        (":authority".to_owned(), pick(AUTHORITIES, random).into()),
    ];
    if !once_in(3, random) {
        request.push(("cookie".to_owned(), cookie(random)));
    }
    for _ in 0..below(4, random) {
        request.push((pick(NAMES, random).to_ascii_lowercase(), value(random)));
    }
    if once_in(20, random) {
        // Several lines, which only HTTP/1.1 can send, and no client should.
        request.push(("cookie".to_owned(), cookie(random)));
    }
    request
}

/// One that an entry of some rule asks for, as far as its tests are plain; then often spoiled a little.
fn near(shape: &Shape, random: &mut Generator) -> Request {
    let entries: Vec<&Value> =
        shape.rules().iter().filter_map(|rule| rule["match"].as_array()).flatten().collect();
    let entry = pick(&entries, random);
    let mut request = vec![
        (":method".to_owned(), wanted(&entry["method"], "GET", random)),
        (":path".to_owned(), target(entry, random)),
        (":authority".to_owned(), wanted(&entry["authority"], "web", random)),
    ];
    for (name, test) in entry["headers"].as_object().into_iter().flatten() {
        let name = name.to_ascii_lowercase();
        let usual = if name == "cookie" { cookie(random) } else { value(random) };
        let wanted = wanted_or(test, usual);
        request.push((name.clone(), wanted));
        if name != "cookie" && once_in(4, random) {
            // A second line, before or behind the first.
            let at = request.len() - below(2, random);
            request.insert(at, (name, value(random)));
        }
    }
    if once_in(5, random) {
        // Not method, path and authority, which no request is without.
        let index = 3 + below(request.len() - 2, random);
        _ = (index < request.len()).then(|| request.remove(index));
    }
    request
}

/// The text that a test spells out, or the usual one.
fn wanted(test: &Value, usual: &str, random: &mut Generator) -> Vec<u8> {
    if once_in(6, random) {
        return usual.into();
    }
    wanted_or(test, usual.into())
}

fn wanted_or(test: &Value, usual: Vec<u8>) -> Vec<u8> {
    let text = |field: &str| test.get(field).and_then(Value::as_str);
    match (text("exact"), text("prefix")) {
        (Some(text), _) => text.into(),
        (_, Some(text)) => [text.as_bytes(), usual.as_slice()].concat(),
        _ => usual,
    }
}

fn target(entry: &Value, random: &mut Generator) -> Vec<u8> {
    let mut target = match (entry["uri"]["exact"].as_str(), entry["uri"]["prefix"].as_str()) {
        (Some(path), _) => path.to_owned(),
        (_, Some(path)) => path.to_owned() + pick(&["", "/x", "x", "?q=1"], random),
        _ => return pick(TARGETS, random).into(),
    };
    if once_in(3, random) {
        target.make_ascii_uppercase();
    }
    for (name, test) in entry["queryParams"].as_object().into_iter().flatten() {
        target.push(if target.contains('?') { '&' } else { '?' });
        target.push_str(name);
        let value = String::from_utf8(wanted_or(test, b"1".to_vec())).unwrap();
        target.push_str(&("=".to_owned() + &value));
    }
    target.into()
}

fn cookie(random: &mut Generator) -> Vec<u8> {
    match below(8, random) {
        0 => [pick(COOKIES, random), b"; ", pick(COOKIES, random)].concat(),
        1 => [pick(COOKIES, random), b";", pick(COOKIES, random)].concat(),
        2 => long(b"big=", random),
        _ => pick(COOKIES, random).to_vec(),
    }
}

fn value(random: &mut Generator) -> Vec<u8> {
    if once_in(16, random) { long(b"v2", random) } else { pick(HEADER_VALUES, random).to_vec() }
}

/// As long as a regex still looks at it, or a little longer.
fn long(start: &[u8], random: &mut Generator) -> Vec<u8> {
    let length = pick(&[LONGEST - 1, LONGEST, LONGEST, LONGEST + 1], random);
    let mut value = start.to_vec();
    value.resize(length, b'x');
    value
}
