use super::*;
use crate::node::Node;
use crate::path::Path;
use crate::problem::Problems;

/// What is said about rules with these `match`es, in their order.
fn warned(rules: &[&str]) -> Vec<String> {
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
    let policy = checked.unwrap_or_else(|| panic!("{problems}")).policy;
    let found = never(&policy).into_iter().chain(unreachable(&policy));
    found.map(|problem| format!("{} {}", problem.code, problem.place.path)).collect()
}

#[test]
fn a_header_may_have_two_lines_and_a_cookie_one() {
    let unreachable = "unreachable spec.rules[1].name";
    for (first, second, expected) in [
        // One line is `a`, another one `b`: the second rule takes such a request.
        (
            r#"{"without": {"headers": {"x": {"exact": "b"}}}}"#,
            r#"{"headers": {"x": {"exact": "a"}}}"#,
            None,
        ),
        (
            r#"{"without": {"cookies": {"x": {"exact": "b"}}}}"#,
            r#"{"cookies": {"x": {"exact": "a"}}}"#,
            Some(unreachable),
        ),
        (
            r#"{"without": {"method": {"exact": "GET"}}}"#,
            r#"{"method": {"exact": "PUT"}}"#,
            Some(unreachable),
        ),
        (
            r#"{"headers": {"x": {"prefix": "a"}}}"#,
            r#"{"headers": {"x": {"exact": "ab"}}}"#,
            Some(unreachable),
        ),
        (
            r#"{"without": {"headers": {"x": {"exact": "ab"}}}}"#,
            r#"{"without": {"headers": {"x": {"prefix": "a"}}}}"#,
            Some(unreachable),
        ),
    ] {
        assert_eq!(warned(&[first, second]), Vec::from_iter(expected), "{first} {second}");
    }
}

#[test]
fn a_line_that_passes_one_test_contradicts_what_it_implies() {
    let block =
        r#"{"headers": {"x": {"exact": "ab"}}, "without": {"headers": {"x": {"prefix": "a"}}}}"#;
    assert_eq!(warned(&[block]), ["never-matches spec.rules[0].match[0].without.headers.x"]);
}
