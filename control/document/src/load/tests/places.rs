//! Where values stand, down to the bytes of a text.

use super::*;

#[test]
fn places_are_found_or_what_is_nearest() {
    let text = "\
spec:
  host: reviews
  flow: {a: [1, 22], b: {}}
  empty:
  rules:
  - name: one
    split: {v2: 1}
  -
  - [x,
     y]
  name: first
  name: second
  anchored: &a !!str 80
  alias: *a
";
    for (at, part, expected) in [
        ("spec.host", Part::Value, "reviews"),
        ("spec.host", Part::Key(0), "host"),
        ("spec.flow", Part::Value, "{a: [1, 22], b: {}}"),
        ("spec.flow.a", Part::Value, "[1, 22]"),
        ("spec.flow.a[1]", Part::Value, "22"),
        ("spec.flow.b", Part::Value, "{}"),
        ("spec.flow.b.c", Part::Value, "{}"),
        ("spec.empty", Part::Value, "empty"),
        ("spec.rules", Part::Value, "rules"),
        ("spec.rules[0]", Part::Value, "name: one"),
        ("spec.rules[0].split", Part::Value, "{v2: 1}"),
        ("spec.rules[0].match[0].path", Part::Value, "name: one"),
        ("spec.rules[1]", Part::Value, ""),
        ("spec.rules[2]", Part::Value, "[x,"),
        ("spec.rules[9]", Part::Value, "rules"),
        ("spec.name", Part::Key(0), "name"),
        ("spec.name", Part::Value, "first"),
        ("spec.missing", Part::Value, "spec"),
        ("spec.missing.deeper[3]", Part::Key(0), "spec"),
        ("spec.anchored", Part::Value, "&a !!str 80"),
        ("spec.anchored", Part::Within(1..2), "0"),
        ("spec.alias", Part::Value, "*a"),
        ("spec.alias", Part::Within(0..1), "8"),
        ("missing", Part::Value, "spec:"),
    ] {
        assert_eq!(marked(text, at, part.clone()), expected, "{at} {part:?}");
    }
    let (source, document) = only(text);
    let second = document.locate(&source, &Place { path: path("spec.name"), part: Part::Key(1) });
    assert_eq!(source.position(second.start).line, 12);
}

#[test]
fn bytes_within_a_text_are_found_as_written() {
    for (text, range, expected) in [
        ("a: plain", 1..3, "la"),
        ("a: plain", 0..0, ""),
        ("a: plain", 5..5, ""),
        ("a: plain # comment", 3..5, "in"),
        ("a: dé日x", 1..3, "é"),
        ("a: dé日x", 6..7, "x"),
        ("a: &n !!str plain", 1..3, "la"),
        ("a: one\n  two", 3..4, "\n  "),
        ("a: one\n  two", 4..7, "two"),
        ("a: one  \n\n  two", 4..7, "two"),
        ("a: 'sin''gle'", 3..4, "''"),
        ("a: 'sin''gle'", 4..5, "g"),
        ("a: 'sin''gle'", 2..5, "n''g"),
        ("a: ''", 0..0, ""),
        ("a: 'one\n  two'", 4..7, "two"),
        (r#"a: "dou\"ble""#, 3..4, r#"\""#),
        (r#"a: "\\d+(""#, 3..4, "("),
        (r#"a: "\u65e5x""#, 3..4, "x"),
        (r#"a: "\x41b\U0001F600c""#, 2..6, r"\U0001F600"),
        (r#"{"a": "x\/y"}"#, 1..2, r"\/"),
        ("a: \"one \\\n   two\"", 4..7, "two"),
        ("a: \"one\r\n   two\"", 4..7, "two"),
        ("a: !!str \"x(\"", 1..2, "("),
        ("a: |\n  one\n  two\n", 4..7, "two"),
        ("a: |\n  one\n  two\n", 3..5, "\n  t"),
        ("a: |\n  one\n    two\n", 4..9, "  two"),
        ("a: |\r\n  one\r\n  two\r\n", 4..7, "two"),
        ("a: |-\n\n  one\n", 1..4, "one"),
        ("a: |2\n    one\n", 2..5, "one"),
        ("a: |\n  dé日x\n\n  two", 9..12, "two"),
        ("a: &n |\n    one\n    two\n", 4..7, "two"),
        ("a: >-\n  one\n  two\n", 4..7, "two"),
        ("a: >-\n  one\n\n  two\n   more\nb: c", 4..7, "two"),
        ("- a: >\n    one\n    (two\n", 4..5, "("),
    ] {
        let at = if text.starts_with('-') { "[0].a" } else { "a" };
        assert_eq!(marked(text, at, Part::Within(range.clone())), expected, "{text:?} {range:?}");
    }
}
