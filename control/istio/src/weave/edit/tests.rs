//! Changes of text, each of which another change takes back to the byte.

use policy::Path;
use serde_json::json;

use super::*;

fn edited(text: &str, changes: &[(&Path, Action)]) -> Result<String, Vec<Diagnostic>> {
    let source = Source::new("x.yaml", text);
    let (documents, fault) = load::documents(&source);
    assert_eq!(fault, None, "{text:?}");
    let change = |(at, action): &(&Path, Action)| Change {
        document: 0,
        at: (*at).clone(),
        action: action.clone(),
    };
    let changes: Vec<Change> = changes.iter().map(change).collect();
    apply(&source, &documents, &changes).map(|edited| edited.text)
}

fn add(after: Option<&str>) -> Action {
    let after = after.map(str::to_owned);
    Action::Add { after, key: "new".to_owned(), value: json!({ "x": [1] }) }
}

#[test]
fn entries_are_added_and_removed() {
    let map = Path::root().key("m");
    let remove = Action::Remove { key: "new".to_owned() };
    for (text, after, expected) in [
        ("m:\n  a: 1\n", None, "m:\n  new:\n    x:\n    - 1\n  a: 1\n"),
        ("m:\n  a: 1\n", Some("a"), "m:\n  a: 1\n  new:\n    x:\n    - 1\n"),
        ("m:\n  a: 1 # one", Some("a"), "m:\n  a: 1 # one\n  new:\n    x:\n    - 1"),
        (
            "m:\r\n  a: 1\r\n  b: 2\r\n",
            Some("a"),
            "m:\r\n  a: 1\r\n  new:\r\n    x:\r\n    - 1\r\n  b: 2\r\n",
        ),
        ("m: # none\nn: 1\n", None, "m: # none\n  new:\n    x:\n    - 1\nn: 1\n"),
        ("m: {a: 1}\n", None, "m: {new: {x: [1]}, a: 1}\n"),
        ("m: { a: 1, b: 2 }\n", Some("a"), "m: { a: 1, new: {x: [1]}, b: 2 }\n"),
        ("m: {a: 1,\n  b: 2}\n", Some("a"), "m: {a: 1, new: {x: [1]},\n  b: 2}\n"),
        ("m: {a: 1,\n}\n", Some("a"), "m: {a: 1, new: {x: [1]},\n}\n"),
        ("m: { }\n", None, "m: {new: {x: [1]} }\n"),
        ("{\"m\": {\"a\": 1}}", None, "{\"m\": {\"new\": {\"x\": [1]}, \"a\": 1}}"),
        ("{\"m\": {}}", None, "{\"m\": {\"new\": {\"x\": [1]}}}"),
        ("m: &m # here\n  a: 1\n", None, "m: &m # here\n  new:\n    x:\n    - 1\n  a: 1\n"),
        (
            "m:\n  a:\n  b: |\n    c\n",
            Some("a"),
            "m:\n  a:\n  new:\n    x:\n    - 1\n  b: |\n    c\n",
        ),
        (
            "m:\n  b: |\n    c\n\nn: 1\n",
            Some("b"),
            "m:\n  b: |\n    c\n  new:\n    x:\n    - 1\n\nn: 1\n",
        ),
    ] {
        let added = edited(text, &[(&map, add(after))]);
        assert_eq!(added.as_deref(), Ok(expected), "{text:?}");
        assert_eq!(edited(expected, &[(&map, remove.clone())]).unwrap(), text, "{expected:?}");
    }
}

