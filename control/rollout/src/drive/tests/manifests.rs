//! Rendered files are applied and removed one after the other, each after the proxies have the one before.

use istio::render::Manifest;
use serde_json::{Value, json};

use super::scene::*;
use crate::drive::cluster::{ApplyOptions, Notice};
use crate::drive::manifests::{Manifests, Surplus};
use crate::drive::{Event, Failure, fake};

const HOW: ApplyOptions = ApplyOptions { force: false, dry_run: false };
const FORCED: ApplyOptions = ApplyOptions { force: true, dry_run: false };

fn manifest(number: u32, kind: &str, spec: &Value) -> Manifest {
    let version = if kind == "EnvoyFilter" { "v1alpha3" } else { "v1" };
    Manifest {
        file_name: format!("{number}-{}.yaml", kind.to_lowercase()),
        head: Vec::new(),
        body: json!({
            "apiVersion": format!("networking.istio.io/{version}"), "kind": kind,
            "metadata": {
                "namespace": "shop", "name": format!("serin-{number}"),
                "labels": { "app.kubernetes.io/managed-by": "serin" },
                "annotations": { "serin.dev/release": "shop/reviews" },
            },
            "spec": spec,
        }),
    }
}

fn rule(subsets: &[&str]) -> Manifest {
    let subsets: Vec<Value> = subsets.iter().map(|name| json!({ "name": name })).collect();
    manifest(10, "DestinationRule", &json!({ "host": "reviews", "subsets": subsets }))
}

fn switch(text: &str) -> Manifest {
    manifest(40, "EnvoyFilter", &json!({ "text": text }))
}

fn install() -> Manifest {
    manifest(30, "EnvoyFilter", &json!({ "text": "install" }))
}

fn apply(
    scene: &Scene,
    files: &[Manifest],
    how: ApplyOptions,
    surplus: Surplus,
) -> (Result<(), Failure>, Vec<String>) {
    let mut told = Vec::new();
    let mut report = |event: Event| told.push(event.to_string());
    let manifests = Manifests { cluster: &scene.fake, clock: &scene.fake, files };
    let done = fake::run(manifests.apply(how, surplus, &mut report)).unwrap();
    (done, told)
}

fn delete(
    scene: &Scene,
    files: &[Manifest],
    how: ApplyOptions,
) -> (Result<bool, Failure>, Vec<String>) {
    let mut told = Vec::new();
    let mut report = |event: Event| told.push(event.to_string());
    let manifests = Manifests { cluster: &scene.fake, clock: &scene.fake, files };
    let done = fake::run(manifests.delete(how, &mut report)).unwrap();
    (done, told)
}

#[test]
fn files_go_in_by_their_numbers_and_out_in_reverse() {
    let scene = Scene::new(&canary());
    let files = [switch("a"), rule(&["v1", "v2"]), install()];
    let (done, told) = apply(&scene, &files, ApplyOptions { dry_run: true, ..HOW }, Surplus::Named);
    done.unwrap();
    assert!(scene.mesh().is_empty() && told.len() == 3, "{told:#?}");
    let (done, told) = apply(&scene, &files, HOW, Surplus::Named);
    done.unwrap();
    assert_eq!(
        told,
        [
            "DestinationRule shop/serin-10 applied",
            "EnvoyFilter shop/serin-30 applied",
            "EnvoyFilter shop/serin-40 applied",
        ]
    );
    let (done, told) = apply(&scene, &files, HOW, Surplus::Named);
    done.unwrap();
    assert!(told.is_empty(), "{told:#?}");
    let (done, told) = delete(&scene, &files, HOW);
    assert!(done.unwrap());
    assert_eq!(
        told,
        [
            "EnvoyFilter shop/serin-40 removed",
            "EnvoyFilter shop/serin-30 removed",
            "DestinationRule shop/serin-10 removed",
        ]
    );
    assert!(!delete(&scene, &files, HOW).0.unwrap());
}

/// Proxies that take their time: what comes next waits for them.
#[test]
fn each_waits_for_the_proxies() {
    let scene = Scene::new(&canary());
    let delay = std::time::Duration::from_secs(7);
    scene.fake.world().istiod.takes_after = delay;
    let begin = scene.now();
    apply(&scene, &[rule(&["v1"]), install(), switch("a")], HOW, Surplus::Named).0.unwrap();
    assert!(
        scene.now().saturating_sub(begin) >= 3 * delay,
        "{:?}",
        scene.now().saturating_sub(begin)
    );
}

/// An istiod that takes its time before it sends anything: the first change waits as long as the others.
#[test]
fn each_waits_for_istiod_to_send_it() {
    let scene = Scene::new(&canary());
    let delay = std::time::Duration::from_secs(4);
    scene.fake.world().istiod.sends_after = delay;
    scene.fake.world().istiod.takes_after = delay;
    let files = [rule(&["v1"]), install(), switch("a")];
    let begin = scene.now();
    apply(&scene, &files, HOW, Surplus::Named).0.unwrap();
    let applied = scene.now();
    assert!(delete(&scene, &files, HOW).0.unwrap());
    for took in [applied.saturating_sub(begin), scene.now().saturating_sub(applied)] {
        assert!(took >= 3 * delay, "{took:?}");
    }
}

