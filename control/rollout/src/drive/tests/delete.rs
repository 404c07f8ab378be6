//! A Release is taken out of the cluster, in each state that it can be in.

use std::time::Duration;

use policy::rollout::Verb;
use serde_json::{Value, json};

use super::scene::*;
use crate::drive::cluster::ApplyOptions;
use crate::drive::{Clock, End};

const FORCED: ApplyOptions = ApplyOptions { force: true, dry_run: false };
pub(super) const HOW: ApplyOptions = ApplyOptions { force: false, dry_run: false };

pub(super) fn halfway() -> Scene {
    let scene = Scene::applied(&canary());
    scene.ask(start());
    assert_eq!(scene.drive(), End::AwaitingApproval);
    scene.forget();
    scene
}

pub(super) fn delete(scene: &Scene, how: ApplyOptions) -> bool {
    scene.try_delete(how).unwrap().unwrap_or_else(|failure| panic!("{failure}"))
}

pub(super) fn is_gone(scene: &Scene) -> bool {
    scene.mesh().is_empty() && scene.fake.find("Release", "reviews").is_none()
}

fn deployments(scene: &Scene) -> Vec<&'static str> {
    scene.fake.pass(Duration::from_secs(10));
    let there = |name: &&str| scene.fake.find("Deployment", name).is_some();
    ["reviews-v1", "reviews-v2"].into_iter().filter(there).collect()
}

pub(super) fn planted(namespace: &str) -> Value {
    json!({
        "apiVersion": "networking.istio.io/v1alpha3", "kind": "EnvoyFilter",
        "metadata": {
            "namespace": namespace, "name": "planted",
            "labels": { "app.kubernetes.io/managed-by": "serin" },
            "annotations": { "serin.dev/release": "shop/reviews" },
        },
        "spec": {},
    })
}

#[test]
fn what_is_at_rest_goes_with_all_that_was_made_for_it() {
    let scene = Scene::applied(&canary());
    assert!(delete(&scene, HOW));
    assert!(is_gone(&scene));
    assert_eq!(
        scene.told(),
        [
            "EnvoyFilter shop/serin.shop.reviews.switch.sidecar.app-productpage removed",
            "EnvoyFilter shop/serin.shop.reviews.install.sidecar.app-productpage removed",
            "VirtualService shop/serin-reviews removed",
            "DestinationRule shop/serin-reviews removed",
            "Release shop/reviews removed",
        ]
    );
    assert_eq!(deployments(&scene), ["reviews-v1"]);
    assert!(!delete(&scene, HOW), "there is nothing any more");
}

#[test]
fn a_rollout_in_progress_is_deleted_by_force_alone() {
    let scene = halfway();
    for pause in [false, true] {
        if pause {
            scene.ask(Verb::Pause);
        }
        let refused = scene.try_delete(HOW).unwrap().unwrap_err().to_string();
        assert_eq!(
            refused,
            "a rollout of `shop/reviews` is in progress (`serin rollback reviews` first, or `--force`)"
        );
    }
    assert_eq!(scene.share(), 50);
    assert!(delete(&scene, FORCED));
    assert!(is_gone(&scene));
    // That v2 was created by serin, and lost.
    assert_eq!(deployments(&scene), ["reviews-v1"]);
}

#[test]
fn what_is_on_its_way_back_can_be_deleted() {
    let scene = halfway();
    scene.ask(Verb::Rollback);
    assert!(delete(&scene, HOW));
    assert_eq!((is_gone(&scene), deployments(&scene)), (true, vec!["reviews-v1"]));
}

#[test]
fn the_candidate_that_serin_created_goes_unless_it_won() {
    let rolled_back = halfway();
    rolled_back.ask(Verb::Rollback);
    assert_eq!(rolled_back.drive(), End::Done);
    assert_eq!(deployments(&rolled_back), ["reviews-v1", "reviews-v2"]);
    let completed = halfway();
    for _ in 0..2 {
        completed.ask(Verb::Approve);
        completed.drive();
    }
    let theirs = Scene::applied(&json!([{ "shift": { "v2": 10 } }, { "approve": {} }]));
    theirs.fake.put(&deployment("v2", 1, NEW));
    theirs.ask(Verb::Start { image: None });
    assert_eq!(theirs.drive(), End::AwaitingApproval);
    for (scene, left) in [
        (rolled_back, vec!["reviews-v1"]),
        (completed, vec!["reviews-v2"]),
        (theirs, vec!["reviews-v1", "reviews-v2"]),
    ] {
        assert!(delete(&scene, FORCED));
        assert_eq!((is_gone(&scene), deployments(&scene)), (true, left));
    }
}

/// At 50 %: the candidate goes while routes still lead all requests to stable.
#[test]
fn no_request_reaches_the_candidate_by_the_service_alone() {
    let first = |told: &[String], what: &str| {
        told.iter()
            .position(|line| line.contains(what))
            .unwrap_or_else(|| panic!("{what}: {told:#?}"))
    };
    for is_release_there in [true, false] {
        let scene = halfway();
        if is_release_there {
            scene.ask(Verb::Rollback);
            assert_eq!(scene.drive(), End::Done);
        } else {
            scene.fake.remove("Release", "reviews");
        }
        scene.forget();
        assert!(delete(&scene, HOW));
        let told = scene.told();
        let candidate = first(&told, "Deployment shop/reviews-v2 removed");
        assert!(first(&told, ".install.") < candidate, "{told:#?}");
        assert!(candidate < first(&told, "VirtualService shop/serin-reviews removed"), "{told:#?}");
        assert_eq!((is_gone(&scene), deployments(&scene)), (true, vec!["reviews-v1"]));
    }
}

