//! What is said about pairs of Releases is what their programs do with users.

use std::collections::BTreeMap;

use policy::policy::Subject;
use policy::split::Generator;
use policy::{Node, Path, Problems, Request, Scratch};
use serde_json::{Value, json};

use super::movement::Unit;
use super::note::Topic;
use super::users::Users;
use super::witness::Witness;
use super::*;

/// A Release with subsets v1 (stable), v2 and v3, whose `spec` has these fields.
pub(super) fn release(fields: &Value) -> Checked {
    let subset = |name: &str| json!({"name": name, "labels": {"version": name}});
    let mut spec = json!({
        "host": "reviews.bookinfo.svc.cluster.local",
        "port": 9080,
        "stable": "v1",
        "subsets": [subset("v1"), subset("v2"), subset("v3")],
        "identity": [{"header": "x-user"}],
    });
    if let (Value::Object(spec), Value::Object(fields)) = (&mut spec, fields) {
        spec.extend(fields.clone());
    }
    let release = json!({
        "apiVersion": "serin.dev/v1alpha1",
        "kind": "Release",
        "metadata": {"name": "reviews", "namespace": "bookinfo"},
        "spec": spec,
    });
    let node: Node = serde_json::from_value(release).unwrap();
    let mut problems = Problems::default();
    let checked = policy::check(&node, &Path::root(), &mut problems);
    checked.unwrap_or_else(|| panic!("{problems} in {fields}"))
}

pub(super) fn diff(old: &Value, new: &Value) -> Diff {
    Diff::new(&release(old), &release(new))
}

fn rule(name: &str, block: Value, split: Value) -> Value {
    json!({"name": name, "match": [block], "split": split})
}

/// A witness with the identities of a user.
struct Sent<'a> {
    witness: &'a Witness,
    identities: Vec<(&'a Subject, String)>,
    draws: &'a mut Generator,
}

impl Request for Sent<'_> {
    fn header(&mut self, name: &str) -> Option<Vec<u8>> {
        let mut witness = self.witness.clone();
        for (subject, value) in &self.identities {
            witness = witness.with(subject, Some(value.as_bytes()));
        }
        (&witness).header(name)
    }

    fn draw(&mut self) -> u64 {
        self.draws.draw()
    }
}

/// Two identities (or one, or none) that make users of this kind.
fn identities<'a>(old: &'a [Subject], new: &'a [Subject], users: Users) -> Vec<&'a Subject> {
    let all: Vec<&Subject> = old.iter().chain(new).collect();
    let mut sets = vec![Vec::new()];
    sets.extend(all.iter().flat_map(|a| all.iter().map(move |b| vec![*a, *b])));
    let first = |list: &[Subject], set: &[&Subject]| {
        list.iter().find(|subject| set.contains(subject)).cloned()
    };
    let is_so = |set: &Vec<&Subject>| match (first(old, set), first(new, set), users) {
        (a, b, Users::All | Users::Known) => a.is_some() && a == b,
        (Some(a), Some(b), Users::Another) => a != b,
        (None, Some(_), Users::Gained) | (Some(_), None, Users::Lost) => true,
        (None, None, Users::Anonymous) => true,
        _ => false,
    };
    sets.into_iter().find(is_so).unwrap_or_default()
}

/// Sends many users through both programs, and compares with what is said of each kind of users of each group.
#[track_caller]
fn assert_as_said(old: &Value, new: &Value) {
    const USERS: u32 = 10_000;
    let (old, new) = (release(old), release(new));
    let diff = Diff::new(&old, &new);
    let mut draws = Generator::new(1);
    let (mut before, mut after) = (Scratch::default(), Scratch::default());
    for (group, movement) in diff.movements() {
        let Some(witness) = &group.witness else {
            assert_eq!(diff.coverage, Coverage::Proven, "no witness for {group:?}");
            continue;
        };
        let sent = identities(old.policy.identity(), new.policy.identity(), movement.users);
        let mut counts: BTreeMap<(String, String), f64> = BTreeMap::new();
        for user in 0..USERS {
            let identities = sent.iter().enumerate();
            let identities =
                identities.map(|(place, subject)| (*subject, format!("{place}-{user}"))).collect();
            let mut request = Sent { witness, identities, draws: &mut draws };
            let from = old.program.decide(&mut request, &mut before);
            let to = new.program.decide(&mut request, &mut after);
            let name = |checked: &Checked, rule: Option<usize>| {
                rule.map(|rule| checked.policy.rules()[rule].name().to_owned())
            };
            assert_eq!(name(&old, from.rule), group.old);
            assert_eq!(name(&new, to.rule), group.new);
            let way = (
                old.policy.subset_name(from.subset).to_owned(),
                new.policy.subset_name(to.subset).to_owned(),
            );
            *counts.entry(way).or_default() += 1.0 / f64::from(USERS);
        }
        let near = |found: f64, expected: f64| {
            let deviation = (expected * (1.0 - expected) / f64::from(USERS)).sqrt();
            assert!((found - expected).abs() <= 5.0 * deviation + 1e-9, "{counts:?}, {movement:?}");
        };
        let count = |is_meant: &dyn Fn(&(String, String)) -> bool| -> f64 {
            counts.iter().filter(|(way, _)| is_meant(way)).map(|(_, count)| *count).sum()
        };
        for share in &movement.shares {
            near(count(&|(from, _)| *from == share.subset), share.before);
            near(count(&|(_, to)| *to == share.subset), share.after);
        }
        if movement.unit == Unit::Requests && movement.transitions.is_empty() {
            continue;
        }
        for ((from, to), found) in counts.iter().filter(|((from, to), _)| from != to) {
            let said =
                movement.transitions.iter().find(|said| said.from == *from && said.to == *to);
            let said = said.unwrap_or_else(|| panic!("{from} -> {to}: {found} of {movement:?}"));
            near(*found, said.part);
        }
        near(count(&|(from, to)| from != to), movement.moved);
    }
}

