//! A trace says of every test what the request has, and of the user who they are.

use super::*;
use crate::regex::MAX_VALUE;

fn trace(program: &Program, headers: &[(&str, &str)]) -> Trace {
    program.trace(&mut Fake { headers, read: Vec::new() }, &mut Scratch::default())
}

fn answer(met: bool, values: &[&str]) -> Answer {
    let values = values.iter().map(|value| value.as_bytes().to_vec()).collect();
    Answer { met, values, too_long: false }
}

#[test]
fn answers_stand_as_the_conditions_are_written() {
    let program = compile(
        r#"[{"name": "a", "match": [
              {"headers": {"x": {"regex": "a+"}}, "path": {"prefix": "/api/"}, "without": {"cookies": {"b": {"exact": "1"}}}},
              {"cookies": {"version": {"exact": "v2"}}}], "split": {"v2": 100}},
            {"name": "b", "match": [{"headers": {"x": {"present": false}}}], "split": {"v2": 100}}]"#,
    )
    .unwrap();
    let headers =
        [("cookie", "b=1; version=v2"), ("x", "aa"), (":path", "/web?q"), ("x-user", "u")];
    let found = trace(&program, &headers);
    let path = answer(false, &["/web"]);
    let first = vec![answer(true, &["aa"]), path, answer(false, &["1"])];
    let second = vec![answer(true, &["v2"])];
    assert_eq!(found.rules, [vec![first, second], vec![vec![answer(false, &["aa"])]]]);
    assert_eq!(found.decision.rule, Some(0));
    let identity = found.identity.unwrap();
    assert_eq!((identity.by, identity.value.as_slice()), (0, b"u".as_slice()));
}

#[test]
fn every_line_of_a_header_is_shown() {
    let program = compile(
        r#"[{"name": "a", "match": [{"headers": {"x": {"regex": "a+"}}}], "split": {"v2": 100}}]"#,
    )
    .unwrap();
    let found = trace(&program, &[("x", "b"), ("x", "aa")]);
    assert_eq!(found.rules, [[[answer(true, &["b", "aa"])]]]);
    let long = "a".repeat(MAX_VALUE + 1);
    let found = trace(&program, &[("x", &long), ("x", "b")]);
    assert!(found.rules[0][0][0].too_long && !found.rules[0][0][0].met);
    assert_eq!(found.decision.too_long, 1);
    assert_eq!(trace(&program, &[("x", &long), ("x", "aa")]).decision.rule, Some(0));
    assert_eq!(trace(&program, &[]).rules, [[[answer(false, &[])]]]);
}

#[test]
fn how_the_subset_was_chosen_is_said() {
    let program = compile(
        r#"[{"name": "a", "match": [{"headers": {"x": {"exact": "1"}}}], "split": {"v2": 50}},
            {"name": "b", "match": [{"headers": {"x": {"exact": "2"}}}], "split": {"v2": 100}}]"#,
    )
    .unwrap();
    let found = trace(&program, &[("x", "1"), ("x-user", "u")]);
    assert_eq!(found.choice, Choice::User(found.identity.unwrap().draw));
    assert_eq!(trace(&program, &[("x", "1"), ("x-user", "")]).choice, Choice::Anonymous);
    assert_eq!(trace(&program, &[("x", "2")]).choice, Choice::Only(SubsetId(1)));
    assert_eq!(trace(&program, &[]).choice, Choice::Only(SubsetId(0)));
}
