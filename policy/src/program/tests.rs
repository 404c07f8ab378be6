//! Programs decide as their Releases say; the data cases of the tests crate try much more.

mod trace;
mod work;

use super::*;
use crate::node::Node;
use crate::problem::Problem;

struct Fake<'a> {
    headers: &'a [(&'a str, &'a str)],
    read: Vec<String>,
}

impl Request for Fake<'_> {
    fn lines(&mut self, name: &str) -> Lines {
        assert!(!self.read.contains(&name.to_owned()), "{name} is read twice");
        self.read.push(name.to_owned());
        let named = self.headers.iter().filter(|(n, _)| *n == name);
        named.map(|(_, value)| value.as_bytes()).collect()
    }

    fn caller(&mut self, _: &str) -> Option<Vec<u8>> {
        None
    }

    fn draw(&mut self) -> u64 {
        panic!("no split of these tests is random")
    }
}

fn compile(rules: &str) -> Result<Program, Vec<String>> {
    let json = format!(
        r#"{{"apiVersion": "serin.dev/v1alpha1", "kind": "Release", "metadata": {{"name": "r", "namespace": "n"}},
        "spec": {{"host": "r", "port": 80, "stable": "v1", "identity": [{{"header": "x-user"}}],
        "subsets": [{{"name": "v1", "labels": {{"v": "1"}}}}, {{"name": "v2", "labels": {{"v": "2"}}}}],
        "rules": {rules}}}}}"#
    );
    let node: Node = serde_json::from_str(&json).unwrap();
    let mut problems = Problems::default();
    let checked = crate::check(&node, &Path::root(), &mut problems);
    checked.map(|c| c.program).ok_or_else(|| problems.iter().map(Problem::to_string).collect())
}

/// The rule that takes a request, and the headers that were read to know.
fn rule(program: &Program, headers: &[(&str, &str)]) -> (Option<usize>, Vec<String>) {
    let mut request = Fake { headers, read: Vec::new() };
    let decision = program.decide(&mut request, &mut Scratch::default());
    (decision.rule, request.read)
}

#[test]
fn reads_an_input_only_when_a_rule_that_could_win_needs_it() {
    let program = compile(
        r#"[{"name": "a", "match": [{"cookies": {"version": {"exact": "v2"}}}], "split": {"v2": 100}},
            {"name": "b", "match": [{"headers": {"x": {"exact": "1"}}, "path": {"prefix": "/api/"}}], "split": {"v2": 100}}]"#,
    )
    .unwrap();
    let read = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(
        rule(&program, &[("cookie", "a=1; version=v2"), ("x", "1")]),
        (Some(0), read(&["cookie"]))
    );
    assert_eq!(rule(&program, &[("x", "2"), (":path", "/api/")]), (None, read(&["cookie", "x"])));
    assert_eq!(
        rule(&program, &[("x", "1"), (":path", "/api/?a=1")]),
        (Some(1), read(&["cookie", "x", ":path"]))
    );
}

#[test]
fn the_first_rule_wins_whatever_its_pivot() {
    let program = compile(
        r#"[{"name": "never", "match": [{"headers": {"x": {"regex": "a.*z"}, "y": {"exact": "1"}}}], "split": {"v2": 100}},
            {"name": "without", "match": [{"without": {"headers": {"x": {"present": true}}}}], "split": {"v2": 100}},
            {"name": "regex", "match": [{"headers": {"x": {"regex": "[ab]+"}}}], "split": {"v2": 100}},
            {"name": "exact", "match": [{"headers": {"x": {"exact": "ab"}}}, {"headers": {"x": {"suffix": "Z", "ignoreCase": true}}}], "split": {"v2": 100}}]"#,
    )
    .unwrap();
    for (x, expected) in [(None, 1), (Some("ab"), 2), (Some("a-z"), 3), (Some("a-Z"), 3)] {
        let headers: Vec<_> = x.iter().map(|x| ("x", *x)).collect();
        assert_eq!(rule(&program, &headers).0, Some(expected), "{x:?}");
    }
    assert_eq!(rule(&program, &[("x", "a-z"), ("y", "1")]).0, Some(0));
    assert_eq!(rule(&program, &[("x", "c")]).0, None);
}

#[test]
fn a_regex_sees_no_value_over_its_limit_and_says_so() {
    let program = compile(
        r#"[{"name": "r", "match": [{"headers": {"x": {"regex": "a+"}}}], "split": {"v2": 100}}]"#,
    )
    .unwrap();
    for (length, taken, too_long) in [(8192, Some(0), 0), (8193, None, 1)] {
        let value = "a".repeat(length);
        let mut request = Fake { headers: &[("x", &value)], read: Vec::new() };
        let decision = program.decide(&mut request, &mut Scratch::default());
        assert_eq!((decision.rule, decision.too_long), (taken, too_long));
    }
}

#[test]
fn regexes_see_as_many_lines_of_a_header_as_fit_into_their_limit_together() {
    let program = compile(
        r#"[{"name": "r", "match": [{"headers": {"x": {"regex": "b?a+"}}}], "split": {"v2": 100}}]"#,
    )
    .unwrap();
    let misses = "c".repeat(8000);
    for (last, taken, too_long) in [(192, Some(0), 0), (193, None, 1)] {
        let last = format!("b{}", "a".repeat(last - 1));
        let headers = [("x", misses.as_str()), ("x", &last)];
        let mut request = Fake { headers: &headers, read: Vec::new() };
        let decision = program.decide(&mut request, &mut Scratch::default());
        assert_eq!((decision.rule, decision.too_long), (taken, too_long));
    }
}

#[test]
fn the_bound_is_that_of_the_regexes_that_can_run() {
    let program = compile(
        r#"[{"name": "r", "match": [{"headers": {"cookie": {"regex": "a.*"}}, "cookies": {"a": {"regex": "b.*"}}}], "split": {"v2": 100}}]"#,
    )
    .unwrap();
    assert_eq!(program.worst_request(), 2 * 8192);
    let rules: Vec<_> = (0..1300)
        .map(|i| format!(r#"{{"name": "r{i}", "match": [{{"headers": {{"x": {{"regex": "{i}.*a"}}}}}}], "split": {{"v2": 1}}}}"#))
        .collect();
    let problems = compile(&format!("[{}]", rules.join(","))).unwrap_err();
    assert!(problems.iter().any(|p| p.contains("10649600 steps")), "{problems:?}");
}
