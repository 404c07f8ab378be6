//! The groups that there are, and requests of each.

use super::super::note::Topic;
use super::*;

/// The groups that are found, as `old>new`, `-` for no rule.
fn groups(old: &Value, new: &Value) -> Vec<String> {
    let diff = diff(&json!({"rules": old}), &json!({"rules": new}));
    let name = |rule: &Option<String>| rule.clone().unwrap_or_else(|| "-".to_owned());
    let mut groups: Vec<String> = diff
        .groups
        .iter()
        .map(|group| {
            assert!(group.witness.is_some(), "{group:?}");
            format!("{}>{}", name(&group.old), name(&group.new))
        })
        .collect();
    groups.sort();
    groups
}

#[test]
fn requests_are_found_on_either_side_of_every_changed_condition() {
    let path = |test: Value| json!({"path": test});
    let agent = |test: Value| json!({"headers": {"user-agent": test}});
    let pairs = [
        (path(json!({"prefix": "/a"})), path(json!({"prefix": "/a/b"})), ["->-", "r>-", "r>r"]),
        (path(json!({"exact": "/a"})), path(json!({"prefix": "/a"})), ["->-", "->r", "r>r"]),
        (path(json!({"suffix": ".js"})), path(json!({"suffix": "x.js"})), ["->-", "r>-", "r>r"]),
        (path(json!({"in": ["/a", "/b"]})), path(json!({"in": ["/b"]})), ["->-", "r>-", "r>r"]),
        (
            path(json!({"prefix": "/a", "ignoreCase": true})),
            path(json!({"prefix": "/a"})),
            ["->-", "r>-", "r>r"],
        ),
        (
            agent(json!({"regex": "v.*"})),
            agent(json!({"regex": "v[0-9].*"})),
            ["->-", "r>-", "r>r"],
        ),
        (agent(json!({"present": true})), agent(json!({"contains": "Mac"})), ["->-", "r>-", "r>r"]),
        (
            json!({"method": {"exact": "GET"}, "path": {"prefix": "/a"}}),
            path(json!({"prefix": "/a"})),
            ["->-", "->r", "r>r"],
        ),
        (
            json!({"headers": {"user-agent": {"prefix": "Mozilla"}},
                "without": {"headers": {"user-agent": {"contains": "bot"}}}}),
            agent(json!({"prefix": "Mozilla"})),
            ["->-", "->r", "r>r"],
        ),
        (
            json!({"caller": {"app": {"exact": "web"}}}),
            json!({"caller": {"app": {"in": ["web", "shop"]}}}),
            ["->-", "->r", "r>r"],
        ),
        (
            agent(json!({"regex": ".*(Chrome|Firefox)/[0-9]+.*"})),
            agent(json!({"regex": ".*(Chrome|Firefox|Safari)/[0-9]+.*"})),
            ["->-", "->r", "r>r"],
        ),
        (
            path(json!({"regex": "/api/(v[0-9]/)?.*"})),
            path(json!({"regex": "/api/(v[0-9]/)?[^/]*"})),
            ["->-", "r>-", "r>r"],
        ),
        (
            json!({"query": {"beta": {"exact": "1"}}}),
            json!({"query": {"beta": {"present": true}}}),
            ["->-", "->r", "r>r"],
        ),
    ];
    for (old, new, expected) in pairs {
        let list = |block: &Value| json!([rule("r", block, &json!({"v2": 100}))]);
        assert_eq!(groups(&list(&old), &list(&new)), expected, "{old} {new}");
        let backwards = expected.map(|group| group.split('>').rev().collect::<Vec<_>>().join(">"));
        let mut backwards = backwards.to_vec();
        backwards.sort();
        assert_eq!(groups(&list(&new), &list(&old)), backwards, "{new} {old}");
    }
}

#[test]
fn a_release_against_itself_says_nothing() {
    let a =
        rule("a", &json!({"cookies": {"version": {"exact": "v2"}}}), &json!({"v2": 70, "v3": 20}));
    // No request reaches it.
    let b = rule("b", &json!({"cookies": {"version": {"exact": "v2"}}}), &json!({"v2": 100}));
    let same = json!({"rules": [a, b], "split": {"v2": 10, "v3": 33.3}});
    let diff = diff(&same, &same);
    assert!(!diff.moves());
    assert!(diff.notes.is_empty(), "{:?}", diff.notes);
    assert_eq!(diff.coverage, Coverage::Proven);
    let rules: Vec<_> = diff.groups.iter().map(|group| group.new.as_deref()).collect();
    assert_eq!(rules, [Some("a"), Some("b"), None]);
}

#[test]
fn a_thousand_rules_are_compared_in_bounds() {
    let rules = |start: usize| -> Value {
        let block = |n: usize| json!({"cookies": {"n": {"exact": n.to_string()}}, "path": {"prefix": "/a"}});
        (start..start + 1000)
            .map(|n| rule(&format!("r{n}"), &block(n), &json!({"v2": 50})))
            .collect()
    };
    let diff = diff(&json!({"rules": rules(0)}), &json!({"rules": rules(1)}));
    assert_eq!(diff.coverage, Coverage::Cut);
    let topics: Vec<Topic> = diff.notes.iter().map(|note| note.topic).collect();
    assert_eq!(topics, [Topic::RuleAdded, Topic::RuleRemoved]);
    assert!(diff.notes.iter().all(|note| note.witness.is_some()));
}
