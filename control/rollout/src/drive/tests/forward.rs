//! What goes well.

use std::time::Duration;

use policy::rollout::{Phase, Traffic, Verb};
use serde_json::json;

use super::scene::*;
use crate::drive::{End, Recorded};

#[test]
fn a_canary_goes_step_by_step_to_its_end() {
    let scene = Scene::new(&canary());
    assert_eq!(scene.apply(), Some(Recorded::Written));
    assert_eq!(scene.drive(), End::Done);
    assert_eq!(
        scene.told(),
        [
            "DestinationRule shop/serin-reviews applied",
            "VirtualService shop/serin-reviews applied",
            "EnvoyFilter shop/serin.shop.reviews.install.sidecar.app-productpage applied",
            "EnvoyFilter shop/serin.shop.reviews.switch.sidecar.app-productpage applied",
        ]
    );
    assert_eq!(scene.split(), Some([].into()));
    scene.ask(start());
    assert_eq!(scene.drive(), End::AwaitingApproval);
    assert_eq!(
        scene.told(),
        [
            "Deployment shop/reviews-v2 created from reviews-v1 with the image reviews:2",
            "Progressing 1/6: scale v2 to 50 % of v1's",
            "Deployment shop/reviews-v2 scaled from 0 to 1",
            "waiting: v2 is not ready",
            "Progressing 2/6: shift v2 50 %",
            "traffic: v2 50 %, the rest v1",
            "EnvoyFilter shop/serin.shop.reviews.install.sidecar.app-productpage changed",
            "AwaitingApproval 3/6: approve",
            "waiting for approval: `serin approve reviews` or `serin reject reviews`",
        ]
    );
    assert_eq!(scene.split(), Some([("v2".to_owned(), 50)].into()));
    // It is not approved yet.
    assert_eq!(scene.drive(), End::AwaitingApproval);
    scene.forget();
    scene.ask(Verb::Approve);
    assert_eq!(scene.drive(), End::AwaitingApproval);
    assert_eq!(scene.split(), Some([("v2".to_owned(), 100)].into()));
    scene.forget();
    scene.ask(Verb::Approve);
    assert_eq!(scene.drive(), End::Done);
    assert_eq!(
        scene.told(),
        [
            "Progressing 6/6: retire v1",
            "traffic: all v2, by routes alone",
            "VirtualService shop/serin-reviews changed",
            "EnvoyFilter shop/serin.shop.reviews.switch.sidecar.app-productpage removed",
            "EnvoyFilter shop/serin.shop.reviews.install.sidecar.app-productpage removed",
            "Deployment shop/reviews-v1 removed",
            "waiting: pods of v1 are still terminating",
            "Progressing 6/6: retire v1",
            "traffic: all v2, without Serin",
            "VirtualService shop/serin-reviews removed",
            "DestinationRule shop/serin-reviews removed",
            "Completed: all v2, without Serin",
        ]
    );
    assert_eq!((scene.phase(), scene.mesh().len()), (Phase::Completed, 0));
    assert!(scene.fake.find("Deployment", "reviews-v1").is_none());
    assert_eq!(scene.condition("Ready"), "True Completed");
    // Who looks again finds nothing to be done.
    assert_eq!(scene.drive(), End::Done);
    assert!(scene.told().is_empty());
}

#[test]
fn a_release_is_compiled_once_a_change_however_often_it_is_looked_at() {
    let mut scene = Scene::applied(&json!([{ "shift": { "v2": 10 } }, { "shift": { "v2": 20 } }]));
    // As it is written, and as all users get stable.
    assert_eq!(scene.compiler.compilations(), 2);
    scene.fake.put(&deployment("v2", 2, NEW));
    scene.fake.world().pods.stuck.insert(NEW.to_owned());
    scene.patience = Some(Duration::from_mins(1));
    scene.ask(Verb::Start { image: None });
    let before = scene.fake.world().requests;
    assert!(matches!(scene.drive(), End::TimedOut(_)));
    let looks = scene.fake.world().requests - before;
    assert!(looks > 1000, "{looks}");
    assert_eq!(scene.compiler.compilations(), 2);
    scene.fake.world().pods.stuck.clear();
    assert_eq!(scene.drive(), End::Done);
    // Two more of what is shown: 10 %, and 20 %.
    assert_eq!(scene.compiler.compilations(), 4);
    // Another `spec` is another Release.
    scene.release["spec"]["anonymous"] = json!("random");
    assert_eq!(scene.apply(), Some(Recorded::Written));
    assert_eq!(scene.drive(), End::Done);
    assert_eq!(scene.compiler.compilations(), 6);
}

#[test]
fn a_release_without_a_rollout_is_in_force_when_it_was_applied() {
    let mut scene = Scene::new(&json!(null));
    scene.fake.put(&deployment("v2", 1, NEW));
    let spec = scene.release["spec"].as_object_mut().unwrap();
    spec.remove("rollout");
    spec.insert("split".to_owned(), json!({ "v2": 25 }));
    scene.apply();
    assert_eq!(scene.drive(), End::Done);
    assert_eq!((scene.phase(), scene.state().traffic), (Phase::Idle, Traffic::Spec));
    assert_eq!(scene.split(), Some([("v2".to_owned(), 25)].into()));
    // Applied again it is as it was.
    assert_eq!(scene.apply(), Some(Recorded::Already));
}

#[test]
fn stable_can_get_the_template_of_the_candidate_that_goes_then() {
    let scene = Scene::applied(&json!([
        { "scale": { "v2": 1 } }, { "shift": { "v2": 10 } },
        { "update": { "from": "v2", "to": "v1" } }, { "promote": "v1" }, { "retire": "v2" },
    ]));
    scene.ask(start());
    assert_eq!(scene.drive(), End::Done);
    let told = scene.told().join("\n");
    assert!(told.contains("reviews-v1 updated to the pod template of reviews-v2"), "{told}");
    let stable = scene.fake.find("Deployment", "reviews-v1").unwrap();
    assert_eq!(stable.text("/spec/template/spec/containers/0/image"), NEW);
    assert_eq!(stable.text("/spec/template/metadata/labels/version"), "v1");
    assert!(scene.fake.find("Deployment", "reviews-v2").is_none());
    assert_eq!(scene.phase(), Phase::Completed);
}

#[test]
fn what_was_rolled_out_is_rolled_back_and_out_again() {
    let scene = Scene::applied(&canary());
    let stable = scene.mesh();
    for _ in 0..2 {
        scene.ask(start());
        assert_eq!(scene.drive(), End::AwaitingApproval);
        assert_ne!(scene.mesh(), stable);
        scene.ask(Verb::Rollback);
        assert_eq!(scene.drive(), End::Done);
        assert_eq!((scene.phase(), scene.mesh()), (Phase::RolledBack, stable.clone()));
    }
}

#[test]
fn a_candidate_that_is_being_removed_is_waited_for_before_it_is_made_anew() {
    let scene = Scene::applied(&json!([{ "shift": { "v2": 10 } }, { "approve": {} }]));
    scene.ask(start());
    assert_eq!(scene.drive(), End::AwaitingApproval);
    scene.ask(Verb::Rollback);
    assert_eq!(scene.drive(), End::Done);
    scene.fake.world().pods.shutdown = Duration::from_secs(30);
    scene.delete_deployment("v2");
    scene.forget();
    scene.ask(start());
    assert_eq!(scene.drive(), End::AwaitingApproval);
    let told = scene.told();
    assert_eq!(told[0], "waiting: pods of v2 are still terminating");
    assert!(told[1].contains("reviews-v2 created from reviews-v1"), "{told:?}");
}
