//! How many pods a subset is to have.

use super::fixture::{V1, V2, at, fine, next, plan, shifted};
use crate::rollout::{Action, Amount, Phase, PlanStep, Step, Traffic, Wait, step};

#[test]
fn pods_are_counted_from_stables() {
    for (amount, stable, wanted) in [
        (Amount::Percent(5_000), 4, 2),
        (Amount::Percent(5_000), 5, 3),
        (Amount::Percent(1), 4, 1),
        (Amount::Percent(1), 0, 1),
        (Amount::Percent(20_000), 4, 8),
        (Amount::Percent(3_333), 3, 1),
        (Amount::Percent(3_334), 3, 2),
        (Amount::Percent(u32::MAX), u32::MAX, u32::MAX),
        (Amount::Percent(0), 4, 0),
        (Amount::Pods(7), 4, 7),
        (Amount::Pods(0), 4, 0),
    ] {
        let plan = plan(vec![PlanStep::Scale(vec![(V2, amount)])]);
        let state = at(&plan, 0, Traffic::Stable);
        let seen = fine().with(V1, |it| it.wanted = stable).with(V2, |it| it.wanted = 99);
        let scaled = Step::Do(Action::Scale(V2, wanted));
        assert_eq!(step(&plan, &state, &seen), scaled, "{amount:?} of {stable}");
        let seen = seen.with(V2, |it| it.wanted = wanted);
        assert_eq!(next(&plan, &state, &seen).phase, Phase::Completed);
    }
}

#[test]
fn nobody_loses_the_last_pod() {
    let none = |id| PlanStep::Scale(vec![(id, Amount::Pods(0))]);
    let plan = plan(vec![none(V2), none(V1)]);
    let reached = Step::Wait(Wait::StillReached(V2));
    assert_eq!(step(&plan, &at(&plan, 0, shifted()), &fine()), reached);
    // Callers that are not attached are on stable, whichever subset has won.
    let stable = Step::Wait(Wait::StillReached(V1));
    assert_eq!(step(&plan, &at(&plan, 1, Traffic::Only(V2)), &fine()), stable);
    let pinned = at(&plan, 1, Traffic::Pinned(V2));
    assert_eq!(step(&plan, &pinned, &fine()), Step::Do(Action::Scale(V1, 0)));
}

#[test]
fn a_part_of_stables_own_pods_is_all_of_them() {
    let plan = plan(vec![PlanStep::Scale(vec![(V1, Amount::Percent(5_000))])]);
    assert_eq!(next(&plan, &at(&plan, 0, Traffic::Stable), &fine()).phase, Phase::Completed);
}
