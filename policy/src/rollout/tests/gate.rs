//! Windows and freezes.

use super::fixture::{
    HOUR, V1, V2, at, done, fine, gone, next, open, plan, shift, shifted, whole, words,
};
use crate::rollout::{
    Amount, At, Freeze, Gate, Mesh, Observation, Opening, Phase, Plan, PlanStep, State, Step,
    Traffic, Transition, Unknown, Verb, Wait, apply, step,
};

const OPENING: Opening = Opening { window: 0, time: 1_796_025_600, left: HOUR };

fn outside() -> Observation {
    fine().gate(Some(Gate::Outside(Some(OPENING))))
}

fn freeze() -> Freeze {
    Freeze { namespace: "serin-system".to_owned(), reason: "holidays".to_owned() }
}

/// That this is held, however the gate is closed, and done once it is open.
#[track_caller]
fn held(plan: &Plan, state: &State, seen: &Observation, expected: &str) {
    let of = |gate| step(plan, state, &seen.clone().gate(gate));
    assert_eq!(done(&of(Some(Gate::Open))), expected);
    assert_eq!(of(Some(Gate::Outside(Some(OPENING)))), Step::Wait(Wait::Window(Some(OPENING))));
    assert_eq!(of(Some(Gate::Outside(None))), Step::Wait(Wait::Window(None)));
    assert_eq!(of(Some(Gate::Frozen(freeze()))), Step::Wait(Wait::Frozen(freeze())));
    assert_eq!(of(None), Step::Wait(Wait::Unknown(Unknown::Gate)));
}

/// That this is done, however the gate is closed.
#[track_caller]
fn not_held(plan: &Plan, state: &State, seen: &Observation, expected: &str) {
    for gate in [Some(Gate::Open), Some(Gate::Outside(None)), Some(Gate::Frozen(freeze())), None] {
        assert_eq!(
            done(&step(plan, state, &seen.clone().gate(gate.clone()))),
            expected,
            "{gate:?}"
        );
    }
}

#[test]
fn every_step_forward_is_held() {
    let whole = whole();
    let scale = plan(vec![PlanStep::Scale(vec![(V2, Amount::Pods(3))])]);
    let update = plan(vec![PlanStep::Update { from: V2, to: V1 }]);
    let image =
        State { image: Some("new".to_owned()), revision: None, ..at(&whole, 1, Traffic::Stable) };
    let absent = fine().with(V2, |it| *it = gone());
    held(&whole, &image, &absent, "Create(SubsetId(1))");
    held(&scale, &at(&scale, 0, Traffic::Stable), &fine(), "Scale(SubsetId(1), 3)");
    held(&whole, &at(&whole, 1, Traffic::Stable), &fine(), "-> Progressing at 1, 10 % v2");
    let to = "Update { from: SubsetId(1), to: SubsetId(0) }";
    held(&update, &at(&update, 0, Traffic::Stable), &fine(), to);
    held(&whole, &at(&whole, 5, shifted()), &fine(), "-> Progressing at 5, only v2");
    held(&whole, &at(&whole, 6, Traffic::Only(V2)), &fine(), "-> Progressing at 6, pinned v2");
    held(&whole, &at(&whole, 6, Traffic::Pinned(V2)), &fine(), "Remove(SubsetId(0))");
    let by_hand = |hand| State { at: hand, ..at(&whole, 1, shifted()) };
    held(&whole, &by_hand(At::Promote(V2)), &fine(), "-> Progressing at promote v2, only v2");
    // A Release without a plan has no windows, and can be frozen.
    let open = open();
    held(&open, &at(&open, 0, Traffic::Stable), &fine(), "-> Progressing at 0, as written");
}

#[test]
fn the_way_back_and_what_is_decided_are_never_held() {
    let plan = whole();
    let dead = fine().with(V2, |it| (it.ready, it.settled) = (0, false));
    let back = "NoEndpoints(SubsetId(1)) -> RollingBack at 2, stable";
    not_held(&plan, &at(&plan, 2, shifted()), &dead, back);
    let late = fine().elapsed(Some(7 * HOUR));
    let back = "NotApproved(21600s) -> RollingBack at 2, stable";
    not_held(&plan, &at(&plan, 2, shifted()), &late, back);
    let behind = fine().mesh(Some(Mesh::Behind));
    for phase in [Phase::RollingBack, Phase::RolledBack, Phase::Completed] {
        let state = State { phase, ..at(&plan, 7, Traffic::Stable) };
        not_held(&plan, &state, &behind, "Route");
    }
    let written = State { phase: Phase::RollingBack, ..at(&plan, 2, shifted()) };
    not_held(&plan, &written, &fine(), "-> RollingBack at 2, stable");
    // The split was written down when the gate was open: the mesh gets it, and keeps it.
    not_held(&plan, &at(&plan, 1, shifted()), &behind, "Route");
}

/// Steps end, pauses pass, approvals are given and wait: nothing of it moves a user.
#[test]
fn what_is_only_written_down_is_not_held() {
    let plan = whole();
    not_held(&plan, &at(&plan, 1, shifted()), &fine(), "-> Progressing at 2, 10 % v2");
    let hour = fine().elapsed(Some(HOUR));
    not_held(&plan, &at(&plan, 4, shifted()), &hour, "-> Progressing at 5, 10 % v2");
    let state = at(&plan, 2, shifted());
    for (verb, then) in [
        (Verb::Approve, "Progressing at 3, 10 % v2"),
        (Verb::Step, "Progressing at 2, 10 % v2, single"),
        (Verb::Promote(None), "Progressing at promote v2, 10 % v2"),
        (Verb::Rollback, "RollingBack at 2, stable"),
    ] {
        let Ok(Transition::To(to)) = apply(&plan, Some(&state), &verb, &outside()) else {
            panic!("{verb:?}")
        };
        assert_eq!(words(&to), then);
    }
    let Ok(Transition::To(promoted)) = apply(&plan, Some(&state), &Verb::Promote(None), &outside())
    else {
        panic!("it is refused")
    };
    assert_eq!(step(&plan, &promoted, &outside()), Step::Wait(Wait::Window(Some(OPENING))));
    assert_eq!(next(&plan, &promoted, &fine()).traffic, Traffic::Only(V2));
}

/// Users of a stable subset without pods get errors, and nothing leads back to it.
#[test]
fn a_person_can_promote_while_stable_has_no_pods() {
    let plan = whole();
    let dead = fine().with(V1, |it| (it.ready, it.settled) = (0, false));
    let by_hand = State { at: At::Promote(V2), ..at(&plan, 1, shifted()) };
    not_held(&plan, &by_hand, &dead, "-> Progressing at promote v2, only v2");
    // The plan does not do so by itself.
    held(&plan, &at(&plan, 5, shifted()), &dead, "-> Progressing at 5, only v2");
}

#[test]
fn what_else_is_waited_for_is_said_first() {
    let plan = plan(vec![shift(10.0)]);
    let unready = outside().with(V2, |it| it.settled = false);
    let state = at(&plan, 0, Traffic::Stable);
    assert_eq!(step(&plan, &state, &unready), Step::Wait(Wait::NotReady(V2, None)));
    let paused = State { phase: Phase::Paused, ..state };
    assert_eq!(step(&plan, &paused, &outside()), Step::Wait(Wait::Paused));
}
