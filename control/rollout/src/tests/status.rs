//! The status as a whole.

use std::time::Duration;

use policy::rollout::{At, Phase, State, Step, Traffic, Wait};
use serde_json::json;

use super::{V2, at, noon, release};
use crate::history::KEPT;
use crate::{DisplayPhase, Entry, Now, Status};

#[test]
fn a_status_says_what_is_so() {
    let release = release();
    let state = at(&release, 2, Traffic::Only(V2));
    let wait = Step::Wait(Wait::Approval(None));
    let mesh = Some(json!({"route": "matcher"}));
    let mut status = Status { mesh, ..Status::default() };
    status.update(&Now { step: Some(&wait), ..noon(&release, &state) });
    let written = status.to_value();
    for (field, value) in [
        ("observedGeneration", json!(3)),
        ("phase", json!("AwaitingApproval")),
        ("step", json!("3/10")),
        ("split", json!("all v2")),
        ("candidate", json!("v2")),
        ("since", json!("2026-11-21T12:00:00Z")),
        (
            "message",
            json!("waiting for approval: `serin approve reviews` or `serin reject reviews`"),
        ),
        ("mesh", json!({"route": "matcher"})),
    ] {
        assert_eq!(written[field], value, "{field}");
    }
    assert_eq!(written["state"]["at"], json!({"plan": 2}));
    let read = Status::read(Some(&written)).unwrap();
    assert_eq!(read, status);
    assert_eq!(read.state(&release.policy), Ok(Some(state)));
}

#[test]
fn of_an_object_without_a_status_nothing_is_known() {
    for none in [None, Some(json!(null)), Some(json!({}))] {
        let status = Status::read(none.as_ref()).unwrap();
        assert_eq!(status, Status::default());
        assert_eq!(status.state(&release().policy), Ok(None));
    }
    let error = Status::read(Some(&json!({"history": 1}))).unwrap_err();
    assert!(error.text.starts_with("`status` of the Release's status cannot be read"), "{error}");
}

/// `since` moves with the phase and the step at work, and with nothing else.
#[test]
fn since_is_when_the_phase_or_the_step_changed() {
    let release = release();
    let mut status = Status::default();
    let state = at(&release, 1, Traffic::Stable);
    let mut since = |state: &State, time: &'static str| {
        status.update(&Now { time, ..noon(&release, state) });
        status.since.clone().unwrap()
    };
    assert_eq!(since(&state, "2026-11-21T12:00:00Z"), "2026-11-21T12:00:00Z");
    let routed = State { traffic: Traffic::Spec, revision: Some("6f7d".to_owned()), ..state };
    assert_eq!(since(&routed, "2026-11-21T12:01:00Z"), "2026-11-21T12:00:00Z");
    let next = State { at: At::Plan(2), ..routed.clone() };
    assert_eq!(since(&next, "2026-11-21T12:02:00Z"), "2026-11-21T12:02:00Z");
    let paused = State { phase: Phase::Paused, ..next };
    assert_eq!(since(&paused, "2026-11-21T12:03:00Z"), "2026-11-21T12:03:00Z");
}

/// What is left of a time is another at every look; the status says when it is over, and is written once.
#[test]
fn a_count_down_leaves_the_status_as_it_is() {
    let release = release();
    for (position, message) in [
        (
            2,
            "waiting for approval until 2026-11-21T18:00:00Z: `serin approve reviews` or `serin reject reviews`",
        ),
        (4, "pausing until 2026-11-21T12:10:00Z"),
    ] {
        let state = at(&release, position, Traffic::Stable);
        let mut status = Status::default();
        let mut look = |seconds: u64, time: &'static str| {
            let rest = Some(Duration::from_secs(seconds));
            let wait = if position == 2 { Wait::Approval(rest) } else { Wait::Pause(rest) };
            let step = Step::Wait(wait);
            status.update(&Now { step: Some(&step), time, ..noon(&release, &state) });
            status.clone()
        };
        let first = look(600, "2026-11-21T12:00:00Z");
        assert_eq!(first.message.as_deref(), Some(message));
        assert_eq!(look(599, "2026-11-21T12:00:01Z"), first);
        assert_eq!(look(9, "2026-11-21T12:09:51Z"), first);
    }
}

#[test]
fn elapsed_is_unknown_where_since_is() {
    let now = "2026-11-21T13:30:00Z".parse().unwrap();
    let status = |since: &str| Status { since: Some(since.to_owned()), ..Status::default() };
    assert_eq!(status("2026-11-21T12:00:00Z").elapsed(now), Some(Duration::from_mins(90)));
    assert_eq!(status("2026-11-21T13:00:00+01:00").elapsed(now), Some(Duration::from_mins(90)));
    assert_eq!(status("2026-11-21T14:00:00Z").elapsed(now), Some(Duration::ZERO));
    assert_eq!(status("noon").elapsed(now), None);
    assert_eq!(Status::default().elapsed(now), None);
}

#[test]
fn the_oldest_history_goes() {
    let mut status = Status::default();
    for number in 0..KEPT + 3 {
        status.record(Entry { what: number.to_string(), ..Entry::default() });
    }
    assert_eq!(status.history.len(), KEPT);
    assert_eq!(
        (status.history[0].what.as_str(), status.history[KEPT - 1].what.as_str()),
        ("3", "52")
    );
}

#[test]
fn phases_for_people() {
    let release = release();
    for (position, shown, step) in [
        (0, DisplayPhase::Progressing, Some("1/10")),
        (2, DisplayPhase::AwaitingApproval, Some("3/10")),
        (4, DisplayPhase::Waiting, Some("5/10")),
        (9, DisplayPhase::Progressing, Some("10/10")),
        (10, DisplayPhase::Progressing, None),
    ] {
        let mut status = Status::default();
        status.update(&noon(&release, &at(&release, position, Traffic::Stable)));
        assert_eq!((status.phase, status.step.as_deref()), (Some(shown), step), "{position}");
    }
    for (phase, shown, step) in [
        (Phase::Idle, DisplayPhase::Idle, None),
        (Phase::Paused, DisplayPhase::Paused, Some("3/10")),
        (Phase::RollingBack, DisplayPhase::RollingBack, None),
        (Phase::RolledBack, DisplayPhase::RolledBack, None),
        (Phase::Completed, DisplayPhase::Completed, None),
    ] {
        let mut status = Status::default();
        let state = State { phase, ..at(&release, 2, Traffic::Stable) };
        status.update(&noon(&release, &state));
        assert_eq!((status.phase, status.step.as_deref()), (Some(shown), step));
        assert_eq!(status.to_value()["phase"], json!(shown.to_string()));
    }
}

#[test]
fn what_a_later_version_wrote_into_a_status_stays_there() {
    let release = release();
    let newer = json!({
        "phase": "Dreaming", "dream": {"score": 97},
        "state": {
            "phase": "Progressing", "at": {"plan": 1}, "traffic": {"stable": {}}, "plan": "d", "checks": [],
        },
    });
    let mut status = Status::read(Some(&newer)).unwrap();
    assert_eq!(status.phase, None);
    status.update(&noon(&release, &at(&release, 2, Traffic::Only(V2))));
    let written = status.to_value();
    assert_eq!((&written["dream"], &written["state"]["checks"]), (&newer["dream"], &json!([])));
    assert_eq!(written["phase"], json!("AwaitingApproval"));
}