/// The pods outlive the command to remove them.
#[test]
fn routes_stay_until_the_candidates_pods_are_gone() {
    let scene = halfway();
    scene.ask(Verb::Rollback);
    assert_eq!(scene.drive(), End::Done);
    scene.fake.world().pods.shutdown = Duration::from_mins(10);
    let refused = scene.try_delete(HOW).unwrap().unwrap_err().to_string();
    assert!(
        refused.contains("pods of Deployment shop/reviews-v2 are still terminating"),
        "{refused}"
    );
    assert!(scene.mesh().contains_key("VirtualService shop/serin-reviews"));
    scene.fake.pass(Duration::from_mins(10));
    assert!(delete(&scene, HOW));
    assert_eq!((is_gone(&scene), deployments(&scene)), (true, vec!["reviews-v1"]));
}

#[test]
fn a_version_that_serin_did_not_create_is_named_and_left_by_force_alone() {
    for is_release_there in [true, false] {
        let scene = Scene::applied(&json!([{ "shift": { "v2": 10 } }, { "approve": {} }]));
        scene.fake.put(&deployment("v2", 2, NEW));
        // They are made, and become ready.
        scene.fake.pass(Duration::from_secs(10));
        scene.fake.pass(Duration::from_secs(10));
        if !is_release_there {
            scene.fake.remove("Release", "reviews");
        }
        scene.forget();
        let refused = scene.try_delete(HOW).unwrap().unwrap_err().to_string();
        assert!(refused.starts_with("the subset `v2` has 2 ready pods"), "{refused}");
        assert!(scene.writes().is_empty());
        scene.fake.edit("Deployment", "reviews-v2", |v2| v2["spec"]["replicas"] = json!(0));
        scene.fake.pass(Duration::from_secs(10));
        scene.fake.pass(Duration::from_secs(10));
        assert!(delete(&scene, HOW));
        assert_eq!(
            (is_gone(&scene), deployments(&scene)),
            (true, vec!["reviews-v1", "reviews-v2"])
        );
    }
}

/// The winner is what users have: it keeps all of them while the old version goes.
#[test]
fn what_was_promoted_keeps_its_users() {
    let scene = halfway();
    scene.ask(Verb::Approve);
    assert_eq!(scene.drive(), End::AwaitingApproval);
    scene.forget();
    assert_eq!(scene.share(), 100);
    // That v1 is a user's own: it would get requests again.
    let refused = scene.try_delete(HOW).unwrap().unwrap_err().to_string();
    assert!(refused.contains("in progress"), "{refused}");
    scene.fake.edit("Deployment", "reviews-v1", |v1| {
        v1["metadata"]["annotations"] = json!({ "serin.dev/made-for": "shop/reviews" });
    });
    assert!(delete(&scene, FORCED));
    let told = scene.told();
    let position = |what: &str| told.iter().position(|line| line == what);
    let pinned = position("VirtualService shop/serin-reviews changed");
    let removed = position("Deployment shop/reviews-v1 removed");
    assert!(pinned.is_some() && pinned < removed, "{told:#?}");
    assert!(removed < position("VirtualService shop/serin-reviews removed"), "{told:#?}");
    assert_eq!((is_gone(&scene), deployments(&scene)), (true, vec!["reviews-v2"]));
}

#[test]
fn what_a_users_route_needs_is_removed_by_force_alone() {
    let scene = Scene::applied(&canary());
    let destination = json!({ "host": "reviews", "subset": "v1" });
    scene.fake.put(&json!({
        "apiVersion": "networking.istio.io/v1", "kind": "VirtualService",
        "metadata": { "namespace": "shop", "name": "theirs" },
        "spec": { "hosts": ["other"], "http": [{ "route": [{ "destination": destination }] }] },
    }));
    scene.forget();
    let refused = scene.try_delete(HOW).unwrap().unwrap_err().to_string();
    assert!(
        refused.starts_with("VirtualService shop/theirs routes to the subset `v1`, which only"),
        "{refused}"
    );
    assert!(scene.writes().is_empty());
    scene.fake.remove("VirtualService", "theirs");
    assert!(delete(&scene, HOW));
}

#[test]
fn a_dry_run_removes_nothing() {
    let scene = Scene::applied(&canary());
    assert!(delete(&scene, ApplyOptions { dry_run: true, ..HOW }));
    assert!(scene.told().iter().all(|line| line.ends_with("would be removed")));
    assert!(scene.writes().is_empty());
}

#[test]
fn the_pin_to_stable_stays_until_the_mesh_has_heard_that_the_pods_are_gone() {
    let scene = halfway();
    let v2 = [("app", "reviews"), ("version", "v2")]
        .map(|(key, value)| (key.to_owned(), value.to_owned()));
    let later = scene.fake.uptime() + Duration::from_mins(1);
    scene.fake.world().istiod.lingering.push((later, v2.into()));
    assert!(delete(&scene, FORCED));
    assert!(is_gone(&scene) && scene.fake.uptime() >= later);
}

#[test]
fn what_may_not_be_removed_ends_it_and_the_next_goes_on_from_there() {
    let scene = Scene::applied(&canary());
    scene.deny("delete", "VirtualService");
    let failure = scene.try_delete(HOW).unwrap().unwrap_err().to_string();
    assert!(failure.contains("you are not allowed to delete VirtualService"), "{failure}");
    assert!(scene.fake.find("Release", "reviews").is_some(), "it goes last");
    scene.fake.off();
    assert!(delete(&scene, HOW));
    assert!(is_gone(&scene));
}
