//! Releases for the tests of the lints.

use crate::node::Node;
use crate::path::Path;
use crate::policy::Policy;
use crate::problem::{Problem, Problems};

/// A Release with rules of these blocks, one each; several in a rule between commas.
pub(super) fn policy(rules: &[&str]) -> Policy {
    let rules = rules.iter().enumerate().map(|(index, rule)| {
        format!(r#"{{"name": "r{index}", "match": [{rule}], "split": {{"v2": 100}}}}"#)
    });
    let json = format!(
        r#"{{"apiVersion": "serin.dev/v1alpha1", "kind": "Release", "metadata": {{"name": "r"}},
        "spec": {{"host": "r", "stable": "v1", "subsets": [{{"name": "v1"}}, {{"name": "v2"}}], "rules": [{}]}}}}"#,
        rules.collect::<Vec<_>>().join(",")
    );
    let node: Node = serde_json::from_str(&json).unwrap();
    let mut problems = Problems::default();
    let checked = crate::check(&node, &Path::root(), &mut problems);
    checked.unwrap_or_else(|| panic!("{problems}")).policy
}

/// The message of the one problem, if there is one.
pub(super) fn only(problems: &[Problem]) -> Option<String> {
    let messages: Vec<String> = problems.iter().map(Problem::text).collect();
    assert!(messages.len() < 2, "{messages:#?}");
    messages.into_iter().next()
}
