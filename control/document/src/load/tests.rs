//! Reading documents: values, places, and what is wrong with them.

mod merging;
mod places;

use policy::{Code, Part, Path, Place, Problem};

use super::*;

fn load(text: &str) -> (Source, Vec<Document>, Option<Fault>) {
    let source = Source::new("test.yaml", text);
    let (documents, fault) = documents(&source);
    (source, documents, fault)
}

fn only(text: &str) -> (Source, Document) {
    let (source, mut documents, fault) = load(text);
    assert_eq!(fault, None, "{text:?}");
    assert_eq!(documents.len(), 1, "{text:?}");
    (source, documents.remove(0))
}

/// The path of `spec.rules[0]`, its keys without dots.
fn path(written: &str) -> Path {
    let mut path = Path::root();
    for part in written.split('.').filter(|part| !part.is_empty()) {
        let (key, indexes) = part.split_once('[').unwrap_or((part, ""));
        if !key.is_empty() {
            path = path.key(key);
        }
        for index in indexes.split(['[', ']']).filter(|index| !index.is_empty()) {
            path = path.index(index.parse().unwrap());
        }
    }
    path
}

fn marked(text: &str, at: &str, part: Part) -> String {
    let (source, document) = only(text);
    let span = document.locate(&source, &Place { path: path(at), part });
    source.text()[span].to_owned()
}

#[test]
fn problems_of_reading_have_a_place_and_spare_the_rest() {
    for (text, expected) in [
        ("a: {80: x}", vec![("80", "expected text as a key, found the number `80`")]),
        (
            "a: {true: x, ~: y}",
            vec![
                ("true", "expected text as a key, found `true`"),
                ("~", "expected text as a key, found nothing"),
            ],
        ),
        ("? [a]\n: b", vec![("[a]", "expected text as a key, found a list")]),
        ("a: {{ .Values.x }}", vec![("{ .Values.x }", "expected text as a key, found a map")]),
        ("a: {<<: b}", vec![("<<", "expected a map, or a list of maps, behind `<<`, found `b`")]),
        (
            "a: {<<: }",
            vec![("<<", "expected a map, or a list of maps, behind `<<`, found nothing")],
        ),
        (
            "a: &x [{b: 1}]\nc: {<<: *x}",
            vec![(
                "<<",
                "expected a map, or a list of maps, behind `<<`, found an alias of a list",
            )],
        ),
        (
            "a: &x {b: 1}\nc: {<<: [*x, [*x]]}",
            vec![(
                "<<",
                "expected a map, or a list of maps, behind `<<`, found a list with other items",
            )],
        ),
        ("a: !foo x", vec![("!foo x", "unknown tag `!foo`")]),
        ("a: !!binary x", vec![("!!binary x", "unknown tag `!!binary`")]),
        ("a: !!int x", vec![("!!int x", "expected a whole number after `!!int`, found `x`")]),
        ("a: !!str [x]", vec![("!!str [x]", "`!!str` does not apply to a list")]),
        ("a: !!set {x}", vec![("!!set {x}", "unknown tag `!!set`")]),
    ] {
        let (source, document) = only(text);
        let found: Vec<(&str, &str)> = document
            .problems
            .iter()
            .map(|problem| {
                (&source.text()[document.locate(&source, &problem.place)], problem.message.as_str())
            })
            .collect();
        assert_eq!(found, expected, "{text}");
        assert!(document.problems.iter().all(|problem| problem.help.is_some()), "{text}");
    }
}

#[test]
fn values_are_read_by_the_core_schema_and_its_tags() {
    let (_, document) =
        only("[1, '1', !!str 1, ! 1, \"on\", on, !!float 2, !!null ~, !!bool 'true', {}]");
    assert!(document.problems.is_empty(), "{}", document.problems);
    let one = || Node::String("1".to_owned());
    let on = || Node::String("on".to_owned());
    let expected = vec![
        Node::Number(1.0),
        one(),
        one(),
        one(),
        on(),
        on(),
        Node::Number(2.0),
        Node::Null,
        Node::Bool(true),
        Node::Map(Vec::new()),
    ];
    assert_eq!(document.node, Node::List(expected));
}

#[test]
fn aliases_repeat_values() {
    let (_, document) = only("a: &x {b: 1, c: [2]}\nd: *x\n");
    assert_eq!(document.node.get("d"), document.node.get("a"));
}

#[test]
fn aliases_cannot_grow_a_document_without_bound() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let items = vec![format!("*a{}", level - 1); 10].join(", ");
        text.extend([format!("a{level}: &a{level} [{items}]\n")]);
    }
    let (_, document) = only(&text);
    let messages: Vec<&str> = document.problems.iter().map(|p| p.message.as_str()).collect();
    assert_eq!(messages, ["with its aliases expanded, this exceeds 10 MiB"]);
}

