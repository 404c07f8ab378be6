//! `serin crd`: what a cluster is told of Releases is what the reader knows of them.
//!
//! `SERIN_BLESS=1 cargo test --release -p serin-tests crd` writes tests/data/crd.yaml and tests/data/admission.yaml
//! anew: read the diff, and raise `SCHEMA_REVISION` in control/rollout/src/crd.rs, or `REVISION` in
//! control/rollout/src/admission.rs, unless no released version has it as it was.

use std::collections::BTreeSet;
use std::fs;

use document::load::{self, Source};
use policy::{Code, Node, Path, Problems};
use serde_json::{Value, json};

use crate::check::program::{root, run};

/// A name that is like no field of the language.
const STRANGER: &str = "qqqqqqqqqqqqqqqq";

fn printed() -> String {
    of(&["--no-policy"])
}

fn of(arguments: &[&str]) -> String {
    let run = run(root(), &[&["crd"], arguments].concat(), b"");
    assert_eq!(run.code, Some(0), "{}", run.shown());
    run.stdout
}

/// What is printed, as JSON.
fn definition(text: &str) -> Value {
    let (documents, fault) = load::documents(&Source::new("crd.yaml", text));
    assert!(fault.is_none() && documents.len() == 1);
    json_of(&documents[0].node)
}

fn json_of(node: &Node) -> Value {
    match node {
        Node::Null => Value::Null,
        Node::Bool(value) => json!(value),
        Node::Number(value) => json!(value),
        Node::String(text) => json!(text),
        Node::List(items) => items.iter().map(json_of).collect(),
        Node::Map(entries) => {
            Value::Object(entries.iter().map(|(key, node)| (key.clone(), json_of(node))).collect())
        }
    }
}

fn schema(definition: &Value) -> &Value {
    &definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
}

