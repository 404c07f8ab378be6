//! The last workload that goes, and the way back while it does.

use super::fixture::{V1, V2, V3, at, done, fine, gone, next, plan, pods, shifted, whole};
use crate::rollout::{
    Action, Amount, At, Mesh, Observation, Phase, PlanStep, Presence, Refusal, State, Step,
    Traffic, Transition, Unknown, Verb, Wait, apply, step,
};

/// While another subset has pods the routes that pin all users to the winner stay: without them all pods would do.
#[test]
fn routes_go_with_the_last_loser() {
    let plan = plan(vec![PlanStep::Retire(V1), PlanStep::Retire(V3)]);
    let gone_v1 = || fine().with(V1, |it| *it = gone());
    let third = gone_v1().with(V3, |it| *it = pods(V3, 1));
    let state = at(&plan, 0, Traffic::Pinned(V2));
    assert_eq!(done(&step(&plan, &state, &third)), "-> Progressing at 1, pinned v2");
    let coming = third.clone().with(V3, |it| it.ready = 0);
    assert_eq!(done(&step(&plan, &state, &coming)), "-> Progressing at 1, pinned v2");
    let unknown = Step::Wait(Wait::Unknown(Unknown::Subset(V3)));
    assert_eq!(step(&plan, &state, &gone_v1().without(V3)), unknown);
    let state = at(&plan, 1, Traffic::Pinned(V2));
    assert_eq!(step(&plan, &state, &third), Step::Do(Action::Remove(V3)));
    assert_eq!(done(&step(&plan, &state, &gone_v1())), "-> Progressing at 1, bare v2");
}

/// `PipeCD`'s end: stable has got the candidate's template, all users get it, and the candidate goes.
#[test]
fn the_candidate_goes_after_stable_was_promoted() {
    let plan = plan(vec![PlanStep::Promote(V1), PlanStep::Retire(V2)]);
    let state = at(&plan, 1, Traffic::Only(V1));
    let state = next(&plan, &state, &fine());
    assert_eq!(state.traffic, Traffic::Pinned(V1));
    assert_eq!(step(&plan, &state, &fine()), Step::Do(Action::Remove(V2)));
    let none = fine().with(V2, |it| *it = gone());
    let state = next(&plan, &state, &none);
    assert_eq!(state.traffic, Traffic::Bare(V1));
    assert_eq!(next(&plan, &state, &none).phase, Phase::Completed);
}

/// What is being removed already is not told so again and again, and it is waited for before it is made anew.
#[test]
fn what_is_being_removed_is_waited_for() {
    let plan = plan(vec![PlanStep::Promote(V1), PlanStep::Retire(V2)]);
    let going = fine().with(V2, |it| it.presence = Presence::Terminating);
    let removing = Step::Wait(Wait::Removing(V2));
    for seen in [going.clone(), going.clone().with(V2, |it| it.ready = 0)] {
        assert_eq!(step(&plan, &at(&plan, 1, Traffic::Pinned(V1)), &seen), removing);
    }
    let whole = whole();
    let image = Some("reviews:2".to_owned());
    let start = Verb::Start { image: image.clone() };
    let other = going.with(V2, |it| (it.ready, it.has_image) = (0, false));
    let started = apply(&whole, None, &start, &other);
    let Ok(Transition::To(started)) = started else { panic!("{started:?}") };
    assert_eq!(step(&whole, &started, &other), removing);
    let none = fine().with(V2, |it| *it = gone());
    assert_eq!(step(&whole, &started, &none), Step::Do(Action::Create(V2)));
}

/// What is being removed gets neither pods nor a template nor users.
#[test]
fn nothing_is_done_with_what_is_being_removed() {
    let going = fine().with(V2, |it| it.presence = Presence::Terminating);
    for first in [
        PlanStep::Scale(vec![(V2, Amount::Pods(7))]),
        PlanStep::Update { from: V1, to: V2 },
        PlanStep::Update { from: V2, to: V1 },
        PlanStep::Promote(V2),
    ] {
        let plan = plan(vec![first.clone()]);
        let state = at(&plan, 0, Traffic::Stable);
        assert_eq!(step(&plan, &state, &going), Step::Wait(Wait::Removing(V2)), "{first:?}");
    }
}