#[test]
fn items_are_inserted_and_dropped() {
    let list = Path::root().key("l");
    let insert = |before| Action::Insert { before, value: json!({ "x": "w", "z": [1] }) };
    for (text, before, expected) in [
        ("l:\n- a\n- b\n", 0, "l:\n- x: w\n  z:\n  - 1\n- x: w\n  z:\n  - 1\n- a\n- b\n"),
        (
            "l:\n  - a: 1\n    b: 2\n  - b\n",
            1,
            "l:\n  - a: 1\n    b: 2\n  - x: w\n    z:\n    - 1\n  - x: w\n    z:\n    - 1\n  - b\n",
        ),
        (
            "l:\n- a\n\n# about b\n- b",
            1,
            "l:\n- a\n\n- x: w\n  z:\n  - 1\n- x: w\n  z:\n  - 1\n# about b\n- b",
        ),
        (
            "l:\n- a\n  # of a\n- b",
            1,
            "l:\n- a\n  # of a\n- x: w\n  z:\n  - 1\n- x: w\n  z:\n  - 1\n- b",
        ),
        ("l:\n- a # x", 1, "l:\n- a # x\n- x: w\n  z:\n  - 1\n- x: w\n  z:\n  - 1"),
        (
            "l:\n  # first\n  - # one\n    a: 1\nm: 1\n",
            0,
            "l:\n  - x: w\n    z:\n    - 1\n  - x: w\n    z:\n    - 1\n  # first\n  - # one\n    a: 1\nm: 1\n",
        ),
        ("l:\nm: 1\n", 0, "l:\n- x: w\n  z:\n  - 1\n- x: w\n  z:\n  - 1\nm: 1\n"),
        ("l: [a, b]\n", 1, "l: [a, {x: w, z: [1]}, {x: w, z: [1]}, b]\n"),
        ("l: [ ]\n", 0, "l: [{x: w, z: [1]}, {x: w, z: [1]} ]\n"),
        ("l: [a, ]\n", 1, "l: [a, {x: w, z: [1]}, {x: w, z: [1]}, ]\n"),
        (
            "l: [{\"a\": 1}]\n",
            1,
            "l: [{\"a\": 1}, {\"x\": \"w\", \"z\": [1]}, {\"x\": \"w\", \"z\": [1]}]\n",
        ),
    ] {
        let changed = edited(text, &[(&list, insert(before)), (&list, insert(before))]).unwrap();
        assert_eq!(changed, expected);
        let drop = |index| (&list, Action::Drop { index });
        assert_eq!(
            edited(expected, &[drop(before), drop(before + 1)]).unwrap(),
            text,
            "{expected:?}"
        );
    }
}

#[test]
fn values_are_replaced_with_all_their_lines() {
    let root = Path::root();
    let set = Action::Set { key: "a".to_owned(), value: json!("it's \"1\"") };
    for (text, expected) in [
        ("a: x # c\nb: 1\n", "a: 'it''s \"1\"' # c\nb: 1\n"),
        ("a: >-\n  x\n  y\nb: 1\n", "a: 'it''s \"1\"'\nb: 1\n"),
        ("\"a\": 'x\n  y'\r\nb: 1\r\n", "\"a\": 'it''s \"1\"'\r\nb: 1\r\n"),
        ("a: \"x\"\n", "a: \"it's \\\"1\\\"\"\n"),
        ("{a: x, b: 1}", "{a: 'it''s \"1\"', b: 1}"),
        ("{a: \"x\", b: 1}", "{a: \"it's \\\"1\\\"\", b: 1}"),
        ("{\"a\": \"x\"}", "{\"a\": \"it's \\\"1\\\"\"}"),
        ("{\"a\": !!str \"x\"}", "{\"a\": \"it's \\\"1\\\"\"}"),
    ] {
        assert_eq!(edited(text, &[(&root, set.clone())]).unwrap(), expected);
    }
}

#[test]
fn what_would_become_something_else_is_refused() {
    let map = Path::root().key("m");
    for (text, action) in [
        ("m:\n  ? a\n  : 1\n", add(None)),
        ("m:\n  a: |+\n    x\n\nn: 1\n", add(Some("a"))),
        ("m: {a: , b: 1}\n", add(Some("a"))),
        ("m: ~\n", add(None)),
        ("{m: , n: 1}\n", add(None)),
        ("m: 5\n", add(None)),
        ("m: {new: 1}\n", add(None)),
        ("m: {a: 1}\n", Action::Remove { key: "b".to_owned() }),
        ("n: 5\n", add(None)),
    ] {
        let problems = edited(text, &[(&map, action)]).unwrap_err();
        assert_eq!(problems.len(), 1, "{text:?}");
        assert_eq!(problems[0].message, "this cannot be changed in place as it is written");
    }
}

#[test]
fn the_items_behind_the_last_that_stays_are_the_end_of_a_list() {
    let drops = [4, 1, 3].map(|index| Action::Drop { index });
    let actions: Vec<&Action> = drops.iter().collect();
    assert_eq!(end_of_kept(5, &actions), 3);
    assert_eq!(end_of_kept(6, &actions), 6);
    assert_eq!(end_of_kept(0, &[]), 0);
}
