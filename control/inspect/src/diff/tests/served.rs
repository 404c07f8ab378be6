//! Many users through both programs: they are served as was said.

use std::collections::BTreeMap;

use policy::policy::Subject;
use policy::split::Generator;
use policy::{Lines, Request, Scratch};

use super::super::movement::Unit;
use super::super::note::Topic;
use super::super::users::Users;
use super::super::witness::Witness;
use super::*;

/// A witness with the identities of a user.
struct Sent<'a> {
    witness: &'a Witness,
    identities: Vec<(&'a Subject, String)>,
    draws: &'a mut Generator,
}

impl Request for Sent<'_> {
    fn lines(&mut self, name: &str) -> Lines {
        let mut witness = self.witness.clone();
        for (subject, value) in &self.identities {
            witness = witness.with(subject, Some(value.as_bytes()));
        }
        (&witness.sent()).lines(name)
    }

    fn caller(&mut self, label: &str) -> Option<Vec<u8>> {
        Request::caller(&mut &self.witness.sent(), label)
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
        (None, Some(_), Users::Gained)
        | (Some(_), None, Users::Lost)
        | (None, None, Users::Anonymous) => true,
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

    // All users are in v2 already: only callers without the filter notice.
    let promoted =
        diff(&json!({"split": {"v2": 100}}), &json!({"stable": "v2", "split": {"v2": 100}}));
    assert!(promoted.movements().all(|(_, movement)| movement.moved == 0.0));
    assert!(promoted.moves());
    let note = promoted.notes.iter().find(|note| note.topic == Topic::Stable).unwrap();
    assert!(note.is_move);
}

#[test]
fn rules_that_come_go_and_change_places() {
    let a = rule("a", &json!({"cookies": {"version": {"exact": "v2"}}}), &json!({"v2": 100}));
    let b = rule("b", &json!({"path": {"prefix": "/api/"}}), &json!({"v3": 50}));
    let c = rule("c", &json!({"path": {"regex": "/api/v[0-9]+/.*"}}), &json!({"v2": 20, "v3": 20}));
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
