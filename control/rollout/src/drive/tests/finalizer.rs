//! A Release that is deleted while a controller acts is held until nothing is left that was made for it.

use super::reconcile::{is_held, reconcile, settle, try_reconcile};
use super::scene::*;
use crate::drive::cluster::{ApplyOptions, Resource};
use crate::drive::reconcile::Outcome;
use crate::drive::{Cluster, fake};

fn delete_release(scene: &Scene) {
    let cluster: &dyn Cluster = &scene.fake;
    let object = scene.fake.find("Release", "reviews").unwrap();
    fake::run(cluster.delete(&Resource::RELEASE, &object, ApplyOptions::default()))
        .unwrap()
        .unwrap();
}

#[test]
fn one_that_is_deleted_in_the_middle_goes_back_and_takes_everything_along() {
    let scene = Scene::applied(&canary());
    scene.ask(start());
    settle(&scene);
    assert_eq!(scene.share(), 50);
    delete_release(&scene);
    assert!(scene.fake.find("Release", "reviews").is_some(), "it is held");
    scene.deleted();
    assert_eq!(settle(&scene), Outcome::Gone);
    assert!(scene.fake.find("Release", "reviews").is_none());
    assert!(scene.mesh().is_empty(), "{:?}", scene.mesh());
    assert!(scene.fake.find("Deployment", "reviews-v2").is_none(), "serin made it");
    assert!(scene.fake.find("Deployment", "reviews-v1").is_some());
    assert_eq!(reconcile(&scene), Outcome::Gone);
}

#[test]
fn one_that_cannot_be_deleted_says_why_and_how_to_force_it() {
    let scene = Scene::applied(&canary());
    settle(&scene);
    scene.deny("delete", "VirtualService");
    delete_release(&scene);
    scene.deleted();
    let failure = try_reconcile(&scene, None).unwrap().unwrap_err();
    assert!(failure.to_string().contains("delete"), "{failure}");
    assert!(scene.message().contains("serin.dev/force-delete=true"), "{}", scene.message());
    scene.fake.off();
    assert_eq!(settle(&scene), Outcome::Gone);
}

#[test]
fn a_command_deletes_what_a_controller_held() {
    let scene = Scene::applied(&canary());
    settle(&scene);
    assert!(is_held(&scene));
    assert!(scene.try_delete(ApplyOptions::default()).unwrap().unwrap());
    assert!(scene.fake.find("Release", "reviews").is_none());
}