#[test]
fn what_cannot_be_retired_is_said() {
    let plan = plan(vec![PlanStep::Retire(V1), PlanStep::Retire(V2), PlanStep::Retire(V3)]);
    for (position, traffic, still) in [
        (0, Traffic::Stable, V1),
        (0, shifted(), V1),
        (1, Traffic::Only(V2), V2),
        (2, shifted(), V2),
    ] {
        let state = at(&plan, position, traffic);
        assert_eq!(step(&plan, &state, &fine()), Step::Wait(Wait::StillReached(still)));
    }
}

/// Between the removal of stable and the end of its last pod there is no way back; a way forward there is.
#[test]
fn nobody_goes_back_to_what_was_just_removed() {
    let plan = whole();
    let leaving = fine().with(V1, |it| it.presence = Presence::Absent);
    let going = fine().with(V1, |it| it.presence = Presence::Terminating);
    let state = at(&plan, 6, Traffic::Pinned(V2));
    let rollback = |seen: &Observation| apply(&plan, Some(&state), &Verb::Rollback, seen);
    assert_eq!(rollback(&leaving), Err(Refusal::NotReady(V1)));
    assert_eq!(rollback(&going), Err(Refusal::NotReady(V1)));
    let Ok(Transition::To(back)) = rollback(&fine()) else { panic!() };
    let leaving = leaving.mesh(Some(Mesh::Behind));
    assert_eq!(step(&plan, &back, &leaving), Step::Wait(Wait::NotReady(V1, None)));
    let promote = |seen: &Observation| apply(&plan, Some(&back), &Verb::Promote(None), seen);
    assert_eq!(promote(&fine()), Err(Refusal::RollingBack));
    let Ok(Transition::To(forward)) = promote(&leaving) else { panic!() };
    assert_eq!((forward.phase, forward.at), (Phase::Progressing, At::Promote(V2)));
    // A workload of another name than the Release says is no reason to keep users from going back.
    let elsewhere = State { at: At::Plan(2), traffic: shifted(), ..state.clone() };
    let unnamed = apply(&plan, Some(&elsewhere), &Verb::Rollback, &leaving);
    assert!(matches!(unnamed, Ok(Transition::To(_))), "{unnamed:?}");
}

/// Nor by itself, where the winner dies meanwhile.
#[test]
fn nobody_is_taken_back_to_what_was_just_removed() {
    let plan = whole();
    let state = at(&plan, 6, Traffic::Pinned(V2));
    let dead = fine().with(V2, |it| it.ready = 0);
    assert!(matches!(step(&plan, &state, &dead), Step::RollBack(..)));
    let leaving = dead.with(V1, |it| it.presence = Presence::Absent);
    assert_eq!(step(&plan, &state, &leaving), Step::Wait(Wait::NotReady(V2, None)));
}

#[test]
fn after_a_retirement_stable_is_gone_for_good() {
    let plan = whole();
    let state = State { phase: Phase::Completed, ..at(&plan, 7, Traffic::Bare(V2)) };
    let rollback = |seen: Observation| apply(&plan, Some(&state), &Verb::Rollback, &seen);
    let none = fine().with(V1, |it| *it = gone());
    assert_eq!(rollback(none), Err(Refusal::NotReady(V1)));
    assert!(matches!(rollback(fine().without(V1)), Ok(Transition::To(_))));
}

#[test]
fn by_hand_what_lost_is_retired() {
    let plan = whole();
    let back = State { phase: Phase::RolledBack, ..at(&plan, 2, Traffic::Stable) };
    let retire = |state: &State, loser, seen: Observation| {
        apply(&plan, Some(state), &Verb::Retire(loser), &seen)
    };
    let Ok(Transition::To(state)) = retire(&back, None, fine()) else { panic!() };
    assert_eq!(state.at, At::Retire(V2));
    assert_eq!(next(&plan, &state, &fine()).traffic, Traffic::Pinned(V1));
    let idle = State::fresh(&plan);
    assert_eq!(retire(&idle, None, fine()), Err(Refusal::Which));
    assert!(retire(&idle, Some(V2), fine()).is_ok());
    assert_eq!(retire(&back, Some(V1), fine()), Err(Refusal::StillReached(V1)));
    let unknown = Refusal::Unknown(Unknown::Subset(V1));
    assert_eq!(retire(&back, Some(V2), fine().without(V1)), Err(unknown));
    let dead = fine().with(V1, |it| it.ready = 0);
    assert_eq!(retire(&back, Some(V2), dead), Err(Refusal::NotReady(V1)));
    let over = State { phase: Phase::Completed, ..at(&plan, 7, Traffic::Bare(V2)) };
    let none = fine().with(V1, |it| *it = gone());
    assert_eq!(retire(&over, None, none), Ok(Transition::Already));
}
