//! Rollouts with windows and freezes. It begins on Saturday, 2026-11-21, at 11:00 in Berlin.

use std::time::Duration;

use policy::rollout::{Phase, Verb};
use serde_json::json;

use super::reconcile::{reconcile, settle};
use super::scene::*;
use crate::drive::End;
use crate::drive::cluster::freeze::FREEZE;
use crate::drive::reconcile::Outcome;
use crate::{Awaited, Waiting};

const HOUR: Duration = Duration::from_hours(1);
/// From Saturday at 11:00 to Monday at 09:00.
const WEEKEND: Duration = Duration::from_hours(46);
const OUTSIDE: &str =
    "outside the window mon-thu 09:00-16:00 Europe/Berlin: goes on Mon 2026-11-23 09:00";

/// 10 %, an approval, and all.
fn scene() -> Scene {
    let steps = json!([{ "shift": { "v2": 10 } }, { "approve": {} }, { "promote": "v2" }]);
    let mut scene = Scene::new(&steps);
    scene.release["spec"]["rollout"]["windows"] = json!([
        { "days": ["mon-thu"], "from": "09:00", "to": "16:00", "zone": "Europe/Berlin" },
    ]);
    scene.apply();
    assert_eq!(scene.drive(), End::Done);
    scene.fake.put(&deployment("v2", 2, NEW));
    // Pods come, and are ready.
    (0..2).for_each(|_| scene.fake.pass(Duration::from_secs(30)));
    scene
}

/// What the controller waits for in the end, and when it looks again.
fn waits(scene: &Scene) -> (Waiting, Option<Duration>) {
    for _ in 0..100 {
        match reconcile(scene) {
            Outcome::Waits(waiting, again) if waiting.is_held() => return (waiting, again),
            Outcome::Waits(_, Some(again)) | Outcome::Rest(Some(again)) => scene.fake.pass(again),
            Outcome::Waits(waiting, None) if waiting.awaited() == Awaited::Time => {
                scene.fake.pass(Duration::from_secs(1));
            }
            outcome => panic!("it is not held: {outcome:?}, {}", scene.message()),
        }
    }
    panic!("it never waits")
}

fn freeze(scene: &Scene, namespace: &str, reason: &str) {
    if scene.fake.find("Namespace", namespace).is_none() {
        scene.fake.put(&json!({
            "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": namespace },
        }));
    }
    let annotations = json!({ FREEZE: reason });
    scene.fake.edit("Namespace", namespace, |value| value["metadata"]["annotations"] = annotations);
}

fn lift(scene: &Scene, namespace: &str) {
    scene.fake.edit("Namespace", namespace, |value| value["metadata"]["annotations"] = json!({}));
}

#[test]
fn a_controller_waits_for_the_window_and_goes_on_when_it_opens() {
    let scene = scene();
    scene.ask(Verb::Start { image: None });
    let (waiting, again) = waits(&scene);
    assert_eq!(waiting.message().line(), OUTSIDE);
    assert_eq!(scene.message(), OUTSIDE);
    assert_eq!(scene.condition("Reconciling"), "True OutsideWindow");
    assert_eq!((scene.phase(), scene.share()), (Phase::Progressing, 0));
    // It looks again just once the window opens, and writes nothing until then.
    let again = again.unwrap();
    assert!(again > WEEKEND.saturating_sub(HOUR) && again < WEEKEND + HOUR, "{again:?}");
    scene.forget();
    scene.fake.pass(again / 2);
    let (_, rest) = waits(&scene);
    assert!(scene.writes().is_empty(), "{:?}", scene.writes());
    scene.fake.pass(rest.unwrap().saturating_sub(Duration::from_secs(2)));
    assert!(waits(&scene).1.unwrap() <= Duration::from_secs(3));
    scene.fake.pass(Duration::from_secs(2));
    assert!(matches!(settle(&scene), Outcome::Waits(waiting, None) if !waiting.is_held()));
    assert_eq!(scene.share(), 10);
    assert_eq!(scene.condition("Ready"), "True AwaitingApproval");
}

#[test]
fn an_approval_outside_the_window_is_recorded_and_waits() {
    let scene = scene();
    scene.fake.pass(WEEKEND);
    scene.ask(Verb::Start { image: None });
    settle(&scene);
    // Monday, 19:00.
    scene.fake.pass(10 * HOUR);
    let proposal = scene.propose(Verb::Approve);
    let held = proposal.held.unwrap();
    assert!(held.message().line().ends_with("goes on Tue 2026-11-24 09:00"), "{held:?}");
    scene.ask(Verb::Approve);
    assert_eq!(scene.live().status.history.last().unwrap().verb, "approve");
    let (waiting, again) = waits(&scene);
    assert!(waiting.message().line().ends_with("goes on Tue 2026-11-24 09:00"));
    assert_eq!((scene.share(), scene.live().status.step.as_deref()), (10, Some("3/3")));
    scene.fake.pass(again.unwrap());
    assert_eq!(settle(&scene), Outcome::Rest(None));
    assert_eq!((scene.phase(), scene.share()), (Phase::Completed, 100));
}

