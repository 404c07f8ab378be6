//! `mirror`: stable answers all users, and the candidate gets copies of their requests.

use super::fixture::{V1, V2, at, done, fine, gone, mirror, next, plan, shift, split};
use crate::rollout::{
    Action, Gate, Mesh, Opening, Phase, Plan, PlanStep, Presence, Refusal, State, Step, Traffic,
    Transition, Verb, Wait, Workload, apply, step,
};

/// Mirror, approve, shift, promote, retire.
fn mirroring() -> Plan {
    plan(vec![
        PlanStep::Mirror(mirror(5.0)),
        PlanStep::Approve { timeout: None },
        shift(10.0),
        PlanStep::Promote(V2),
        PlanStep::Retire(V1),
    ])
}

fn mirrored() -> Traffic {
    Traffic::Mirrored(mirror(5.0))
}

fn dead(workload: &mut Workload) {
    (workload.ready, workload.settled) = (0, false);
}

#[test]
fn copies_wait_for_both_subsets_and_hold_until_the_next_step_about_traffic() {
    let plan = mirroring();
    let fresh = at(&plan, 0, Traffic::Stable);
    let dead_first = step(&plan, &fresh, &fine().with(V2, dead));
    assert_eq!(dead_first, Step::Wait(Wait::NotReady(V2, None)));
    assert_eq!(step(&plan, &fresh, &fine().with(V1, dead)), Step::Wait(Wait::NotReady(V1, None)));
    let first = next(&plan, &fresh, &fine());
    assert_eq!((first.at, &first.traffic), (fresh.at, &mirrored()));
    let behind = step(&plan, &first, &fine().mesh(Some(Mesh::Behind)));
    assert_eq!(behind, Step::Do(Action::Route));
    let approving = next(&plan, &first, &fine());
    assert_eq!(done(&step(&plan, &approving, &fine())), "wait: Approval(None)");
    assert_eq!(approving.traffic, mirrored());
    let shifted = next(&plan, &at(&plan, 2, mirrored()), &fine());
    assert_eq!(shifted.traffic, Traffic::Shifted(split(10.0)));
    let promoted = next(&plan, &at(&plan, 3, mirrored()), &fine());
    assert_eq!(promoted.traffic, Traffic::Only(V2));
}

#[test]
fn all_users_are_on_stable_meanwhile_and_the_candidate_keeps_its_pods() {
    let plan = mirroring();
    assert_eq!(plan.reached(&mirrored()), [V1]);
    assert_eq!(plan.needed(&mirrored()), [V1, V2]);
    assert_eq!(plan.winner(&mirrored()), Some(V1));
    let open = Plan { mirror: Some(V2), split: vec![V1], ruled: Vec::new(), ..plan.clone() };
    assert_eq!(
        (open.reached(&Traffic::Spec), open.needed(&Traffic::Spec)),
        (vec![V1], vec![V1, V2])
    );
    let scaled = PlanStep::Scale(vec![(V2, crate::rollout::Amount::Pods(0))]);
    let scaling = super::fixture::plan(vec![PlanStep::Mirror(mirror(5.0)), scaled]);
    let waits = step(&scaling, &at(&scaling, 1, mirrored()), &fine());
    assert_eq!(waits, Step::Wait(Wait::StillReached(V2)));
}

#[test]
fn a_candidate_that_loses_its_pods_ends_the_copies() {
    let plan = mirroring();
    let back = step(&plan, &at(&plan, 1, mirrored()), &fine().with(V2, dead));
    assert_eq!(done(&back), "NoEndpoints(SubsetId(1)) -> RollingBack at 1, stable");
}

#[test]
fn a_candidate_can_be_retired_after_the_copies() {
    let plan = plan(vec![PlanStep::Mirror(mirror(5.0)), PlanStep::Retire(V2)]);
    let pinned = next(&plan, &at(&plan, 1, mirrored()), &fine());
    assert_eq!(pinned.traffic, Traffic::Pinned(V1));
    assert_eq!(step(&plan, &pinned, &fine()), Step::Do(Action::Remove(V2)));
    let gone = fine().with(V2, |it| *it = gone());
    assert_eq!(gone.subset(V2).map(|it| it.presence), Some(Presence::Absent));
    assert_eq!(next(&plan, &pinned, &gone).traffic, Traffic::Bare(V1));
}

#[test]
fn every_verb_back_ends_the_copies() {
    let plan = mirroring();
    for (state, verb) in [
        (at(&plan, 0, mirrored()), Verb::Rollback),
        (at(&plan, 1, mirrored()), Verb::Reject),
        (State { phase: Phase::Completed, ..at(&plan, 5, mirrored()) }, Verb::Rollback),
        (State { phase: Phase::Paused, ..at(&plan, 0, mirrored()) }, Verb::Rollback),
    ] {
        let to = apply(&plan, Some(&state), &verb, &fine());
        assert_eq!(to, Ok(Transition::To(state.back(&plan))), "{state:?}");
    }
    let refused = apply(&plan, Some(&at(&plan, 0, mirrored())), &Verb::Retire(Some(V1)), &fine());
    assert_eq!(refused, Err(Refusal::StillReached(V1)));
}

#[test]
fn copies_go_forward_so_that_a_window_holds_them() {
    let plan = mirroring();
    let opening = Opening { window: 0, time: 1_796_025_600, left: super::fixture::HOUR };
    let closed = fine().gate(Some(Gate::Outside(Some(opening))));
    let held = step(&plan, &at(&plan, 0, Traffic::Stable), &closed);
    assert_eq!(held, Step::Wait(Wait::Window(Some(opening))));
    let repaired = step(&plan, &at(&plan, 0, mirrored()), &closed.mesh(Some(Mesh::Behind)));
    assert_eq!(repaired, Step::Do(Action::Route));
}
