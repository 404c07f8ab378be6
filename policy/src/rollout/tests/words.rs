//! What a word does in some cases that the tables do not have.

use super::fixture::{HOUR, V1, V2, at, fine, gone, next, shifted, whole};
use crate::rollout::{At, Cause, Phase, Refusal, State, Step, Traffic, Unknown, Verb, apply, step};

#[test]
fn one_step_and_no_more() {
    let plan = whole();
    let state = State { single: true, ..at(&plan, 0, Traffic::Stable) };
    let paused = next(&plan, &state, &fine());
    assert_eq!((paused.phase, paused.at, paused.single), (Phase::Paused, At::Plan(1), false));
    // The last one leaves nothing to pause before.
    let none = fine().with(V1, |it| *it = gone());
    let last = State { single: true, ..at(&plan, 6, Traffic::Bare(V2)) };
    let ended = next(&plan, &last, &none);
    assert_eq!((ended.phase, ended.single), (Phase::Completed, false));
}

#[test]
fn an_approval_that_comes_too_late_is_none() {
    let plan = whole();
    let state = at(&plan, 2, shifted());
    let approve = |elapsed| apply(&plan, Some(&state), &Verb::Approve, &fine().elapsed(elapsed));
    let limit = 6 * HOUR;
    assert_eq!(approve(Some(limit)), Err(Refusal::TooLate));
    assert_eq!(approve(None), Err(Refusal::Unknown(Unknown::Elapsed)));
    assert!(approve(Some(limit / 2)).is_ok());
    let over = step(&plan, &state, &fine().elapsed(Some(limit)));
    assert_eq!(over, Step::RollBack(state.back(&plan), Cause::NotApproved(limit)));
}

/// `apply` and `start` take no user to a stable subset that is known to have no pods.
#[test]
fn stable_has_to_serve_those_who_come_to_it() {
    let plan = whole();
    let dead = fine().with(V1, |it| it.ready = 0);
    let written = State { traffic: Traffic::Spec, ..State::fresh(&plan) };
    let start = Verb::Start { image: None };
    for verb in [&Verb::Apply, &start] {
        assert_eq!(apply(&plan, Some(&written), verb, &dead), Err(Refusal::NotReady(V1)));
    }
    // Nor to one that is another than before.
    let moved = State { plan: "before".to_owned(), ..State::fresh(&plan) };
    assert_eq!(apply(&plan, Some(&moved), &Verb::Apply, &dead), Err(Refusal::NotReady(V1)));
    // What is to be deployed after it was applied can be applied all the same.
    assert!(apply(&plan, None, &Verb::Apply, &dead).is_ok());
}