#[test]
fn splits() {
    let pairs = [
        (json!({"v2": 10}), json!({"v2": 20})),
        (json!({"v2": 10, "v3": 10}), json!({"v2": 20, "v3": 10})),
        (json!({"v2": 40, "v3": 10}), json!({"v2": 5, "v3": 60})),
        (json!({"v2": 100}), json!({"v2": 1})),
        (json!({"v2": 0}), json!({"v3": 33.33})),
    ];
    for (old, new) in pairs {
        assert_as_said(&json!({"split": old}), &json!({"split": new}));
        for kind in
            [json!({"cohort": "other"}), json!({"sticky": false}), json!({"anonymous": "random"})]
        {
            let mut other = json!({"split": new});
            other.as_object_mut().unwrap().extend(kind.as_object().unwrap().clone());
            assert_as_said(&json!({"split": old}), &other);
            assert_as_said(&other, &json!({"split": old}));
            assert_as_said(&other, &other);
        }
    }
}

#[test]
fn identities_of_every_kind() {
    let lists = [
        json!([{"header": "x-user"}]),
        json!([{"cookie": "id"}]),
        json!([{"header": "x-user"}, {"cookie": "id"}]),
        json!([{"cookie": "id"}, {"header": "x-user"}]),
        json!([{"header": "x-user"}, {"cookie": "session"}]),
    ];
    for old in &lists {
        for new in &lists {
            assert_as_said(
                &json!({"identity": old, "split": {"v2": 30}}),
                &json!({"identity": new, "split": {"v2": 40, "v3": 10}}),
            );
        }
    }
}

#[test]
fn stable_changes_and_keys_do() {
    let subsets = |key: &str| {
        json!([
            {"name": "v1", "labels": {"version": "1"}},
            {"name": "v2", "labels": {"version": "2"}, "key": key},
            {"name": "v3", "labels": {"version": "3"}},
        ])
    };
    let old = json!({"split": {"v2": 30, "v3": 10}});
    assert_as_said(&old, &json!({"stable": "v2", "split": {"v1": 30}}));
    assert_as_said(&old, &json!({"stable": "v2", "split": {"v1": 0}}));
    assert_as_said(&old, &json!({"stable": "v3", "split": {"v2": 30, "v1": 10}}));
    assert_as_said(&old, &json!({"subsets": subsets("canary"), "split": {"v2": 30, "v3": 10}}));
    // The key of one is what another was called.
    let swapped = json!({"subsets": [
        {"name": "v1", "labels": {"version": "1"}},
        {"name": "v2", "labels": {"version": "2"}, "key": "v3"},
        {"name": "v3", "labels": {"version": "3"}, "key": "v2"},
    ], "split": {"v2": 30, "v3": 10}});
    assert_as_said(&old, &swapped);

    // Everybody is in v2 already: only callers without the filter notice.
    let promoted =
        diff(&json!({"split": {"v2": 100}}), &json!({"stable": "v2", "split": {"v2": 100}}));
    assert!(promoted.movements().all(|(_, movement)| movement.moved == 0.0));
    assert!(promoted.moves());
    let note = promoted.notes.iter().find(|note| note.topic == Topic::Stable).unwrap();
    assert!(note.is_move);
}

#[test]
fn rules_that_come_go_and_change_places() {
    let a = rule("a", json!({"cookies": {"version": {"exact": "v2"}}}), json!({"v2": 100}));
    let b = rule("b", json!({"path": {"prefix": "/api/"}}), json!({"v3": 50}));
    let c = rule("c", json!({"path": {"regex": "/api/v[0-9]+/.*"}}), json!({"v2": 20, "v3": 20}));
    let lists =
        [json!([]), json!([a]), json!([a, b]), json!([b, a]), json!([c, b, a]), json!([b, c])];
    for old in &lists {
        for new in &lists {
            assert_as_said(
                &json!({"rules": old, "split": {"v2": 10}}),
                &json!({"rules": new, "split": {"v2": 15}}),
            );
        }
    }
}

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
            json!({"query": {"beta": {"exact": "1"}}}),
            json!({"query": {"beta": {"present": true}}}),
            ["->-", "->r", "r>r"],
        ),
    ];
    for (old, new, expected) in pairs {
        let list = |block: &Value| json!([rule("r", block.clone(), json!({"v2": 100}))]);
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
        rule("a", json!({"cookies": {"version": {"exact": "v2"}}}), json!({"v2": 70, "v3": 20}));
    // No request reaches it.
    let b = rule("b", json!({"cookies": {"version": {"exact": "v2"}}}), json!({"v2": 100}));
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
        (start..start + 1000).map(|n| rule(&format!("r{n}"), block(n), json!({"v2": 50}))).collect()
    };
    let diff = diff(&json!({"rules": rules(0)}), &json!({"rules": rules(1)}));
    assert_eq!(diff.coverage, Coverage::Cut);
    let topics: Vec<Topic> = diff.notes.iter().map(|note| note.topic).collect();
    assert_eq!(topics, [Topic::RuleAdded, Topic::RuleRemoved]);
    assert!(diff.notes.iter().all(|note| note.witness.is_some()));
}