#[test]
fn aliases_cannot_nest_a_document_without_bound() {
    let mut text = String::from("a0: &a0 x\n");
    for level in 1..50_000 {
        text.extend([format!("a{level}: &a{level} [*a{}]\n", level - 1)]);
    }
    let (_, document) = only(&text);
    let messages: Vec<&str> = document.problems.iter().map(|p| p.message.as_str()).collect();
    assert_eq!(messages, ["with its aliases expanded, this nests deeper than 64 levels"]);
}

#[test]
fn documents_are_told_apart() {
    for (text, count) in [
        ("", 0),
        ("\n\n", 0),
        ("# only\n# comments\n", 0),
        ("---\n", 0),
        ("---\n---\n...\n", 0),
        ("a: 1\n---\n---\nb: 2\n", 2),
        ("---\na: 1\n...\n---\nb: 2\n---\n# end\n", 2),
        ("%YAML 1.2\n---\na: 1\n", 1),
        ("~", 1),
        ("{\n\t\"a\": [\n\t\t1\n\t]\n}\n", 1),
    ] {
        let (_, documents, fault) = load(text);
        assert_eq!((documents.len(), fault), (count, None), "{text:?}");
    }
}

#[test]
fn a_fault_leaves_the_documents_before_it() {
    let (_, documents, fault) = load("a: 1\n---\nb: [\n");
    assert_eq!(documents.len(), 1);
    assert!(fault.is_some());
}

#[test]
fn faults_name_the_mistake() {
    for (text, marked, message) in [
        ("a:\n\tb: 1", "\t", "found a tab where YAML allows only spaces"),
        ("a: b\n\tc: d", "\t", "found a tab where YAML allows only spaces"),
        ("a: b: c", ":", "unexpected `:`"),
        ("a: x\n  b: c", ":", "unexpected `:`"),
        ("a: @x", "@", "text cannot start with `@` without quotes"),
        ("a: `x`", "`", "text cannot start with ``` without quotes"),
        ("a: *.foo, b", "*.foo", "undefined alias: there is no anchor `&.foo`"),
        ("a: \"x\\.y\"", "\\.", "`\\.` is not an escape in double quotes"),
        ("a: \"x", "\"", "unclosed quote"),
        ("a: 'it's'", "s", "unexpected text after the closing quote"),
        ("a: [1, 2\n", "2", "expected `,` or `]` in the bracketed list"),
        ("a: {b: 1\n", "1", "expected `,` or `}` in the bracketed map"),
        ("{\"a\": \"\\ud83d\\ude00\"}", "\"", "this escape is not a character"),
        ("a: &x\n  y: *x\n", "*x", "`*x` refers to a value that contains it"),
        ("a: 1\n b: 2\n", ":", "unexpected `:`"),
        ("a: 1\nb\n", "b", "expected `:` after this key"),
        ("a: 1\n- b\n", "b", "expected a key of the map above, found something else"),
        ("a:\n  b: 1\n c: 2\n", "c", "expected a key of the map above, found something else"),
        ("a: [1, 2]]\n", "]", "unmatched closing bracket"),
        ("a: %x\n", "%", "text cannot start with `%` without quotes"),
        ("a: 'b' c\n", "c", "unexpected text after the closing quote"),
        ("---\na: 1\n--- b: 2\n", ":", "unexpected `:`"),
    ] {
        let (source, _, fault) = load(text);
        let fault = fault.unwrap_or_else(|| panic!("{text:?} has no fault"));
        let found = (&source.text()[fault.span.clone()], fault.message.as_str());
        assert_eq!(found, (marked, message), "{text:?}");
    }
}

#[test]
fn nesting_has_a_limit() {
    for (open, close) in [("[", "]"), ("- ", ""), ("{a: ", "}")] {
        let nested = |depth: usize| format!("{}x{}", open.repeat(depth), close.repeat(depth));
        let (_, documents, fault) = load(&nested(MAX_DEPTH));
        assert_eq!((documents.len(), fault), (1, None), "{open}");
        for depth in [MAX_DEPTH + 1, 300, 100_000] {
            let (_, _, fault) = load(&nested(depth));
            let message = fault.map(|fault| fault.message);
            assert_eq!(
                message.as_deref(),
                Some("this nests deeper than 64 levels"),
                "{open} {depth}"
            );
        }
    }
}

#[test]
fn consequences_of_what_cannot_be_read_are_not_said() {
    let (_, mut document) = only("a: !foo x");
    document.problems.add(Problem::error(Code::Type, &path("a"), "expected a number"));
    assert_eq!(document.problems.iter().count(), 1);
}
