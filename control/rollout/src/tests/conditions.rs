//! The conditions.

use std::time::Duration;

use policy::rollout::{
    Action, Cause, Doubt, Freeze, Opening, Phase, SoFar, State, Step, Traffic, Unknown, Wait,
};

use super::{V2, at, noon, release};
use crate::{Now, Status};

/// The conditions that are true, and the reason.
fn held(state: &State, step: Option<&Step>) -> (String, String) {
    let release = release();
    let mut status = Status::default();
    status.update(&Now { step, ..noon(&release, state) });
    assert_eq!(status.conditions.len(), 3);
    assert!(status.conditions.iter().all(|other| other.observed_generation == Some(3)));
    assert!(status.conditions.iter().all(|other| Some(&other.message) == status.message.as_ref()));
    let held = status.conditions.iter().filter(|condition| condition.status == "True");
    let held: Vec<_> = held.map(|condition| condition.kind.as_str()).collect();
    (held.join(" "), status.conditions[0].reason.clone())
}

#[test]
fn one_condition_holds_whatever_is_done_next() {
    let state = at(&release(), 1, Traffic::Stable);
    let minute = Some(Duration::from_mins(1));
    let so_far = SoFar::Inconclusive(Doubt::NoNumber);
    let back = || state.clone();
    let opening = Opening { window: 0, time: 1_796_025_600, left: Duration::from_mins(1) };
    let freeze = Freeze { namespace: "shop".to_owned(), reason: String::new() };
    for (step, kind, reason) in [
        (Step::Done, "Ready", "Progressing"),
        (Step::Do(Action::Route), "Reconciling", "Progressing"),
        (Step::Become(back()), "Reconciling", "Progressing"),
        (Step::RollBack(back(), Cause::NoEndpoints(V2)), "Reconciling", "Progressing"),
        (Step::Wait(Wait::Unknown(Unknown::Mesh)), "Reconciling", "Unknown"),
        (Step::Wait(Wait::Missing(V2)), "Stalled", "Missing"),
        (Step::Wait(Wait::OtherImage(V2)), "Stalled", "OtherImage"),
        (Step::Wait(Wait::NotReady(V2, None)), "Reconciling", "NotReady"),
        (Step::Wait(Wait::Autoscaled(V2, "it".to_owned())), "Stalled", "Autoscaled"),
        (Step::Wait(Wait::Approval(minute)), "Ready", "AwaitingApproval"),
        (Step::Wait(Wait::Pause(None)), "Ready", "Waiting"),
        (Step::Wait(Wait::Pause(minute)), "Reconciling", "Waiting"),
        (Step::Wait(Wait::Analyzing(Duration::from_mins(1), so_far)), "Reconciling", "Analyzing"),
        (Step::Wait(Wait::Inconclusive(Doubt::Unknown)), "Ready", "Inconclusive"),
        (Step::Wait(Wait::Paused), "Ready", "Paused"),
        (Step::Wait(Wait::PlanChanged), "Stalled", "PlanChanged"),
        (Step::Wait(Wait::CandidateChanged(V2)), "Stalled", "CandidateChanged"),
        (Step::Wait(Wait::StillReached(V2)), "Stalled", "StillReached"),
        (Step::Wait(Wait::Removing(V2)), "Reconciling", "Removing"),
        (Step::Wait(Wait::Window(Some(opening))), "Reconciling", "OutsideWindow"),
        (Step::Wait(Wait::Window(None)), "Stalled", "OutsideWindow"),
        (Step::Wait(Wait::Frozen(freeze)), "Ready", "Frozen"),
    ] {
        let found = held(&state, Some(&step));
        assert_eq!(found, (kind.to_owned(), reason.to_owned()), "{step:?}");
    }
}

#[test]
fn before_anything_was_asked_the_phase_says_it() {
    let release = release();
    for (phase, kind) in [
        (Phase::Idle, "Reconciling"),
        (Phase::Progressing, "Reconciling"),
        (Phase::RollingBack, "Reconciling"),
        (Phase::Paused, "Ready"),
        (Phase::RolledBack, "Ready"),
        (Phase::Completed, "Ready"),
    ] {
        let state = State { phase, ..at(&release, 1, Traffic::Stable) };
        assert_eq!(held(&state, None).0, kind, "{phase:?}");
    }
    assert_eq!(held(&at(&release, 2, Traffic::Stable), None).0, "Ready");
}

/// `lastTransitionTime` is when the status of a condition changed, not when its message did.
#[test]
fn transitions_are_timed_by_status() {
    let release = release();
    let state = at(&release, 1, Traffic::Stable);
    let mut status = Status::default();
    let mut times = |step: Wait, time: &'static str| {
        let step = Step::Wait(step);
        status.update(&Now { step: Some(&step), time, ..noon(&release, &state) });
        let conditions = status.conditions.iter();
        conditions
            .map(|it| it.last_transition_time[14..16].to_owned())
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(times(Wait::NotReady(V2, None), "2026-11-21T12:00:00Z"), "00 00 00");
    assert_eq!(times(Wait::Removing(V2), "2026-11-21T12:01:00Z"), "00 00 00");
    assert_eq!(times(Wait::Missing(V2), "2026-11-21T12:02:00Z"), "00 02 02");
    assert_eq!(times(Wait::Paused, "2026-11-21T12:03:00Z"), "03 02 03");
}
