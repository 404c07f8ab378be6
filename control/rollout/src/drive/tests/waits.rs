//! What is waited for: by itself, for a person, and for a change.

use std::time::Duration;

use policy::rollout::{Phase, Traffic, Verb};
use serde_json::{Value, json};

use super::scene::*;
use crate::Awaited;
use crate::drive::{Clock, End};

const MINUTE: Duration = Duration::from_mins(1);

#[test]
fn pods_that_do_not_become_ready_are_waited_for_as_long_as_patience_lasts() {
    let mut scene = Scene::applied(&json!([{ "shift": { "v2": 10 } }, { "approve": {} }]));
    scene.fake.world().pods.stuck.insert(NEW.to_owned());
    scene.patience = Some(MINUTE);
    scene.ask(start());
    let begin = scene.fake.uptime();
    let End::TimedOut(waiting) = scene.drive() else { panic!("it went on") };
    assert_eq!(waiting.message().line(), "v2 is not ready");
    let waited = scene.fake.uptime().checked_sub(begin).unwrap();
    assert!(waited > MINUTE && waited < MINUTE + Duration::from_secs(2), "{waited:?}");
    assert_eq!(
        (scene.split(), scene.condition("Reconciling")),
        (Some([].into()), "True NotReady".to_owned())
    );
    // What was done stays, and the next one goes on from there.
    scene.fake.world().pods.stuck.clear();
    scene.forget();
    assert_eq!(scene.drive(), End::AwaitingApproval);
    assert_eq!(scene.split(), Some([("v2".to_owned(), 10)].into()));
    assert!(!scene.told().iter().any(|line| line.contains("created")));
}

/// After an outage of the API server istiod hears of endpoints later than of routes: without routes users would get pods
/// that are gone.
#[test]
fn routes_stay_until_the_mesh_has_heard_that_the_pods_are_gone() {
    let scene = Scene::applied(&json!([{ "promote": "v2" }, { "retire": "v1" }]));
    let v1 = [("app", "reviews"), ("version", "v1")]
        .map(|(key, value)| (key.to_owned(), value.to_owned()));
    let later = scene.fake.uptime() + MINUTE;
    scene.fake.world().istiod.lingering.push((later, v1.into()));
    scene.ask(start());
    scene.forget();
    assert_eq!(scene.drive(), End::Done);
    assert!(scene.fake.uptime() >= later, "it has not waited");
    let told = scene.told();
    let at = |text: &str| told.iter().position(|line| line.contains(text)).unwrap();
    let (waits, routes) =
        (at("pods of v1 are still terminating"), at("VirtualService shop/serin-reviews removed"));
    assert!(at("Deployment shop/reviews-v1 removed") < waits && waits < routes, "{told:#?}");
}

#[test]
fn a_wait_is_written_down_once_however_long_it_takes() {
    let scene = Scene::applied(
        &json!([{ "pause": { "for": "1m" } }, { "shift": { "v2": 10 } }, { "approve": {} }]),
    );
    scene.ask(start());
    scene.forget();
    assert_eq!(scene.drive(), End::AwaitingApproval);
    let writes = scene.fake.world().writes.clone();
    let until = writes.iter().position(|write| write.contains("EnvoyFilter")).unwrap();
    // Created; its template is known; the pause, and its end; v2 is not ready any more, or is; the traffic.
    assert!(until < 9, "{writes:#?}");
    let told = scene.told();
    let pauses = told.iter().filter(|line| line.starts_with("waiting: pausing, ")).count();
    assert!(pauses > 1, "each tells what is left: {told:#?}");
}

#[test]
fn an_approval_is_left_to_people_or_waited_for() {
    let mut scene =
        Scene::applied(&json!([{ "shift": { "v2": 10 } }, { "approve": {} }, { "promote": "v2" }]));
    scene.ask(start());
    assert_eq!(scene.drive(), End::AwaitingApproval);
    assert_eq!(
        scene.message(),
        "waiting for approval: `serin approve reviews` or `serin reject reviews`"
    );
    assert_eq!(scene.condition("Ready"), "True AwaitingApproval");
    scene.for_people = true;
    scene.patience = Some(MINUTE);
    let begin = scene.fake.uptime();
    scene.ask_later(10 * MINUTE, Verb::Approve);
    // Patience is for what passes by itself.
    assert_eq!(scene.drive(), End::Done);
    assert!(scene.fake.uptime() >= begin + 10 * MINUTE);
    assert_eq!(
        (scene.phase(), scene.split()),
        (Phase::Completed, Some([("v2".to_owned(), 100)].into()))
    );
}