#[test]
fn a_promotion_by_hand_waits_too() {
    let scene = scene();
    scene.ask(Verb::Promote(None));
    assert_eq!(waits(&scene).0.message().line(), OUTSIDE);
    assert_eq!(scene.share(), 0);
    // The Release may get other windows meanwhile: who may write it decides.
    scene.fake.edit("Release", "reviews", |value| {
        value["spec"]["rollout"]["windows"][0]["days"] = json!(["mon-sun"]);
    });
    assert_eq!(settle(&scene), Outcome::Rest(None));
    assert_eq!((scene.phase(), scene.share()), (Phase::Completed, 100));
}

#[test]
fn outside_the_window_all_users_go_back_at_once() {
    for by_itself in [true, false] {
        let scene = scene();
        scene.fake.pass(WEEKEND);
        scene.ask(Verb::Start { image: None });
        settle(&scene);
        assert_eq!(scene.share(), 10);
        scene.fake.pass(10 * HOUR);
        freeze(&scene, "serin-system", "holidays");
        let before = scene.now();
        if by_itself {
            scene.delete_deployment("v2");
            scene.fake.pass(Duration::from_secs(5));
        } else {
            scene.ask(Verb::Rollback);
        }
        settle(&scene);
        assert_eq!((scene.phase(), scene.split()), (Phase::RolledBack, Some([].into())));
        assert!(scene.now().saturating_sub(before) < Duration::from_mins(1));
    }
}

#[test]
fn what_was_decided_in_the_window_is_repaired_outside() {
    let scene = scene();
    scene.fake.pass(WEEKEND);
    scene.ask(Verb::Start { image: None });
    settle(&scene);
    scene.fake.pass(10 * HOUR);
    scene.fake.remove("EnvoyFilter", "serin.shop.reviews.switch.sidecar.app-productpage");
    settle(&scene);
    assert_eq!(scene.share(), 10);
}

#[test]
fn a_freeze_holds_all_until_it_is_lifted() {
    for namespace in ["serin-system", "shop"] {
        let scene = scene();
        scene.fake.pass(WEEKEND);
        freeze(&scene, namespace, "holidays");
        scene.ask(Verb::Start { image: None });
        let (waiting, again) = waits(&scene);
        let text = format!(
            "rollouts are frozen by the namespace {namespace}: holidays: goes on after `kubectl annotate namespace \
             {namespace} serin.dev/freeze-`"
        );
        assert_eq!((waiting.message().line(), scene.message()), (text.clone(), text));
        assert_eq!(scene.condition("Ready"), "True Frozen");
        // Nothing tells that it is lifted.
        assert_eq!(again, Some(Duration::from_secs(30)));
        scene.fake.pass(again.unwrap());
        waits(&scene);
        assert_eq!(scene.share(), 0);
        lift(&scene, namespace);
        scene.fake.pass(again.unwrap());
        assert!(matches!(settle(&scene), Outcome::Waits(waiting, None) if !waiting.is_held()));
        assert_eq!(scene.share(), 10);
    }
}

#[test]
fn who_may_not_read_the_namespace_goes_on_with_a_note() {
    let scene = scene();
    scene.fake.pass(WEEKEND);
    freeze(&scene, "serin-system", "holidays");
    scene.deny("get", "Namespace");
    scene.ask(Verb::Start { image: None });
    scene.forget();
    settle(&scene);
    assert_eq!(scene.share(), 10);
    let told = scene.told();
    let note = "note: rollouts are taken as not frozen by the namespace serin-system: ";
    assert!(told.iter().any(|line| line.starts_with(note)), "{told:#?}");
}

#[test]
fn a_command_says_until_when_and_ends() {
    let mut scene = scene();
    scene.patience = Some(Duration::from_mins(10));
    scene.ask(Verb::Start { image: None });
    let begin = scene.now();
    let End::Held(waiting) = scene.drive() else { panic!("it went on") };
    assert_eq!(waiting.message().line(), OUTSIDE);
    assert!(scene.now().saturating_sub(begin) < Duration::from_mins(1));
    assert!(scene.told().contains(&format!("waiting: {OUTSIDE}")));
    // What opens within its time is waited for.
    scene.fake.pass(WEEKEND.saturating_sub(Duration::from_mins(5)));
    assert_eq!(scene.drive(), End::AwaitingApproval);
    assert_eq!(scene.share(), 10);
    freeze(&scene, "serin-system", "");
    scene.ask(Verb::Approve);
    let End::Held(waiting) = scene.drive() else { panic!("it went on") };
    assert!(waiting.message().text.ends_with("frozen by the namespace serin-system"));
    // `--forever` waits for people.
    scene.for_people = true;
    scene.fake.after(HOUR / 6, |fake| {
        fake.edit("Namespace", "serin-system", |it| it["metadata"]["annotations"] = json!({}));
    });
    assert_eq!(scene.drive(), End::Done);
    assert_eq!((scene.phase(), scene.share()), (Phase::Completed, 100));
}

#[test]
fn a_window_of_a_zone_that_there_is_not_never_opens() {
    let scene = scene();
    scene.fake.edit("Release", "reviews", |value| {
        value["spec"]["rollout"]["windows"][0]["zone"] = json!("Europe/Berln");
    });
    scene.ask(Verb::Start { image: None });
    let End::Change(waiting) = scene.drive() else { panic!("it went on") };
    assert!(waiting.message().text.contains("none opens within a year"), "{waiting:?}");
    assert_eq!(scene.condition("Stalled"), "True OutsideWindow");
    scene.ask(Verb::Rollback);
    assert_eq!(scene.drive(), End::Done);
    assert_eq!(scene.phase(), Phase::RolledBack);
}
