use policy::{Checked, Path, Problems};
use serde_json::{Value, json};

use super::*;

fn release(spec: &Value) -> Checked {
    let subset = |name: &str| json!({ "name": name, "labels": { "version": name } });
    let mut all = json!({
        "host": "reviews", "port": 9080, "stable": "v1", "subsets": [subset("v1"), subset("v2")],
    });
    for (key, value) in spec.as_object().unwrap() {
        all[key] = value.clone();
    }
    let release = json!({
        "apiVersion": "serin.dev/v1alpha1",
        "kind": "Release",
        "metadata": { "name": "reviews", "namespace": "bookinfo" },
        "spec": all,
    });
    let mut problems = Problems::default();
    let node = serde_json::from_value(release).unwrap();
    let checked = policy::check(&node, &Path::root(), &mut problems);
    checked.unwrap_or_else(|| panic!("{problems}"))
}

/// The conditions as they would be read; none where there is no gate.
fn necessary_of(spec: &Value) -> Option<Vec<String>> {
    let gate = Gate::of(&release(spec).policy)?;
    let conditions = gate.conditions().iter().map(|Condition { input, test }| {
        let input = match input {
            Input::Header(name) => name.clone(),
            Input::Path => "path".to_owned(),
            Input::Query(name) => format!("query {name}"),
        };
        match test {
            Test::Present => format!("{input} present"),
            Test::Text { relation, text, case } => {
                format!("{input} {relation:?} {text} {case:?}").to_lowercase()
            }
        }
    });
    Some(conditions.collect())
}

/// Those of one rule with these blocks.
fn rule(blocks: &Value) -> Option<Vec<String>> {
    necessary_of(&json!({ "rules": [{ "name": "r", "match": blocks, "split": { "v2": 100 } }] }))
}

#[test]
fn each_kind_of_test_has_its_condition() {
    let cases = [
        (json!({"cookies": {"version": {"exact": "v2"}}}), "cookie contains version sensitive"),
        (json!({"cookies": {"a": {"present": true}}}), "cookie contains a sensitive"),
        (json!({"headers": {"x-team": {"exact": "QA"}}}), "x-team contains qa sensitive"),
        (
            json!({"headers": {"x-team": {"prefix": "QA", "ignoreCase": true}}}),
            "x-team contains qa ignore",
        ),
        (json!({"headers": {"x-team": {"exact": ""}}}), "x-team present"),
        (json!({"headers": {"x-team": {"present": true}}}), "x-team present"),
        (
            json!({"headers": {"cookie": {"regex": "^(.*?;)?(version=v2)(;.*)?$"}}}),
            "cookie contains version=v2 sensitive",
        ),
        (json!({"headers": {"x-team": {"regex": "[a-z]+"}}}), "x-team present"),
        (json!({"path": {"prefix": "/api/"}}), "path prefix /api/ sensitive"),
        (json!({"path": {"exact": "/api"}}), "path prefix /api sensitive"),
        (json!({"path": {"suffix": ".png"}}), "path contains .png sensitive"),
        (json!({"query": {"beta": {"exact": "1"}}}), "query beta present"),
        (json!({"method": {"exact": "POST"}}), ":method exact post sensitive"),
        (json!({"authority": {"exact": "a.example"}}), ":authority exact a.example sensitive"),
    ];
    for (block, expected) in cases {
        assert_eq!(rule(&json!([block])), Some(vec![expected.to_owned()]), "{block}");
    }
}

#[test]
fn of_a_block_one_condition_does_and_the_rarer_is_taken() {
    let block = json!([{
        "method": {"exact": "GET"},
        "path": {"prefix": "/api"},
        "cookies": {"version": {"exact": "v2"}},
        "without": {"headers": {"user-agent": {"contains": "bot"}}},
    }]);
    assert_eq!(rule(&block), Some(vec!["cookie contains version sensitive".to_owned()]));
}

#[test]
fn a_block_that_asks_for_nothing_a_route_can_look_for_has_none() {
    for block in [
        json!({"caller": {"app": {"exact": "web"}}}),
        json!({"without": {"cookies": {"version": {"present": true}}}}),
        json!({"cookies": {"version": {"present": false}}}),
        json!({"path": {"prefix": "/"}}),
        json!({"headers": {":path": {"present": true}}}),
    ] {
        assert_eq!(rule(&json!([block])), None, "{block}");
        let beside = json!([block, {"cookies": {"version": {"exact": "v2"}}}]);
        assert_eq!(rule(&beside), None, "{block}");
    }
}

#[test]
fn a_split_that_anybody_can_leave_stable_by_has_none() {
    let rules = json!([{ "name": "r", "match": [{"cookies": {"a": {"exact": "b"}}}], "split": {"v2": 100} }]);
    let all = json!({ "rules": rules, "split": {"v2": 1}, "identity": [{"cookie": "id"}] });
    assert_eq!(necessary_of(&all), None);
    assert!(necessary_of(&json!({ "rules": rules, "split": {"v1": 100} })).is_some());
}

#[test]
fn rules_that_keep_everybody_on_stable_ask_for_nothing() {
    let stays =
        json!({ "name": "stays", "match": [{"path": {"prefix": "/"}}], "split": {"v1": 100} });
    let leaves = json!({ "name": "leaves", "match": [{"cookies": {"a": {"exact": "b"}}}], "split": {"v2": 1}, "sticky": false });
    let one = Some(vec!["cookie contains a sensitive".to_owned()]);
    assert_eq!(necessary_of(&json!({ "rules": [stays, leaves] })), one);
    assert_eq!(necessary_of(&json!({ "rules": [stays] })), None);
}

#[test]
fn what_another_condition_says_already_is_left_out() {
    let blocks = json!([
        {"headers": {"x-team": {"exact": "qa-2"}}},
        {"headers": {"x-team": {"prefix": "QA", "ignoreCase": true}}},
        {"headers": {"x-team": {"contains": "qa"}}},
        {"path": {"prefix": "/api/v2"}},
        {"path": {"prefix": "/api"}},
    ]);
    let expected = ["x-team contains qa ignore", "path prefix /api sensitive"];
    assert_eq!(rule(&blocks), Some(expected.map(str::to_owned).to_vec()));
}

#[test]
fn there_are_at_most_eight() {
    let names = |count: usize| -> Value {
        let block = |number| json!({"headers": {format!("x-{number}"): {"present": true}}});
        (0..count).map(block).collect()
    };
    assert_eq!(rule(&names(8)).unwrap().len(), 8);
    assert_eq!(rule(&names(9)), None);
}