#[test]
fn what_is_rejected_or_not_approved_in_time_goes_back() {
    let steps =
        json!([{ "shift": { "v2": 50 } }, { "approve": { "timeout": "5m" } }, { "promote": "v2" }]);
    let mut scene = Scene::applied(&steps);
    scene.ask(start());
    assert_eq!(scene.drive(), End::AwaitingApproval);
    assert!(
        scene.message().starts_with("waiting for approval until 2026-11-21T10:05:"),
        "{}",
        scene.message()
    );
    scene.ask(Verb::Reject);
    assert_eq!(scene.drive(), End::Done);
    assert_eq!((scene.phase(), scene.split()), (Phase::RolledBack, Some([].into())));
    scene.for_people = true;
    scene.ask(start());
    assert_eq!(scene.drive(), End::RolledBack("not approved within 5m".to_owned()));
    assert_eq!((scene.phase(), scene.split()), (Phase::RolledBack, Some([].into())));
    assert!(scene.message().ends_with("not approved within 5m"), "{}", scene.message());
    let by: Vec<String> = scene
        .live()
        .status
        .history
        .iter()
        .map(|entry| format!("{} {}", entry.verb, entry.by))
        .collect();
    assert_eq!(by, ["apply alice", "start alice", "reject alice", "start alice", "rollback serin"]);
}

#[test]
fn a_pause_without_a_length_ends_when_somebody_resumes() {
    let mut scene =
        Scene::applied(&json!([{ "pause": {} }, { "shift": { "v2": 10 } }, { "approve": {} }]));
    scene.ask(start());
    assert_eq!(scene.drive(), End::AwaitingApproval);
    assert_eq!(scene.message(), "pausing until resumed: `serin resume reviews`");
    scene.for_people = true;
    scene.ask_later(MINUTE, Verb::Resume);
    scene.ask_later(2 * MINUTE, Verb::Rollback);
    assert_eq!(scene.drive(), End::Done);
    assert_eq!(scene.phase(), Phase::RolledBack);
}

#[test]
fn what_is_paused_moves_nobody_until_it_is_resumed_step_by_step() {
    let steps =
        json!([{ "shift": { "v2": 10 } }, { "shift": { "v2": 20 } }, { "shift": { "v2": 30 } }]);
    let scene = Scene::applied(&steps);
    scene.ask(start());
    scene.ask(Verb::Pause);
    for (verb, share) in [(None, 0), (Some(Verb::Step), 10), (Some(Verb::Step), 20)] {
        if let Some(verb) = verb {
            scene.ask(verb);
        }
        assert_eq!(scene.drive(), End::AwaitingApproval);
        assert_eq!((scene.phase(), scene.share()), (Phase::Paused, share));
        assert!(
            scene.message().starts_with("paused: `serin resume reviews`"),
            "{}",
            scene.message()
        );
    }
    // Objects are deleted meanwhile: the mesh is made to show what is written down.
    scene.fake.remove("EnvoyFilter", "serin.shop.reviews.switch.sidecar.app-productpage");
    assert_eq!(scene.drive(), End::AwaitingApproval);
    assert_eq!(scene.share(), 20);
    scene.ask(Verb::Resume);
    assert_eq!(scene.drive(), End::Done);
    assert_eq!((scene.phase(), scene.share()), (Phase::Completed, 30));
}

