//! A candidate that is watched at every step.

use super::fixture::{
    V1, V2, at, done, fine, gone, open, plan, query, shift, shifted, whole, worse,
};
use crate::rollout::{
    At, Check, Doubt, Freeze, Gate, Judgement, Mesh, Phase, Plan, Presence, State, Traffic,
    Unknown, Wait, step,
};

/// All kinds of steps, watched.
fn watched() -> Plan {
    Plan { watch: vec![Check::Query(query())], ..whole() }
}

#[test]
fn what_is_worse_leads_back_from_every_step() {
    let plan = watched();
    let seen = fine().watch(Some(worse()));
    let frozen = Freeze { namespace: "a".to_owned(), reason: String::new() };
    let hand = |hand, traffic| State { at: hand, ..at(&plan, 0, traffic) };
    let paused = |state| State { phase: Phase::Paused, ..state };
    for (state, back) in [
        (at(&plan, 1, shifted()), "Worse -> RollingBack at 1, stable"),
        (at(&plan, 2, shifted()), "Worse -> RollingBack at 2, stable"),
        (at(&plan, 4, shifted()), "Worse -> RollingBack at 4, stable"),
        (at(&plan, 5, Traffic::Only(V2)), "Worse -> RollingBack at 5, stable"),
        (at(&plan, 6, Traffic::Pinned(V2)), "Worse -> RollingBack at 6, stable"),
        (hand(At::Promote(V2), shifted()), "Worse -> RollingBack at promote v2, stable"),
        (paused(at(&plan, 3, shifted())), "Worse -> RollingBack at 3, stable"),
    ] {
        for gate in [Some(Gate::Open), Some(Gate::Frozen(frozen.clone())), None] {
            for mesh in [Some(Mesh::Current), Some(Mesh::Behind), None] {
                let seen = seen.clone().gate(gate.clone()).mesh(mesh);
                assert_eq!(done(&step(&plan, &state, &seen)), back, "{gate:?} {mesh:?}");
            }
        }
        // Whatever else is said, or nothing, changes nothing.
        let unwatched = Plan { watch: vec![], ..plan.clone() };
        let as_ever = step(&unwatched, &state, &seen);
        let doubt = Judgement::Inconclusive(Doubt::NoNumber);
        for watch in [None, Some(Judgement::Healthy), Some(Judgement::SoFar), Some(doubt)] {
            assert_eq!(step(&plan, &state, &fine().watch(watch)), as_ever);
        }
    }
}

#[test]
fn where_nobody_gets_the_candidate_nothing_is_watched() {
    let plan = watched();
    let seen = fine().watch(Some(worse()));
    let rest = |phase, traffic| State { phase, ..at(&plan, 7, traffic) };
    for state in [
        at(&plan, 0, Traffic::Stable),
        at(&plan, 6, Traffic::Bare(V2)),
        rest(Phase::RolledBack, Traffic::Stable),
        rest(Phase::RollingBack, Traffic::Stable),
        rest(Phase::Completed, shifted()),
    ] {
        assert!(plan.watched(&state).is_empty());
        assert_eq!(step(&plan, &state, &seen), step(&plan, &state, &fine()), "{state:?}");
    }
    assert_eq!(plan.watched(&at(&plan, 1, shifted())), [Check::Query(query())]);
    let open = Plan { watch: vec![], ..open() };
    assert!(open.watched(&at(&open, 0, Traffic::Spec)).is_empty());
}

/// Nothing goes forward while the candidate is worse and stable cannot take users back, but for what leaves stable.
#[test]
fn without_a_way_back_nothing_goes_forward() {
    let watch = vec![Check::Query(query())];
    let plan = Plan { watch, ..plan(vec![shift(10.0), shift(50.0)]) };
    let dead = fine().watch(Some(worse())).with(V1, |it| it.ready = 0);
    let state = at(&plan, 0, shifted());
    assert_eq!(done(&step(&plan, &state, &dead)), "wait: NotReady(SubsetId(0), None)");
    let unknown = fine().watch(Some(worse())).without(V1);
    let wait = Wait::Unknown(Unknown::Subset(V1));
    assert_eq!(done(&step(&plan, &state, &unknown)), format!("wait: {wait:?}"));
    let by_hand = State { at: At::Promote(V2), ..state };
    assert_eq!(done(&step(&plan, &by_hand, &dead)), "-> Progressing at promote v2, only v2");
    let whole = watched();
    let retiring = at(&whole, 6, Traffic::Pinned(V2));
    let going = fine().watch(Some(worse())).with(V1, |it| it.presence = Presence::Terminating);
    assert_eq!(done(&step(&whole, &retiring, &going)), "wait: Removing(SubsetId(0))");
    let gone = fine().watch(Some(worse())).with(V1, |it| *it = gone());
    assert_eq!(done(&step(&whole, &retiring, &gone)), "-> Progressing at 6, bare v2");
}
