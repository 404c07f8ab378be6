//! The laws of weighted rendezvous hashing, on populations of users.

use std::collections::BTreeMap;

use policy::split::Rendezvous;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::always;
use super::population::{draws, fits};
use crate::release::{check, release};

const USERS: u32 = 20_000;

fn split<'a>(weights: &[(&'a str, u16)]) -> Rendezvous<&'a str> {
    Rendezvous::new(weights.iter().map(|(key, weight)| (*key, *weight, *key)))
}

fn picks<'a>(weights: &[(&'a str, u16)], draws: &[u64]) -> Vec<&'a str> {
    let split = split(weights);
    draws.iter().map(|draw| split.pick(*draw).unwrap()).collect()
}

/// Weights of three subsets that sum up to 10,000.
fn three() -> impl Strategy<Value = [(&'static str, u16); 3]> {
    (0_u16..=10_000, 0_u16..=10_000).prop_map(|(a, b)| {
        let (low, high) = (a.min(b), a.max(b));
        [("stable", low), ("v2", high - low), ("v3", 10_000 - high)]
    })
}

#[test]
fn shares_are_what_was_asked_for() {
    let populations: Vec<_> =
        ["bookinfo", "a", "default/reviews"].map(|cohort| draws(cohort, 200_000)).into();
    let mut splits: Vec<Vec<(&str, u16)>> = vec![
        vec![("stable", 9999), ("v2", 1)],
        vec![("stable", 9900), ("v2", 100)],
        vec![("stable", 5000), ("v2", 5000)],
        vec![("stable", 8000), ("v2", 1000), ("v3", 1000)],
    ];
    splits.push(["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"].map(|key| (key, 1000)).into());
    for (population, weights) in populations.iter().flat_map(|p| splits.iter().map(move |s| (p, s)))
    {
        let mut found: BTreeMap<&str, u32> = BTreeMap::new();
        for pick in picks(weights, population) {
            *found.entry(pick).or_default() += 1;
        }
        for (key, weight) in weights {
            let (found, share) =
                (found.get(key).copied().unwrap_or(0), f64::from(*weight) / 10_000.0);
            assert!(fits(found, 200_000, share), "{key}: {found} of 200000 in {weights:?}");
        }
    }
}

#[test]
fn growing_a_canary_only_moves_users_into_it() {
    let population = draws("bookinfo", USERS);
    let at = |canary: u16| picks(&[("stable", 10_000 - canary), ("v2", canary)], &population);
    let mut before = at(0);
    assert!(before.iter().all(|pick| *pick == "stable"), "weight 0 took a user");
    for canary in [1, 2, 10, 99, 100, 500, 1000, 1001, 2500, 4999, 5000, 7500, 9000, 9999, 10_000] {
        let after = at(canary);
        for (user, (before, after)) in before.iter().zip(&after).enumerate() {
            assert!(
                *before == "stable" || *after == "v2",
                "user {user} left a growing canary at {canary}"
            );
        }
        before = after;
    }
    assert!(before.iter().all(|pick| *pick == "v2"), "all of the weight left a user");
}

#[test]
fn weight_0_never_wins_and_one_alone_always_does() {
    let population = draws("c", USERS);
    assert!(picks(&[("a", 0), ("b", 1), ("c", 0)], &population).iter().all(|pick| *pick == "b"));
    assert_eq!(split(&[("b", 1), ("a", 0)]).only(), Some("b"));
    assert_eq!(split(&[("b", 1), ("a", 1)]).only(), None);
    assert_eq!(split(&[("a", 0)]).pick(7), None);
    assert_eq!(split(&[]).only(), None);
}

#[test]
fn users_move_only_to_a_subset_that_grew_against_theirs() {
    let population = draws("bookinfo", 2000);
    always(300, &(three(), three()), |(before, after)| {
        let weight = |weights: &[(&str, u16)], key| {
            u64::from(weights.iter().find(|(of, _)| *of == key).unwrap().1)
        };
        let moves = picks(&before, &population).into_iter().zip(picks(&after, &population));
        for (from, to) in moves.filter(|(from, to)| from != to) {
            let grew = weight(&after, to) * weight(&before, from)
                > weight(&before, to) * weight(&after, from);
            prop_assert!(grew, "{from} to {to}");
        }
        Ok(())
    });
}

/// The figures that the design gives for 80/10/10 to 70/20/10.
#[test]
fn with_three_subsets_those_move_who_must() {
    let population = draws("bookinfo", 200_000);
    let before = picks(&[("stable", 8000), ("v2", 1000), ("v3", 1000)], &population);
    let after = picks(&[("stable", 7000), ("v2", 2000), ("v3", 1000)], &population);
    let moved = |from: &str, to: &str| {
        let both = before.iter().zip(&after);
        u32::try_from(both.filter(|(b, a)| **b == from && **a == to).count()).unwrap()
    };
    // Scaled to equal keys the weights grow from 80:10:10 to 70:20:10. A user stays when the best of the old
    // scores is still the best: the chances below are those of three exponential variables.
    let chances = [("stable", "v2", 0.09), ("v3", "v2", 0.009), ("stable", "v3", 0.009)];
    for (from, to, roughly) in chances {
        let share = f64::from(moved(from, to)) / 200_000.0;
        assert!((share / roughly - 1.0_f64).abs() < 0.15, "{from} to {to}: {share}");
    }
    for (from, to) in [("v2", "stable"), ("v2", "v3"), ("v3", "stable")] {
        assert_eq!(moved(from, to), 0, "{from} to {to}");
    }
}

/// Where the users of a Release with these subsets go, by the names that it gives them.
fn names(subsets: &[Value], split: &Value) -> Vec<String> {
    let fields = json!({"subsets": subsets, "identity": [{"header": "x-user"}], "split": split, "cohort": "c"});
    let checked = check(&release(fields));
    let mut scratch = policy::Scratch::default();
    let decide = |user: u32| {
        let mut request = User(format!("user-{user}").into_bytes());
        let decision = checked.program.decide(&mut request, &mut scratch);
        checked.policy.subset_name(decision.subset).to_owned()
    };
    (0..500).map(decide).collect()
}

struct User(Vec<u8>);

impl policy::Request for User {
    fn lines(&mut self, name: &str) -> policy::Lines {
        (name == "x-user").then_some(self.0.as_slice()).into_iter().collect()
    }

    fn caller(&mut self, _: &str) -> Option<Vec<u8>> {
        None
    }

    fn draw(&mut self) -> u64 {
        panic!("a sticky split draws")
    }
}

#[test]
fn neither_the_order_of_subsets_nor_a_name_with_a_key_moves_anybody() {
    let subset = |name: &str, key: Option<&str>| {
        let mut subset = json!({"name": name, "labels": {"version": name}});
        if let Some(key) = key {
            subset["key"] = json!(key);
        }
        subset
    };
    let (one, two, three) = (subset("v1", None), subset("v2", None), subset("v3", None));
    let split = json!({"v2": 30, "v3": 20});
    let expected = names(&[one.clone(), two.clone(), three.clone()], &split);
    always(20, &vec(select(vec![0, 1, 2]), 3), |order| {
        let mut subsets = vec![one.clone(), two.clone(), three.clone()];
        for (at, with) in order.iter().enumerate() {
            subsets.swap(at, *with);
        }
        prop_assert_eq!(&names(&subsets, &json!({"v3": 20, "v2": 30})), &expected);
        Ok(())
    });
    let renamed = names(
        &[subset("green", Some("v3")), one, subset("blue", Some("v2"))],
        &json!({"blue": 30, "green": 20}),
    );
    let back = |name: &String| match name.as_str() {
        "blue" => "v2".to_owned(),
        "green" => "v3".to_owned(),
        other => other.to_owned(),
    };
    assert_eq!(renamed.iter().map(back).collect::<Vec<_>>(), expected);
}