#[test]
fn the_definition_is_the_committed_one() {
    let file = root().join("data/crd.yaml");
    let text = printed();
    assert_eq!(text, printed(), "two definitions differ");
    if std::env::var_os("SERIN_BLESS").is_some_and(|value| value == "1") {
        fs::write(&file, &text).unwrap();
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    let help = "run `SERIN_BLESS=1 cargo test --release -p serin-tests crd` and read the diff";
    if committed != text {
        let is_same =
            !committed.is_empty() && schema(&definition(&committed)) == schema(&definition(&text));
        let raise = "; the schema changed: raise `SCHEMA_REVISION` in control/rollout/src/crd.rs";
        panic!(
            "tests/data/crd.yaml is not what `serin crd` prints{}\n{help}",
            if is_same { "" } else { raise }
        );
    }
}

#[test]
fn the_policy_follows_and_is_the_committed_one() {
    let file = root().join("data/admission.yaml");
    let text = of(&[]);
    let policy = text.strip_prefix(&printed()).unwrap().strip_prefix("---\n").unwrap();
    if std::env::var_os("SERIN_BLESS").is_some_and(|value| value == "1") {
        fs::write(&file, policy).unwrap();
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    let help = "run `SERIN_BLESS=1 cargo test --release -p serin-tests crd` and read the diff";
    let raise = "raise `REVISION` in control/rollout/src/admission.rs";
    assert!(
        committed == policy,
        "tests/data/admission.yaml is not what is printed; {raise}\n{help}"
    );
}

#[test]
fn as_json_it_is_a_list_or_the_definition_alone() {
    let list: Value = serde_json::from_str(&of(&["--format", "json"])).unwrap();
    let kinds: Vec<_> =
        list["items"].as_array().unwrap().iter().map(|item| &item["kind"]).collect();
    let expected = [
        "CustomResourceDefinition",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
    ];
    assert_eq!(kinds, expected);
    assert_eq!(list["kind"], "List");
    let alone: Value = serde_json::from_str(&of(&["--format", "json", "--no-policy"])).unwrap();
    assert_eq!(alone, list["items"][0]);
}

/// A step from a schema to one within.
#[derive(Clone, Copy)]
enum Inner<'s> {
    Field(&'s str),
    Item,
    Entry,
}

/// Every object of the language with fields of its own: the way to it and the names of its fields.
fn objects<'s>(
    schema: &'s Value,
    way: &mut Vec<Inner<'s>>,
    found: &mut Vec<(Vec<Inner<'s>>, BTreeSet<String>)>,
) {
    if let Some(fields) = schema["properties"].as_object() {
        found.push((way.clone(), fields.keys().cloned().collect()));
        for (name, field) in fields {
            way.push(Inner::Field(name));
            objects(field, way, found);
            way.pop();
        }
    }
    for (key, inner) in [("items", Inner::Item), ("additionalProperties", Inner::Entry)] {
        if schema[key].is_object() {
            way.push(inner);
            objects(&schema[key], way, found);
            way.pop();
        }
    }
}

/// A document in which nothing stands but `value` at the end of `way`.
fn document(way: &[Inner], value: Value) -> Value {
    let spec = way.iter().rev().fold(value, |value, inner| match inner {
        Inner::Field(name) => json!({*name: value}),
        Inner::Item => json!([value]),
        Inner::Entry => json!({"any": value}),
    });
    json!({"apiVersion": "serin.dev/v1alpha1", "kind": "Release", "metadata": {"name": "a"}, "spec": spec})
}

/// The fields that the reader names where it meets one that it does not know.
fn known(way: &[Inner]) -> BTreeSet<String> {
    let document = document(way, json!({STRANGER: 1}));
    let node: Node = serde_json::from_value(document.clone()).unwrap();
    let mut problems = Problems::default();
    assert!(policy::check(&node, &Path::root(), &mut problems).is_none(), "{document}");
    let strange: Vec<_> =
        problems.iter().filter(|problem| problem.code == Code::UnknownField).collect();
    let [problem] = strange.as_slice() else { panic!("{document}: {problems}") };
    let help = problem.help.as_deref().unwrap();
    let words = help.strip_prefix("expected ").unwrap_or_else(|| panic!("{document}: {help}"));
    words.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn the_schema_and_the_reader_know_the_same_fields() {
    let definition = definition(&printed());
    let mut found = Vec::new();
    objects(&schema(&definition)["properties"]["spec"], &mut Vec::new(), &mut found);
    assert!(found.len() > 20, "{} objects", found.len());
    for (way, fields) in found {
        assert_eq!(known(&way), fields, "{}", document(&way, json!("here")));
    }
}

#[test]
fn what_must_be_there_is_what_the_reader_asks_for() {
    let definition = definition(&printed());
    let mut found = Vec::new();
    let spec = &schema(&definition)["properties"]["spec"];
    objects(spec, &mut Vec::new(), &mut found);
    for (way, _) in found {
        let object = way.iter().fold(spec, |schema, inner| match inner {
            Inner::Field(name) => &schema["properties"][name],
            Inner::Item => &schema["items"],
            Inner::Entry => &schema["additionalProperties"],
        });
        let required = object["required"].as_array().into_iter().flatten();
        let required: BTreeSet<String> =
            required.map(|name| name.as_str().unwrap().to_owned()).collect();
        let document = document(&way, json!({}));
        let node: Node = serde_json::from_value(document.clone()).unwrap();
        let mut problems = Problems::default();
        assert!(policy::Spec::read(&node, &Path::root(), &mut problems).is_some());
        let depth = 1 + way.len();
        let missing = problems.iter().filter(|problem| {
            problem.code == Code::MissingField && problem.place.path.segments().len() == depth + 1
        });
        let missing: BTreeSet<String> = missing
            .filter_map(|problem| problem.message.split('`').nth(1).map(str::to_owned))
            .filter(|name| object["properties"][name].is_object())
            .collect();
        assert_eq!(missing, required, "{document}");
    }
}

#[test]
fn every_field_says_what_it_is_for() {
    fn describe(schema: &Value, place: &str, silent: &mut Vec<String>) {
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            let place = format!("{place}.{name}");
            if field["description"].as_str().is_none_or(str::is_empty) {
                silent.push(place.clone());
            }
            describe(field, &place, silent);
        }
        for inner in ["items", "additionalProperties"] {
            describe_if(&schema[inner], place, silent);
        }
    }
    fn describe_if(schema: &Value, place: &str, silent: &mut Vec<String>) {
        if schema.is_object() {
            describe(schema, place, silent);
        }
    }
    let definition = definition(&printed());
    let mut silent = Vec::new();
    for part in ["spec", "status"] {
        describe(&schema(&definition)["properties"][part], part, &mut silent);
    }
    assert!(silent.is_empty(), "{silent:?}");
}
