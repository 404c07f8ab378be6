//! What others have edited, or made under our names.

use std::time::Duration;

use policy::rollout::Verb;
use serde_json::{Value, json};

use super::scene::*;
use crate::drive::End;
use crate::drive::cluster::ApplyOptions;

const FORCED: ApplyOptions = ApplyOptions { force: true, dry_run: false };
const INSTALL: &str = "serin.shop.reviews.install.sidecar.app-productpage";

fn failure(scene: &Scene) -> String {
    scene.try_drive().unwrap().unwrap_err().to_string()
}

/// Who and what: the manager and its fields are named, nothing is changed, and `--force` takes them over.
#[test]
fn fields_of_ours_that_others_changed_are_theirs_until_they_are_taken_over() {
    type Edit = fn(&mut Value);
    let cases: [(&str, &str, Edit, &str); 3] = [
        (
            "VirtualService",
            "serin-reviews",
            |value| value["spec"]["hosts"] = json!(["reviews", "other"]),
            "`kubectl` manages fields of VirtualService shop/serin-reviews: .spec.hosts",
        ),
        (
            "VirtualService",
            "serin-reviews",
            |value| value["spec"]["exportTo"] = json!(["."]),
            "`kubectl` manages fields of VirtualService shop/serin-reviews: .spec.exportTo",
        ),
        (
            "DestinationRule",
            "serin-reviews",
            |value| value["spec"]["trafficPolicy"] = json!({ "tls": { "mode": "ISTIO_MUTUAL" } }),
            "`kubectl` manages fields of DestinationRule shop/serin-reviews: .spec.trafficPolicy",
        ),
    ];
    for (kind, name, edit, expected) in cases {
        let scene = Scene::applied(&canary());
        let ours = scene.mesh();
        scene.fake.edit(kind, name, edit);
        let theirs = scene.mesh();
        scene.forget();
        let refused = failure(&scene);
        assert!(refused.starts_with(expected), "{refused}");
        assert!(refused.contains("`--force`"), "{refused}");
        assert_eq!((scene.mesh(), scene.condition("Stalled")), (theirs, "True Failed".to_owned()));
        assert!(scene.writes().iter().all(|write| write.contains("status of Release")));
        assert_eq!(scene.drive_with(FORCED).unwrap().unwrap(), End::Done);
        assert_eq!(scene.mesh(), ours);
        // Ours again: `--force` is not needed any more.
        assert_eq!(scene.drive(), End::Done);
    }
}

#[test]
fn what_has_our_name_and_is_not_ours_is_taken_over_by_force_alone() {
    let scene = Scene::new(&canary());
    scene.fake.put(&json!({
        "apiVersion": "networking.istio.io/v1alpha3", "kind": "EnvoyFilter",
        "metadata": { "namespace": "shop", "name": INSTALL }, "spec": { "priority": 7 },
    }));
    scene.apply();
    scene.forget();
    let refused = failure(&scene);
    let expected = format!(
        "EnvoyFilter shop/{INSTALL} exists already, and serin did not make it for this Release"
    );
    assert!(refused.starts_with(&expected), "{refused}");
    assert!(scene.mesh().is_empty(), "it is known before anything is applied");
    assert_eq!(scene.drive_with(FORCED).unwrap().unwrap(), End::Done);
    assert_eq!(scene.mesh().len(), 4);
}

#[test]
fn what_was_taken_away_or_emptied_comes_back() {
    let scene = Scene::applied(&canary());
    let ours = scene.mesh();
    for title in ours.keys() {
        let (kind, name) = title.split_once(" shop/").unwrap();
        scene.fake.remove(kind, name);
        assert_eq!(scene.drive(), End::Done);
        assert_eq!(scene.mesh(), ours, "{title}");
    }
    // Routes found no subsets until the DestinationRule was there again.
    let broken = std::mem::take(&mut scene.fake.world().broken);
    assert!(broken.iter().all(|what| what.contains("names `v1`")), "{broken:#?}");
}

#[test]
fn a_release_whose_fields_others_manage_is_applied_by_force_alone() {
    let mut scene = Scene::applied(&canary());
    scene.fake.edit("Release", "reviews", |value| value["spec"]["port"] = json!(9081));
    scene.release["spec"]["port"] = json!(9082);
    scene.forget();
    let refused = scene.try_apply(ApplyOptions::default()).unwrap().unwrap_err().to_string();
    assert!(
        refused.starts_with("`kubectl` manages fields of Release shop/reviews: .spec.port"),
        "{refused}"
    );
    assert!(scene.writes().is_empty());
    scene.try_apply(FORCED).unwrap().unwrap();
    assert_eq!(scene.drive(), End::Done);
    let release = scene.fake.find("Release", "reviews").unwrap();
    assert_eq!(release.number("/spec/port"), Some(9082));
}

#[test]
fn an_application_that_something_stands_in_the_way_of_is_refused_before_it_is_written() {
    let scene = Scene::new(&canary());
    let destination = json!({ "host": "reviews.shop.svc.cluster.local" });
    scene.fake.put(&json!({
        "apiVersion": "networking.istio.io/v1", "kind": "VirtualService",
        "metadata": { "namespace": "shop", "name": "theirs" },
        "spec": { "hosts": ["reviews"], "http": [{ "route": [{ "destination": destination }] }] },
    }));
    scene.forget();
    let refused = scene.try_apply(ApplyOptions::default()).unwrap().unwrap_err().to_string();
    assert!(refused.starts_with("VirtualService shop/theirs routes"), "{refused}");
    assert!(scene.writes().is_empty() && scene.fake.find("Release", "reviews").is_none());
}

/// A namespace has a say: whose proxies are to be attached.
#[test]
fn nothing_is_attached_to_proxies_of_a_namespace_that_does_not_consent() {
    let mut scene = Scene::applied(&canary());
    scene.release["spec"]["attach"] =
        json!([{ "sidecar": { "labels": { "app": "productpage" }, "namespace": "front" } }]);
    scene
        .fake
        .put(&json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": "front" } }));
    scene.forget();
    let refused = scene.try_apply(ApplyOptions::default()).unwrap().unwrap_err().to_string();
    assert!(
        refused.starts_with("the namespace front does not allow Releases of shop"),
        "{refused}"
    );
    assert!(scene.writes().is_empty());
    scene.fake.edit("Namespace", "front", |value| {
        value["metadata"]["annotations"] = json!({ "serin.dev/attach-from": "shop" });
    });
    scene.fake.world().istiod.proxy("productpage-2.front");
    scene.apply();
    assert_eq!(scene.drive(), End::Done);
    let spaces: Vec<String> =
        scene.mesh().into_keys().filter(|title| title.starts_with("EnvoyFilter")).collect();
    assert!(
        spaces.len() == 2 && spaces.iter().all(|title| title.contains(" front/")),
        "{spaces:?}"
    );
    scene.ask(start());
    assert_eq!(scene.drive(), End::AwaitingApproval);
    // It is withdrawn: no further, but back.
    scene.fake.edit("Namespace", "front", |value| value["metadata"]["annotations"] = json!({}));
    scene.ask(Verb::Approve);
    scene.patience = Some(Duration::from_secs(5));
    assert!(matches!(scene.drive(), End::TimedOut(_)));
    let told = scene.told();
    let note = "note: the namespace front does not allow Releases of shop";
    assert!(told.iter().any(|line| line.starts_with(note)), "{told:#?}");
    assert_eq!(scene.share(), 50);
    scene.ask(Verb::Rollback);
    assert_eq!(scene.drive(), End::Done);
    assert_eq!(scene.share(), 0);
}