/// Who is waited for is told once a change.
#[test]
fn who_is_waited_for_is_told() {
    let scene = Scene::new(&canary());
    scene.fake.world().istiod.takes_after = std::time::Duration::from_secs(7);
    apply(&scene, &[install(), switch("a")], HOW, Surplus::Named).0.unwrap();
    let waiting = |name: &str| Notice::Waiting {
        proxies: vec!["productpage-1.shop".to_owned()],
        what: format!("EnvoyFilter shop/{name}"),
    };
    assert_eq!(scene.fake.world().notices, [waiting("serin-30"), waiting("serin-40")]);
}

#[test]
fn a_subset_goes_after_the_routes_to_it() {
    let scene = Scene::new(&canary());
    apply(&scene, &[rule(&["v1", "v2"]), switch("a")], HOW, Surplus::Named).0.unwrap();
    let (done, told) = apply(&scene, &[rule(&["v1", "v3"]), switch("b")], HOW, Surplus::Named);
    done.unwrap();
    assert_eq!(
        told,
        [
            "DestinationRule shop/serin-10 changed",
            "EnvoyFilter shop/serin-40 changed",
            "DestinationRule shop/serin-10 changed",
        ]
    );
    let subsets = scene.mesh()["DestinationRule shop/serin-10"]["subsets"].clone();
    assert_eq!(subsets, json!([{ "name": "v1" }, { "name": "v3" }]));
}

#[test]
fn what_is_no_longer_rendered_is_named_and_pruned() {
    let scene = Scene::new(&canary());
    apply(&scene, &[install(), switch("a")], HOW, Surplus::Named).0.unwrap();
    let (done, told) = apply(&scene, &[install()], HOW, Surplus::Named);
    done.unwrap();
    let note = "note: EnvoyFilter shop/serin-40 is in the mesh and not among the files: `--prune` removes it";
    assert_eq!(told, [note]);
    let (done, told) = apply(&scene, &[install()], HOW, Surplus::Removed);
    done.unwrap();
    assert_eq!(told, ["EnvoyFilter shop/serin-40 removed"]);
}

#[test]
fn what_others_made_or_need_is_changed_by_force_alone() {
    let scene = Scene::new(&canary());
    let mut theirs = install().body;
    theirs["metadata"]["annotations"] = json!({});
    scene.fake.put(&theirs);
    let refused =
        apply(&scene, &[rule(&["v1"]), install()], HOW, Surplus::Named).0.unwrap_err().to_string();
    assert!(refused.contains("EnvoyFilter shop/serin-30 exists already"), "{refused}");
    assert!(scene.mesh().is_empty(), "nothing is half-applied");
    let (done, told) = delete(&scene, &[install()], HOW);
    assert!(!done.unwrap() && told[0].contains("was not rendered for the Release"), "{told:#?}");
    apply(&scene, &[rule(&["v1"]), install()], FORCED, Surplus::Named).0.unwrap();
    scene.fake.put(&json!({
        "apiVersion": "networking.istio.io/v1", "kind": "VirtualService",
        "metadata": { "namespace": "shop", "name": "theirs" },
        "spec": { "hosts": ["reviews"], "http": [{ "route": [
            { "destination": { "host": "reviews", "subset": "v1" } },
        ] }] },
    }));
    let refused = delete(&scene, &[rule(&["v1"])], HOW).0.unwrap_err().to_string();
    assert!(refused.contains("VirtualService shop/theirs leads to the subset `v1`"), "{refused}");
    let trial = ApplyOptions { dry_run: true, ..FORCED };
    assert!(delete(&scene, &[rule(&["v1"])], trial).0.unwrap());
    scene.fake.remove("VirtualService", "theirs");
    assert!(delete(&scene, &[rule(&["v1"]), install()], HOW).0.unwrap());
}

#[test]
fn what_proxies_reject_ends_it() {
    let scene = Scene::new(&canary());
    scene.fake.world().istiod.proxy("productpage-1.shop").rejects =
        Some(Box::new(|object| (object.name() == "serin-30").then(|| "bad module".to_owned())));
    let files = [rule(&["v1"]), install(), switch("a")];
    let (done, told) = apply(&scene, &files, HOW, Surplus::Named);
    assert!(done.unwrap_err().to_string().contains("bad module"));
    assert!(!told.iter().any(|line| line.contains("serin-40")), "{told:#?}");
}

#[test]
fn objects_that_are_there_are_waited_for() {
    let scene = Scene::new(&canary());
    let files = [rule(&["v1"])];
    let manifests = Manifests { cluster: &scene.fake, clock: &scene.fake, files: &files };
    let missing = fake::run(manifests.wait()).unwrap().unwrap_err().to_string();
    assert!(missing.contains("there is no DestinationRule shop/serin-10"), "{missing}");
    scene.fake.world().istiod.takes_after = std::time::Duration::from_secs(3);
    scene.fake.put(&files[0].body);
    let begin = scene.now();
    fake::run(manifests.wait()).unwrap().unwrap();
    assert!(scene.now().saturating_sub(begin) >= std::time::Duration::from_secs(3));
}
