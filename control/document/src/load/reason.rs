//! What libraries say of what they could not read or do, in words for the person who asked for it.

use std::error::Error;
use std::io;

/// What a JSON parser says (its beginning), and what that means.
const MEANINGS: &[(&str, &str)] = &[
    ("EOF while parsing an object", "unexpected end of input in an object"),
    ("EOF while parsing a list", "unexpected end of input in a list"),
    ("EOF while parsing a string", "unexpected end of input in a string"),
    ("EOF while parsing", "unexpected end of input, expected a value"),
    ("expected value", "expected a JSON value"),
    ("expected ident", "expected `true`, `false` or `null`"),
    ("key must be a string", "expected a key in double quotes"),
    ("trailing comma", "trailing comma"),
    ("trailing characters", "unexpected text after the value"),
    ("control character", "control character in a string: write it as an escape"),
    ("invalid escape", "invalid escape"),
    ("invalid number", "invalid number"),
    ("number out of range", "the number is too large"),
    ("recursion limit exceeded", "nested too deeply"),
    ("invalid unicode code point", "this escape is not a character"),
    ("lone leading surrogate", "this escape is not a character"),
    ("unexpected end of hex escape", "this escape is not a character"),
];

/// What a reader of JSON found and expected, without the place, which is said in other ways.
#[must_use]
pub fn json(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let text = text.strip_suffix(&place).unwrap_or(&text);
    if let Some((_, meaning)) = MEANINGS.iter().find(|(said, _)| text.starts_with(said)) {
        return (*meaning).to_owned();
    }
    if let Some(name) = text.strip_prefix("duplicate field ") {
        return format!("duplicate {name}");
    }
    let Some((found, expected)) = text.rsplit_once(", expected ") else { return text.to_owned() };
    let expected = expected.replace("a sequence", "a list").replace("a tuple of size", "a list of");
    let expected = match expected.as_str() {
        shape if shape.starts_with("struct ") => "an object",
        "u8" | "u16" | "u32" | "u64" | "usize" | "i8" | "i16" | "i32" | "i64" | "isize" => {
            "a whole number"
        }
        "f32" | "f64" => "a number",
        expected => expected,
    };
    if let Some(number) = found.strip_prefix("invalid length ") {
        let found = if expected == "an object" { "a list" } else { number };
        return format!("expected {expected}, found {found}");
    }
    let kinds = ["invalid type: ", "invalid value: "];
    match kinds.iter().find_map(|kind| found.strip_prefix(kind)) {
        Some(found) => format!("expected {expected}, found {}", value(found)),
        // `unknown field …, expected one of …`.
        None => text.replacen("unknown variant", "unknown value", 1),
    }
}

/// A value as serde calls it.
fn value(found: &str) -> String {
    match found {
        "null" | "unit value" | "Option value" => "nothing".to_owned(),
        "map" => "an object".to_owned(),
        "sequence" => "a list".to_owned(),
        _ => match found.split_once(' ') {
            Some(("string", text)) => format!("the string `{}`", text.trim_matches('"')),
            Some(("integer", text)) => format!("the number {text}"),
            Some(("boolean", text)) => text.to_owned(),
            Some(("floating", text)) => format!("the number {}", text.replace("point ", "")),
            _ => found.to_owned(),
        },
    }
}

/// What the system refused; the standard library's text ends with the number of the error.
#[must_use]
pub fn io(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound if error.raw_os_error().is_some() => "no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::IsADirectory => "it is a directory".to_owned(),
        io::ErrorKind::UnexpectedEof => "unexpected end of file".to_owned(),
        io::ErrorKind::WriteZero => "nothing more can be written".to_owned(),
        _ => without_number(&error.to_string()),
    }
}

