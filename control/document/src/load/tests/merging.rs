//! Merge keys: what `kubectl` (go.yaml.in/yaml v2.4.3) makes of them, and where their fields stand.

use super::*;

/// What stands at `m`, as JSON.
fn merged(text: &str) -> String {
    let (_, document) = only(text);
    assert!(document.problems.is_empty(), "{text}: {}", document.problems);
    json(document.node.get("m").unwrap())
}

fn json(node: &Node) -> String {
    match node {
        Node::Map(fields) => {
            let fields = fields.iter().map(|(key, value)| format!("{key}:{}", json(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
        }
        Node::List(items) => format!("{:?}", items.iter().map(json).collect::<Vec<_>>()),
        Node::Number(number) => number.to_string(),
        other => format!("{other:?}"),
    }
}

const MAPS: &str = "x: &x {a: 1, b: 2}\ny: &y {b: 3, c: 4}\n";

#[test]
fn fields_are_merged_as_kubectl_does() {
    for (map, expected) in [
        ("m: {<<: *x, c: 5}", "{a:1,b:2,c:5}"),
        ("m: {<<: *x, b: 5}", "{a:1,b:5}"),
        // The later one counts, merged or written.
        ("m: {b: 5, <<: *x}", "{b:2,a:1}"),
        ("m: {b: 5, <<: *x, a: 6}", "{b:2,a:6}"),
        ("m: {<<: [*x, *y]}", "{b:2,c:4,a:1}"),
        ("m: {<<: [*y, *x]}", "{a:1,b:3,c:4}"),
        ("m: {<<: *x, <<: *y}", "{a:1,b:3,c:4}"),
        ("m: {<<: {a: 7}}", "{a:7}"),
        ("m: {<<: [{a: 7}, *x]}", "{a:7,b:2}"),
        ("m: {<<: []}", "{}"),
        ("m: {<<: {}}", "{}"),
        ("m: {<<: {<<: {<<: *x, a: 8}, c: 9}}", "{a:8,b:2,c:9}"),
        // Whole values, not their parts.
        ("m: {<<: {a: {b: 1}}, a: {c: 2}}", "{a:{c:2}}"),
        ("m: {!!merge <<: *x}", "{a:1,b:2}"),
        ("m: {'<<': {a: 1}}", "{<<:{a:1}}"),
        ("m: {\"<<\": 1, !!str <<: 2}", "{<<:1,<<:2}"),
    ] {
        assert_eq!(merged(&format!("{MAPS}{map}\n")), expected, "{map}");
    }
    let chain = format!("{MAPS}z: &z\n  <<: [*x, *y]\n  d: 1\nm:\n  <<: *z\n  a: 0\n");
    assert_eq!(merged(&chain), "{b:2,c:4,a:0,d:1}");
}

#[test]
fn merged_fields_stand_where_they_are_written() {
    let text = "\
x: &x
  host: reviews
  list:
  - {a: 1}
  map: {b: 2}
m:
  <<: *x
  map: {c: 3}
n:
  <<: {host: ratings}
";
    for (at, part, expected) in [
        ("m.host", Part::Value, "reviews"),
        ("m.host", Part::Key(0), "host"),
        ("m.host", Part::Within(0..1), "r"),
        ("m.list", Part::Value, "{a: 1}"),
        ("m.list[0].a", Part::Value, "1"),
        ("m.map.c", Part::Value, "3"),
        ("m.map.b", Part::Value, "{c: 3}"),
        ("m.missing", Part::Value, "m"),
        ("n.host", Part::Value, "ratings"),
    ] {
        assert_eq!(marked(text, at, part.clone()), expected, "{at} {part:?}");
    }
    let (source, document) = only(text);
    let span = document.locate(&source, &Place { path: path("m.host"), part: Part::Value });
    assert_eq!(source.position(span.start).line, 2);
}

#[test]
fn merge_keys_do_not_run_in_a_circle() {
    for text in ["a: &x\n  <<: *x\n", "a: &x {b: {<<: *x}}\n", "a: &x\n  <<: [{c: 1}, *x]\n"] {
        let (_, _, fault) = load(text);
        let message = fault.map(|fault| fault.message);
        let expected = "`*x` refers to a value that contains it";
        assert_eq!(message.as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn merge_keys_cannot_grow_a_document_without_bound() {
    let says = |text: &str| -> Vec<String> {
        let (_, document) = only(text);
        document.problems.iter().map(|problem| problem.message.clone()).collect()
    };
    let doubled = (1..40).fold("a0: &a0 {k: x}\n".to_owned(), |text, n| {
        format!("{text}a{n}: &a{n} {{l: {{<<: *a{m}}}, r: {{<<: *a{m}}}}}\n", m = n - 1)
    });
    assert_eq!(says(&doubled), ["with its aliases expanded, this exceeds 10 MiB"]);
    let chain = (1..2000).fold("a0: &a0 {k0: x}\n".to_owned(), |text, n| {
        format!("{text}a{n}: &a{n} {{<<: *a{m}, k{n}: x}}\n", m = n - 1)
    });
    let found = says(&chain);
    assert!(!found.is_empty(), "a chain of 2000 merges has 2 million fields");
    let long = format!("a: &a {{{}: x}}\n", "k".repeat(1000));
    let many = (0..10_000).fold(long, |text, n| format!("{text}a{n}: {{<<: *a}}\n"));
    assert_eq!(says(&many), ["with its aliases expanded, this exceeds 10 MiB"]);
}
