//! A file of tests/data/decide.

use std::collections::BTreeMap;
use std::path::Path;

use document::load::{self, Source};
use policy::{Checked, Node};
use serde_json::json;

use super::case::{Case, Outcome};
use crate::release::{release, try_check_node};

pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) checked: Checked,
    /// The labels of the workload that calls.
    pub(super) caller: BTreeMap<String, String>,
    pub(crate) cases: Vec<Case>,
}

impl File {
    #[track_caller]
    pub(super) fn read(path: &Path) -> Self {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let source = Source::read(path.to_str().unwrap()).unwrap();
        let (documents, fault) = load::documents(&source);
        assert_eq!(fault, None, "{name}");
        let [document] = documents.as_slice() else { panic!("{name}: expected one document") };
        assert!(document.problems.is_empty(), "{name}: {}", document.problems);
        let fields = document.node.get("release").unwrap_or_else(|| panic!("{name}: no `release`"));
        let checked =
            try_check_node(&framed(fields)).unwrap_or_else(|problems| panic!("{name}: {problems}"));
        let Some(Node::List(requests)) = document.node.get("requests") else {
            panic!("{name}: no `requests`")
        };
        let case = |(number, node): (usize, &Node)| {
            let place = format!("{name} {}", number + 1);
            Case::read(place.clone(), node).unwrap_or_else(|error| panic!("{place}: {error}"))
        };
        let cases = requests.iter().enumerate().map(case).collect();
        let caller = document.node.get("caller").map(labels).unwrap_or_default();
        Self { name, checked, caller, cases }
    }

    /// A decision by its names.
    pub(super) fn outcome(&self, rule: Option<usize>, subset: usize) -> Outcome {
        let policy = &self.checked.policy;
        let rule = rule.map_or("default", |rule| policy.rules()[rule].name());
        Outcome { rule: Some(rule.to_owned()), subset: Some(policy.subsets()[subset].name.clone()) }
    }
}

fn labels(node: &Node) -> BTreeMap<String, String> {
    let Node::Map(labels) = node else { panic!("`caller` is {}", node.describe()) };
    let label = |(key, value): &(String, Node)| match value {
        Node::String(value) => (key.clone(), value.clone()),
        _ => panic!("label `{key}` is {}", value.describe()),
    };
    labels.iter().map(label).collect()
}

/// The fields of a `spec` in the usual frame.
fn framed(fields: &Node) -> Node {
    let mut document: Node = serde_json::from_value(release(json!({}))).unwrap();
    if let (Node::Map(document), Node::Map(fields)) = (&mut document, fields) {
        let spec = document.iter_mut().find(|(key, _)| key == "spec");
        if let Some((_, Node::Map(spec))) = spec {
            spec.retain(|(key, _)| fields.iter().all(|(field, _)| field != key));
            spec.extend(fields.iter().cloned());
        }
    }
    document
}