/// `No space left on device (os error 28)`, as a part of a sentence.
fn without_number(text: &str) -> String {
    let text = text.split_once(" (os error ").map_or(text, |(text, _)| text);
    let text = text.strip_prefix("failed to lookup address information: ").unwrap_or(text);
    let mut characters = text.chars();
    // An acronym stays one.
    let is_word = text.chars().nth(1).is_some_and(char::is_lowercase);
    let first = characters.next();
    let first = first.map(|first| if is_word { first.to_ascii_lowercase() } else { first });
    first.into_iter().chain(characters).collect()
}

/// An error with its causes, none of them said twice.
#[must_use]
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let words = words(error);
        if !parts.iter().any(|part| part.contains(&words)) {
            parts.push(words);
        }
        next = error.source();
    }
    parts.join(": ")
}

fn words(error: &(dyn Error + 'static)) -> String {
    if let Some(error) = error.downcast_ref::<io::Error>() {
        return io(error);
    }
    if let Some(error) = error.downcast_ref::<serde_json::Error>() {
        return json(error);
    }
    without_causes(error)
}

/// What an error says itself: some say their causes, too, number and all.
fn without_causes(error: &(dyn Error + 'static)) -> String {
    let text = error.to_string();
    let Some(cause) = error.source() else { return text };
    let said = cause.to_string();
    match text.strip_suffix(&said) {
        Some(own) if !own.trim().is_empty() => own.trim_end().trim_end_matches(':').to_owned(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::report::Message;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only what is wrong with it is looked at")]
    struct Sample {
        name: String,
        #[serde(default)]
        pairs: Vec<(String, u8)>,
    }

    #[test]
    fn readers_of_json_say_what_they_found_and_expected() {
        for (text, expected) in [
            ("", "unexpected end of input, expected a value"),
            ("{", "unexpected end of input in an object"),
            ("{\"name\": [1", "expected a string, found a list"),
            ("{\"name\": \"a", "unexpected end of input in a string"),
            ("abc", "expected a JSON value"),
            ("nul", "unexpected end of input, expected a value"),
            ("{name: 1}", "expected a key in double quotes"),
            ("{\"name\": \"a\"} {}", "unexpected text after the value"),
            ("{\"name\": \"a\",}", "trailing comma"),
            ("{\"name\": 1}", "expected a string, found the number `1`"),
            ("{\"name\": null}", "expected a string, found nothing"),
            ("{\"name\": true}", "expected a string, found `true`"),
            ("{\"name\": 1.5}", "expected a string, found the number `1.5`"),
            ("[]", "expected an object, found a list"),
            ("{}", "missing field `name`"),
            ("{\"name\": \"a\", \"name\": \"b\"}", "duplicate `name`"),
            ("{\"nam\": \"a\"}", "unknown field `nam`, expected `name` or `pairs`"),
            ("{\"name\": \"a\", \"pairs\": {}}", "expected a list, found an object"),
            ("{\"name\": \"a\", \"pairs\": [[\"a\"]]}", "expected a list of 2, found 1"),
            (
                "{\"name\": \"a\", \"pairs\": [[\"a\", 300]]}",
                "expected a whole number, found the number `300`",
            ),
        ] {
            let error = serde_json::from_str::<Sample>(text).unwrap_err();
            assert_eq!(json(&error), expected, "{text}");
        }
    }

    #[test]
    fn what_the_system_refuses_has_no_numbers() {
        for (number, expected) in [
            (2, "no such file"),
            (13, "permission denied"),
            (21, "it is a directory"),
            (28, "no space left on device"),
            (111, "connection refused"),
        ] {
            assert_eq!(io(&io::Error::from_raw_os_error(number)), expected);
        }
        let found = io::Error::new(io::ErrorKind::NotFound, "no Envoy");
        assert_eq!(io(&found), "no Envoy");
    }

    #[test]
    fn causes_are_said_once_each() {
        let refused = || io::Error::from_raw_os_error(111);
        let error = Message::new("cannot ask it").because(refused());
        assert_eq!(chain(&error), "cannot ask it: connection refused");
        let said = format!("no cluster: {}", refused());
        let error = Message::new(said).because(refused());
        assert_eq!(chain(&error), "no cluster: connection refused");
    }
}
