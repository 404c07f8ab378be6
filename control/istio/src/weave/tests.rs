//! Weaving and taking out again: what is true of every file is tried in [`lasts`], which every test goes through.

mod gate;
mod matches;
mod messages;
mod objects;
mod releases;
mod rules;
mod styles;
mod values;

use document::load;
use policy::{Path, Policy, Problems};
use serde_json::{Value, json};

use super::edit;
use super::*;

const RELEASE: &str = "
apiVersion: serin.dev/v1alpha1
kind: Release
metadata: {name: reviews, namespace: bookinfo}
spec:
  host: reviews
  port: 9080
  stable: v1
  subsets:
  - {name: v1, labels: {version: v1}}
  - {name: v2, labels: {version: v2}}
  - {name: v3, labels: {version: v3}}
  attach:
  - sidecar: {labels: {app: productpage}}
  - gateway: {namespace: istio-system, labels: {istio: ingressgateway}, hosts: [bookinfo.example.com]}
";

/// The Release of a text, and the same with something else in it.
fn release(changes: &[(&str, &str)]) -> Policy {
    let mut text = RELEASE.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    let (documents, _) = load::documents(&Source::new("release.yaml", text));
    let mut problems = Problems::default();
    policy::check(&documents[0].node, &Path::root(), &mut problems)
        .unwrap_or_else(|| panic!("{problems}"))
        .policy
}

fn reviews() -> Policy {
    release(&[])
}

fn options(mode: Mode) -> Options {
    Options { mode, gateways: Vec::new(), gate: None }
}

fn source(text: &str) -> Source {
    Source::new("objects.yaml", text)
}

fn undone(text: &str, policy: &Policy) -> String {
    undo(&source(text), policy).unwrap_or_else(|problems| panic!("{problems:#?}\n{text}"))
}

/// Weaves, and tries what is true of every file: nothing of the user's is lost, twice is as once, and what is
/// taken out leaves no trace.
fn lasts(text: &str, policy: &Policy, options: &Options) -> Woven {
    let weave = |text: &str| {
        weave(&source(text), policy, options)
            .unwrap_or_else(|problems| panic!("{problems:#?}\n{text}"))
    };
    assert_eq!(undone(text, policy), text);
    let woven = weave(text);
    let mut rest = woven.output.bytes();
    let is_kept = text.bytes().all(|byte| rest.any(|other| other == byte));
    assert!(is_kept, "{text}\nbecame\n{}", woven.output);
    assert_eq!(undone(&woven.output, policy), text);
    assert_eq!(weave(&woven.output), woven);
    as_values(text, &woven, policy, options);
    woven
}

/// An object alone is woven to the same as a file that holds nothing else.
fn as_values(text: &str, woven: &Woven, policy: &Policy, options: &Options) {
    let (before, after) = (values(text), values(&woven.output));
    let ([before], [after]) = (before.as_slice(), after.as_slice()) else { return };
    let weave = |value: &Value| {
        weave_object(value, policy, options).unwrap_or_else(|found| panic!("{found:#?}\n{text}"))
    };
    let object = weave(before);
    let filled = |value: &Value| edit::filled(value.clone());
    assert_eq!(filled(&object.output), filled(after), "{text}");
    assert_eq!(object.is_another_than(before), before != after, "{text}");
    assert_eq!(object.mesh, woven.mesh);
    assert_eq!((object.gateways, &object.notes), (woven.gateways.clone(), &woven.notes));
    assert_eq!(object.has_destination_rule, woven.has_destination_rule);
    assert_eq!(weave(&object.output).output, object.output);
}

/// The documents of a text.
fn values(text: &str) -> Vec<Value> {
    let (documents, fault) = load::documents(&source(text));
    assert_eq!(fault, None, "{text}");
    documents.iter().map(|document| edit::json(&document.node)).collect()
}

/// The HTTP rules of the first document.
fn http(text: &str) -> Vec<Value> {
    values(text)[0]["spec"]["http"].as_array().unwrap().clone()
}

/// The names of the HTTP rules of the first document; a dash where there is none.
fn names(text: &str) -> Vec<String> {
    let name = |rule: &Value| rule["name"].as_str().unwrap_or("-").to_owned();
    http(text).iter().map(name).collect()
}

/// A VirtualService of the host for the mesh, with these rules.
fn service(rules: &str) -> String {
    format!(
        "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata:\n  name: reviews\n  namespace: bookinfo\n\
         spec:\n  hosts:\n  - reviews\n  http:\n{rules}"
    )
}

/// What is wrong with a file: each time the bytes that are marked, and the message.
fn wrong(text: &str, policy: &Policy, options: &Options) -> Vec<(String, String)> {
    let problems = weave(&source(text), policy, options).unwrap_err();
    let marked = |d: &Diagnostic| text.get(d.span.clone()).unwrap_or_default().to_owned();
    problems.iter().map(|d| (marked(d), d.message.clone())).collect()
}