/// Something has to be changed first: what is waited for, what it takes, and that it goes on then.
#[test]
fn what_somebody_has_to_change_ends_the_drive_or_is_waited_for() {
    type Do = fn(&mut Scene);
    let steps = || json!([{ "scale": { "v2": 1 } }, { "shift": { "v2": 10 } }, { "approve": {} }]);
    let existing = Verb::Start { image: None };
    let scaler = || {
        json!({
            "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
            "metadata": { "namespace": "shop", "name": "scaler" },
            "spec": { "scaleTargetRef": { "kind": "Deployment", "name": "reviews-v2" } },
        })
    };
    let cases: [(&str, Verb, Do, &str, Do); 5] = [
        (
            "Missing",
            existing.clone(),
            |_| {},
            "v2 has no Deployment reviews-v2",
            |scene| scene.fake.put(&deployment("v2", 1, NEW)),
        ),
        (
            "Autoscaled",
            start(),
            |scene| scene.fake.world().pods.stuck.clear(),
            "the HorizontalPodAutoscaler scaler controls the number of v2's pods",
            |scene| scene.fake.remove("HorizontalPodAutoscaler", "scaler"),
        ),
        (
            "OtherImage",
            start(),
            // Between the command and the driver.
            |scene| scene.fake.put(&deployment("v2", 1, "reviews:3")),
            "Deployment reviews-v2 exists, and is not Deployment reviews-v1 with the given image",
            |scene| {
                let template = json!([{ "name": "app", "image": NEW }]);
                scene.fake.edit("Deployment", "reviews-v2", |value| {
                    value["spec"]["template"]["spec"]["containers"] = template;
                });
            },
        ),
        (
            "PlanChanged",
            start(),
            |scene| edit_steps(scene, json!([{ "shift": { "v2": 50 } }, { "approve": {} }])),
            "the plan changed since the rollout started",
            |scene| {
                let steps = scene.release["spec"]["rollout"]["steps"].clone();
                edit_steps(scene, steps);
            },
        ),
        (
            "CandidateChanged",
            start(),
            |scene| {
                assert_eq!(scene.drive(), End::AwaitingApproval);
                image_of_v2(scene, "reviews:3");
            },
            "the pod template of v2 changed since the rollout started",
            |scene| image_of_v2(scene, NEW),
        ),
    ];
    for (reason, verb, prepare, text, mend) in cases {
        let mut scene = Scene::applied(&steps());
        if reason == "Autoscaled" {
            scene.fake.put(&scaler());
        }
        scene.ask(verb);
        prepare(&mut scene);
        let users = scene.split();
        let End::Change(waiting) = scene.drive() else { panic!("{reason}: it went on") };
        assert_eq!((waiting.awaited(), waiting.message().text.as_str()), (Awaited::Change, text));
        assert!(waiting.message().help.is_some(), "{reason}");
        assert_eq!((scene.condition("Stalled"), scene.split()), (format!("True {reason}"), users));
        mend(&mut scene);
        assert_eq!(scene.drive(), End::AwaitingApproval, "{reason}");
        assert_eq!(
            (scene.condition("Stalled"), scene.share()),
            ("False AwaitingApproval".to_owned(), 10)
        );
    }
}

#[test]
fn who_waits_for_people_sees_what_they_change() {
    let mut scene = Scene::applied(&json!([{ "shift": { "v2": 10 } }, { "approve": {} }]));
    scene.for_people = true;
    scene.ask(Verb::Start { image: None });
    scene.fake.after(MINUTE, |fake| fake.put(&deployment("v2", 1, NEW)));
    scene.ask_later(2 * MINUTE, Verb::Approve);
    assert_eq!(scene.drive(), End::Done);
    assert_eq!((scene.phase(), scene.share()), (Phase::Completed, 10));
}

#[test]
fn nothing_goes_on_by_what_is_not_known() {
    for (kind, text) in [
        ("EndpointSlice", "the state of v2 is unknown"),
        ("VirtualService", "the configuration of the proxies is unknown"),
    ] {
        let mut scene = Scene::applied(&json!([{ "shift": { "v2": 10 } }, { "approve": {} }]));
        scene.fake.put(&deployment("v2", 1, NEW));
        scene.ask(Verb::Start { image: None });
        scene.deny("list", kind);
        scene.patience = Some(Duration::from_secs(10));
        scene.forget();
        let End::TimedOut(waiting) = scene.drive() else { panic!("{kind}: it went on") };
        assert_eq!(waiting.message().text, text);
        let told = scene.told();
        assert!(
            told.iter()
                .any(|line| line.starts_with("note: ")
                    && line.contains("you are not allowed to list")),
            "{told:#?}"
        );
        assert_eq!(scene.state().traffic, Traffic::Stable);
        scene.fake.off();
        assert_eq!(scene.drive(), End::AwaitingApproval);
    }
}

fn edit_steps(scene: &Scene, steps: Value) {
    scene.fake.edit("Release", "reviews", |value| value["spec"]["rollout"]["steps"] = steps);
}

fn image_of_v2(scene: &Scene, image: &str) {
    scene.fake.edit("Deployment", "reviews-v2", |value| {
        value["spec"]["template"]["spec"]["containers"][0]["image"] = json!(image);
    });
}
