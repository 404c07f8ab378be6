//! The three examples of the issue, and the figures that a movement is made of.

use serde_json::{Value, json};

use super::*;
use crate::diff::tests::diff;

/// What becomes of all users, who are all known.
fn movement(old: &Value, new: &Value) -> Movement {
    let diff = diff(old, new);
    assert_eq!(diff.groups.len(), 1, "{diff:?}");
    diff.groups[0].movements[0].clone()
}

/// The transitions, in hundredths of a percent.
fn ways(movement: &Movement) -> Vec<(String, f64)> {
    let way = |t: &Transition| (format!("{} {}", t.from, t.to), (t.part * 10_000.0).round());
    movement.transitions.iter().map(way).collect()
}

fn way(from_to: &str, hundredths: f64) -> (String, f64) {
    (from_to.to_owned(), hundredths)
}

#[test]
fn growing_one_of_two_only_moves_users_into_it() {
    let movement = movement(&json!({"split": {"v2": 10}}), &json!({"split": {"v2": 20}}));
    assert_eq!(ways(&movement), [way("v1 v2", 1000.0)]);
    assert!((movement.moved - 0.1).abs() < 1e-15);
    assert!((movement.transitions[0].part_of_from - 1.0 / 9.0).abs() < 1e-15);
    assert_eq!(movement.reasons, [Reason::Shares]);
    assert!(!movement.is_beyond_least());
}

#[test]
fn with_three_some_move_although_their_subset_did_not_shrink() {
    let movement =
        movement(&json!({"split": {"v2": 10, "v3": 10}}), &json!({"split": {"v2": 20, "v3": 10}}));
    assert_eq!(ways(&movement), [way("v1 v2", 909.0), way("v1 v3", 91.0), way("v3 v2", 91.0)]);
    // Exactly 1/11, 1/110 and 1/110.
    for (transition, exact) in movement.transitions.iter().zip([11.0, 110.0, 110.0]) {
        assert!((transition.part - 1.0 / exact).abs() < 1e-15, "{transition:?}");
    }
    assert_eq!(movement.reasons, [Reason::Shares, Reason::Churn]);
    let churn: Vec<&str> =
        super::super::reason::churn(&movement).map(|t| t.from.as_str()).collect();
    assert_eq!(churn, ["v1", "v3"]);
}

#[test]
fn another_cohort_is_a_reshuffle() {
    let movement =
        movement(&json!({"split": {"v2": 10}}), &json!({"split": {"v2": 10}, "cohort": "second"}));
    assert_eq!(ways(&movement), [way("v1 v2", 900.0), way("v2 v1", 900.0)]);
    assert_eq!(movement.reasons, [Reason::Cohort]);
}

#[test]
fn a_cohort_counts_only_where_there_is_a_draw() {
    let movement = movement(
        &json!({"split": {"v2": 100}}),
        &json!({"split": {"v2": 100}, "cohort": "second"}),
    );
    assert_eq!((movement.moved, movement.reasons), (0.0, vec![]));
}

#[test]
fn random_draws_have_shares_and_no_transitions() {
    let random = |percent: u32| json!({"split": {"v2": percent}, "sticky": false});
    let changed = movement(&random(10), &random(25));
    assert_eq!((changed.unit, changed.transitions.len()), (Unit::Requests, 0));
    assert!((changed.moved - 0.15).abs() < 1e-12);
    assert_eq!(changed.reasons, [Reason::Shares, Reason::Random]);
    let same = movement(&random(10), &random(10));
    assert_eq!((same.moved, same.reasons), (0.0, vec![]));
    let sticky = movement(&random(10), &json!({"split": {"v2": 10}}));
    assert_eq!(ways(&sticky), [way("v1 v2", 900.0), way("v2 v1", 900.0)]);
    assert_eq!(sticky.reasons, [Reason::Sticky]);
}
