//! Writes a value as YAML that people can read and that YAML 1.1 readers (kubectl, Envoy's yaml-cpp) read as it
//! was meant: what looks like another type is quoted, no anchors, no folding, order as given.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::Value;
use serde_saphyr::{DoubleQuoted, SingleQuoted};

use crate::report::text;

/// Why a value cannot be YAML.
pub type Unwritable = serde_saphyr::ser_error::Error;

/// The value in block style, ending in a line feed.
///
/// # Errors
/// When it cannot be YAML; maps, lists, texts and numbers all can.
pub fn block(value: &Value) -> Result<String, Unwritable> {
    let options = serde_saphyr::ser_options! {
        indent_step: 2,
        compact_list_indent: true,
        empty_as_braces: true,
        // A folded text would depend on where its spaces are, and the filter's configuration is one long line.
        prefer_block_scalars: false,
    };
    let mut text = serde_saphyr::to_string_with_options(&Styled(value), options)?;
    if !text.ends_with('\n') {
        text.push('\n');
    }
    Ok(text::escaped(with_quoted_keys(text)))
}

/// The text with the keys in double quotes in which something is hidden: only there it can be escaped. The writer quotes
/// them for control characters, but not for marks of direction. Each text stands on one line.
fn with_quoted_keys(text: String) -> String {
    let is_hidden = |character| text::is_hidden(character) && character != '\n';
    if !text.contains(is_hidden) {
        return text;
    }
    text.split_inclusive('\n').map(with_quoted_key).collect()
}

/// A line likewise. A plain key has no colon in it.
fn with_quoted_key(line: &str) -> String {
    let mut rest = line;
    while let Some(behind) = [" ", "- ", "? ", ": "].iter().find_map(|mark| rest.strip_prefix(mark))
    {
        rest = behind;
    }
    let (key, behind) = rest.split_at(rest.find([':', '\n']).unwrap_or(rest.len()));
    if key.starts_with(['"', '\'']) || !key.contains(text::is_hidden) {
        return line.to_owned();
    }
    let before = &line[..line.len() - rest.len()];
    let key = key.replace('\\', r"\\").replace('"', r#"\""#);
    format!("{before}\"{key}\"{behind}")
}

/// A value whose texts with quotes or backslashes in them (JSON, patterns) stand in single quotes, where they look
/// as they are.
struct Styled<'a>(&'a Value);

impl Serialize for Styled<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(map) => {
                let mut written = serializer.serialize_map(Some(map.len()))?;
                for (key, value) in map {
                    written.serialize_entry(key, &Styled(value))?;
                }
                written.end()
            }
            Value::Array(list) => {
                let mut written = serializer.serialize_seq(Some(list.len()))?;
                for value in list {
                    written.serialize_element(&Styled(value))?;
                }
                written.end()
            }
            // Only double quotes know escapes.
            Value::String(text) if text.contains(text::is_hidden) => {
                DoubleQuoted(text).serialize(serializer)
            }
            Value::String(text) if looks_best_single_quoted(text) => {
                SingleQuoted(text).serialize(serializer)
            }
            other => other.serialize(serializer),
        }
    }
}

/// Single quotes know no escapes: nothing but printable ASCII is safe in them everywhere.
fn looks_best_single_quoted(text: &str) -> bool {
    text.contains(['"', '\\']) && text.bytes().all(|b| matches!(b, b' '..=b'~'))
}

#[cfg(test)]
mod tests {
    use policy::Node;
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_that_look_like_something_else_are_quoted() {
        let words = [
            "on",
            "off",
            "yes",
            "no",
            "y",
            "N",
            "true",
            "null",
            "~",
            "",
            "1.10",
            "0x1",
            "1e3",
            "010",
            "0o7",
            "1_000",
            "12:30:45",
            "2026-01-01",
            ".inf",
            ".NaN",
            "<<",
            "=",
            "-",
            "- a",
            "a: b",
            "a #b",
            "#a",
            "*a",
            "&a",
            "!a",
            "@a",
            "`a`",
            "%a",
            "{a",
            "[a",
            "'a",
            "\"a",
            "a\nb",
            "a\n",
            "a\tb",
            " a",
            "a ",
            "a:",
            "?",
            "? a",
            "---",
            "...",
            "\u{85}",
            "\u{2028}",
            "\u{7f}",
            "|",
            ">",
            "é",
        ];
        for word in words {
            let text = block(&json!({ "word": word })).unwrap();
            let written = text.trim_end().strip_prefix("word: ").unwrap();
            assert!(
                written.starts_with(['"', '\'']) || word == "é",
                "{word:?} was written {written}"
            );
            assert_eq!(text.lines().count(), 1, "{word:?} was written {written}");
        }
    }

    /// Whether a value is written without anything hidden, and read back as it is.
    fn survives(value: &Value) {
        let text = block(value).unwrap();
        assert!(!text.contains(|c| text::is_hidden(c) && c != '\n'), "{text:?}");
        let source = crate::load::Source::new("a", text.clone());
        let (documents, fault) = crate::load::documents(&source);
        assert_eq!(fault, None, "{text}");
        assert!(documents[0].problems.is_empty());
        let read: Node = documents[0].node.clone();
        assert_eq!(read, Node::deserialize(value).unwrap(), "{text}");
    }

    #[test]
    fn hidden_characters_are_escaped_and_read_back() {
        let hidden = "a \x1b\u{9b}\u{61c}\u{200e}\u{2028}\u{202e}\u{2066}\u{feff} é";
        survives(&json!({ hidden: [hidden, { "a": hidden }] }));
    }

    #[test]
    fn keys_with_each_hidden_character_are_read_back() {
        for hidden in
            "\x1b\u{7f}\u{9b}\u{61c}\u{200e}\u{2028}\u{202e}\u{2066}\u{206f}\u{feff}".chars()
        {
            let keys = [
                format!("vers{hidden}ion"),
                format!("{hidden}"),
                format!("-{hidden}"),
                format!(r#"it's a "\{hidden}"#),
                format!("'{hidden}"),
                format!("a: {hidden}"),
                // Longer ones are not read: `load` says so.
                format!("{hidden}{}", "long ".repeat(190)),
            ];
            for key in keys {
                let list = json!([{ key.as_str(): 1, "b": [[{ key.as_str(): {} }]] }]);
                survives(&json!({ "a": { key.as_str(): list, "plain": "v2" }, key: "c: d" }));
            }
        }
    }

    #[test]
    fn json_is_readable() {
        let value =
            json!({ "json": r#"{"it's": "\u00e9"}"#, "multi": "{\"a\":\n1}", "wide": "\"é\"" });
        let expected =
            "json: '{\"it''s\": \"\\u00e9\"}'\nmulti: \"{\\\"a\\\":\\n1}\"\nwide: \"\\\"é\\\"\"\n";
        assert_eq!(block(&value).unwrap(), expected);
    }

    #[test]
    fn ordinary_texts_are_plain_and_keep_their_order() {
        let value = json!({
            "zebra": "outbound|9080|v2|reviews.bookinfo.svc.cluster.local",
            "list": [{ "b": 1, "a": "v2" }, "10s"],
            "none": {},
            "long": "word ".repeat(60).trim(),
        });
        let long = "word ".repeat(60);
        let expected = format!(
            "zebra: outbound|9080|v2|reviews.bookinfo.svc.cluster.local\nlist:\n- b: 1\n  a: v2\n- 10s\nnone: {{}}\n\
             long: {}\n",
            long.trim()
        );
        assert_eq!(block(&value).unwrap(), expected);
    }
}
