use super::*;
use crate::lint::tests::policy;

/// What is said about rules with these `match`es, in their order.
fn warned(rules: &[&str]) -> Vec<String> {
    let policy = policy(rules);
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

#[test]
fn nothing_is_reached_behind_a_rule_that_takes_everything() {
    let late = r#"{"headers": {"x": {"exact": "a"}}}"#;
    for all in [
        r#"{"path": {"present": true}}"#,
        r#"{"path": {"prefix": "/"}}"#,
        r#"{"path": {"regex": ".*"}}"#,
        r#"{"path": {"regex": "^/(.*)$"}}"#,
        r#"{"path": {"regex": ".+"}}"#,
        r#"{"path": {"regex": "/[^?]*"}}"#,
        r#"{"method": {"present": true}}"#,
        r#"{"method": {"regex": "[A-Z]*.*"}}"#,
        r#"{"authority": {"regex": ".*"}}"#,
        r#"{"headers": {":path": {"regex": ".*"}}, "method": {"regex": ".+"}}"#,
        r#"{"headers": {"y": {"exact": "b"}}}, {"path": {"regex": "(.*)"}}"#,
    ] {
        assert_eq!(warned(&[all, late]), ["unreachable spec.rules[1].name"], "{all}");
    }
    for some in [
        r#"{"path": {"regex": "/.+"}}"#,
        r#"{"path": {"present": true}, "headers": {"y": {"present": true}}}"#,
        r#"{"headers": {"y": {"regex": ".*"}}}"#,
        r#"{"cookies": {"y": {"present": true}}}"#,
        r#"{"method": {"regex": "[A-Z]{1,3}"}}"#,
    ] {
        assert_eq!(warned(&[some, late]), Vec::<String>::new(), "{some}");
    }
}

#[test]
fn a_regex_that_takes_every_value_takes_those_of_narrower_tests() {
    let unreachable = "unreachable spec.rules[1].name";
    for (all, narrow, expected) in [
        (
            r#"{"headers": {"x": {"regex": "(.*)"}}}"#,
            r#"{"headers": {"x": {"present": true}}}"#,
            true,
        ),
        (
            r#"{"headers": {"x": {"regex": ".+"}}}"#,
            r#"{"headers": {"x": {"present": true}}}"#,
            false,
        ),
        (r#"{"headers": {"x": {"regex": ".+"}}}"#, r#"{"headers": {"x": {"prefix": "a"}}}"#, true),
        (r#"{"headers": {"x": {"regex": ".+"}}}"#, r#"{"headers": {"x": {"regex": "a.*"}}}"#, true),
        (r#"{"headers": {"x": {"regex": ".+"}}}"#, r#"{"headers": {"x": {"regex": "a*"}}}"#, false),
        (r#"{"cookies": {"x": {"regex": "[^;]*"}}}"#, r#"{"cookies": {"x": {"exact": ""}}}"#, true),
        (
            r#"{"cookies": {"x": {"regex": "[^;]+"}}}"#,
            r#"{"cookies": {"x": {"exact": ""}}}"#,
            false,
        ),
    ] {
        let found = warned(&[all, narrow]);
        assert_eq!(found, Vec::from_iter(expected.then_some(unreachable)), "{all} {narrow}");
    }
}
