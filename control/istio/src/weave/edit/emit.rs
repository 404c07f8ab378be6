//! Values as text: lines of a block, or one line in brackets.

use std::fmt::Write as _;

use document::load::tree::Style;
use document::yaml;
use serde_json::{Map, Value, json};

/// Words that are no text where they stand bare, for one reader of YAML or another.
const RESERVED: &[&str] = &["true", "false", "null", "yes", "no", "on", "off", "y", "n"];

/// The lines of an entry of a map in block style.
pub(super) fn entry_lines(key: &str, value: &Value) -> Option<Vec<String>> {
    lines(&Map::from_iter([(key.to_owned(), value.clone())]).into())
}

/// The lines of an item of a list in block style.
pub(super) fn item_lines(value: &Value) -> Option<Vec<String>> {
    lines(&json!([value]))
}

fn lines(value: &Value) -> Option<Vec<String>> {
    Some(yaml::block(value).ok()?.lines().map(str::to_owned).collect())
}

/// An entry of a map in brackets; `json`: everything is quoted as JSON wants it.
pub(super) fn flow_entry(key: &str, value: &Value, json: bool) -> String {
    format!("{}: {}", text(key, json), flow(value, json))
}

/// A value on one line.
pub(in crate::weave) fn flow(value: &Value, json: bool) -> String {
    match value {
        Value::Object(map) => {
            let entries: Vec<String> =
                map.iter().map(|(key, value)| flow_entry(key, value, json)).collect();
            format!("{{{}}}", entries.join(", "))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| flow(item, json)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::String(string) => text(string, json),
        other => other.to_string(),
    }
}

/// A text in the quotes that another has; none for texts without, or with more lines.
pub(super) fn requoted(text: &str, old: &str, style: Style) -> Option<String> {
    match style {
        Style::Single if old.starts_with('\'') && is_ascii(text) => Some(single(text)),
        Style::Double if old.starts_with('"') => Some(double(text)),
        _ => None,
    }
}

fn text(text: &str, json: bool) -> String {
    let is_plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_./-".contains(&b))
        && !RESERVED.contains(&text.to_ascii_lowercase().as_str());
    if is_plain && !json {
        return text.to_owned();
    }
    if !json && is_ascii(text) && text.contains(['"', '\\']) {
        return single(text);
    }
    double(text)
}

/// Whether single quotes, which know no escapes, can hold it.
fn is_ascii(text: &str) -> bool {
    text.bytes().all(|b| matches!(b, b' '..=b'~'))
}

fn single(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn double(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            // What some reader takes for the end of a line, or not at all.
            '\0'..='\x1f' | '\x7f'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(character));
            }
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use policy::Node;

    use super::*;
    use document::load::{self, Source};

    #[test]
    fn a_value_in_brackets_is_read_as_it_was_meant() {
        let value = json!({
            "plain": "serin.bookinfo.reviews/v2/a",
            "words": ["on", "No", "null", "1e3", "", "-", "a: b", "a #b", "it's", "x\"y\\d+'", "é", "a\nb\u{85}\u{2028}"],
            "numbers": [1, -2.5, true, null],
            "none": [{}, []],
        });
        for json in [false, true] {
            let text = flow(&value, json);
            let (documents, fault) = load::documents(&Source::new("", &*text));
            assert_eq!((documents.len(), fault), (1, None), "{text}");
            assert_eq!(super::super::json(&documents[0].node), value, "{text}");
            assert!(matches!(documents[0].node, Node::Map(_)));
        }
        assert_eq!(serde_json::from_str::<Value>(&flow(&value, true)).unwrap(), value);
        assert_eq!(
            flow(&json!({"subset": "v2", "to": ["on"]}), false),
            r#"{subset: v2, to: ["on"]}"#
        );
    }
}
