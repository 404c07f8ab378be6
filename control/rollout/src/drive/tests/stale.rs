//! What is so is what counts: not what a driver saw a while ago, not what another program wrote into the status, and not the
//! clock of the machine that drives.

use std::time::Duration;

use jiff::SignedDuration;
use policy::rollout::{Phase, Verb};
use serde_json::json;

use super::scene::*;
use crate::drive::{End, Recorded, VerbRequest};

const INSTALL: &str = "serin.shop.reviews.install.sidecar.app-productpage";
const SWITCH: &str = "serin.shop.reviews.switch.sidecar.app-productpage";

/// v2 was promoted; all of v1 goes next.
fn promoted() -> Scene {
    let scene = Scene::applied(&canary());
    scene.ask(start());
    assert_eq!(scene.drive(), End::AwaitingApproval);
    scene.ask(Verb::Approve);
    assert_eq!(scene.drive(), End::AwaitingApproval);
    scene.forget();
    scene
}

#[test]
fn a_driver_does_not_go_on_with_a_step_that_another_user_took_back() {
    let scene = promoted();
    scene.ask(Verb::Approve);
    // The first object of three is applied by then, and the proxies are waited for.
    scene.ask_later(Duration::from_millis(100), Verb::Rollback);
    assert!(matches!(scene.drive(), End::RolledBack(_) | End::Done));
    let told = scene.told();
    assert!(told.contains(&"VirtualService shop/serin-reviews changed".to_owned()), "{told:#?}");
    assert!(!told.iter().any(|line| line.contains(SWITCH)), "{told:#?}");
    assert!(told.contains(&format!("EnvoyFilter shop/{INSTALL} changed")), "{told:#?}");
    assert_eq!((scene.phase(), scene.share()), (Phase::RolledBack, 0));
    assert!(scene.fake.find("Deployment", "reviews-v1").is_some());
}

#[test]
fn a_driver_stops_where_the_release_is_gone() {
    let scene = promoted();
    scene.ask(Verb::Approve);
    scene.fake.after(Duration::from_millis(100), |fake| fake.remove("Release", "reviews"));
    let failure = scene.try_drive().unwrap().unwrap_err().to_string();
    assert!(failure.contains("there is no Release shop/reviews"), "{failure}");
    assert!(!scene.told().iter().any(|line| line.contains(SWITCH)));
}

#[test]
fn what_somebody_writes_into_the_status_does_not_stand() {
    let scene = Scene::applied(&json!([{ "shift": { "v2": 10 } }, { "approve": {} }]));
    scene.ask(start());
    assert_eq!(scene.drive(), End::AwaitingApproval);
    let before = scene.live().object.status().clone();
    for (field, value) in [
        ("phase", json!("Completed")),
        ("step", json!("7/7")),
        ("split", json!("all v2")),
        ("candidate", json!("v1")),
        ("observedGeneration", json!(99)),
        ("message", json!("all is well")),
        ("conditions", json!([])),
    ] {
        scene.fake.edit_status("Release", "reviews", |status| status[field] = value);
        assert_ne!(*scene.live().object.status(), before, "{field}");
        assert_eq!(scene.drive(), End::AwaitingApproval);
        let mut now = scene.live().object.status().clone();
        if field == "conditions" {
            // When they were written is another time.
            assert_eq!(scene.condition("Ready"), "True AwaitingApproval");
            now["conditions"] = before["conditions"].clone();
        }
        assert_eq!(now, before, "{field}");
    }
}

#[test]
fn times_are_the_api_servers() {
    for hours in [-1, 1] {
        let steps = json!([{ "shift": { "v2": 10 } }, { "approve": { "timeout": "30m" } }]);
        let scene = Scene::applied(&steps);
        scene.ask(start());
        assert_eq!(scene.drive(), End::AwaitingApproval);
        let since = scene.live().status.since.clone();
        // Another machine goes on, whose clock is an hour off.
        scene.fake.world().skew = SignedDuration::from_hours(hours);
        assert_eq!(scene.drive(), End::AwaitingApproval, "{hours} h: it is not over");
        scene.ask(Verb::Pause);
        let live = scene.live();
        let entry = live.status.history.last().unwrap();
        assert!(Some(&entry.time) >= since.as_ref(), "{hours} h: {entry:?}");
        assert!(entry.time.as_str() < "2026-11-21T10:30:00Z", "{hours} h: {entry:?}");
        scene.ask(Verb::Resume);
        scene.fake.pass(Duration::from_mins(31));
        assert!(matches!(scene.drive(), End::RolledBack(_)), "{hours} h: it is over");
    }
}

#[test]
fn an_approval_is_for_the_step_that_the_user_saw() {
    let scene = Scene::applied(&canary());
    scene.ask(start());
    assert_eq!(scene.drive(), End::AwaitingApproval);
    let approve = |step| VerbRequest { step: Some(step), ..Verb::Approve.into() };
    let refused =
        |step| scene.try_request(&approve(step), "carol").unwrap().unwrap_err().to_string();
    assert_eq!(
        refused(5),
        "the rollout is at step 3 now: nothing was changed (see `serin status reviews`)"
    );
    assert_eq!(scene.try_request(&approve(3), "carol").unwrap().unwrap(), Recorded::Written);
    let entry = scene.live().status.history.last().unwrap().clone();
    assert_eq!((entry.by.as_str(), entry.verb.as_str()), ("carol", "approve"));
    assert_eq!(entry.what, "approved step 3/6: v2 50 %, the rest v1; now step 4/6, promote v2");
    assert_eq!(scene.drive(), End::AwaitingApproval);
    // Who still looks at the third step.
    assert_eq!(
        refused(3),
        "step 3 was approved by carol, the rollout is at step 5 now: nothing was changed \
         (see `serin status reviews`)"
    );
    assert_eq!(scene.try_request(&approve(5), "bob").unwrap().unwrap(), Recorded::Written);
    assert_eq!(scene.drive(), End::Done);
    assert!(refused(5).starts_with("step 5 was approved by bob, no step is at work: all v2"));
}
