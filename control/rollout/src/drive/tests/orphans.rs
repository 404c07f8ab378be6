//! What was made for a Release that is gone.

use policy::rollout::Verb;
use serde_json::json;

use super::delete::{HOW, delete, halfway, is_gone, planted};
use super::scene::*;
use crate::drive::cluster::Resource;

#[test]
fn what_was_made_goes_though_the_release_is_gone() {
    let scene = Scene::applied(&canary());
    scene.fake.remove("Release", "reviews");
    assert!(delete(&scene, HOW));
    assert!(is_gone(&scene));
    let scene = Scene::applied(&canary());
    scene.fake.remove("Release", "reviews");
    scene.fake.world().unknown_kinds.extend([Resource::RELEASE, Resource::WASM_PLUGIN]);
    assert!(delete(&scene, HOW));
    assert!(scene.mesh().is_empty());
}

#[test]
fn a_verb_says_what_a_release_that_is_gone_left() {
    let scene = halfway();
    scene.fake.remove("Release", "reviews");
    for verb in [Verb::Rollback, start(), Verb::Approve] {
        let message = scene.try_ask(verb).unwrap().unwrap_err().to_string();
        for expected in [
            "no Release shop/reviews, but",
            "VirtualService shop/serin-reviews",
            "`serin delete reviews`",
        ] {
            assert!(message.contains(expected), "{expected}: {message}");
        }
    }
    assert!(delete(&scene, HOW));
    let message = scene.try_ask(Verb::Rollback).unwrap().unwrap_err().to_string();
    assert_eq!(message, "there is no Release shop/reviews");
}

/// Labels can be written on any object: those in namespaces that have not let the Release in are not its own.
#[test]
fn what_only_says_that_it_is_ours_stays() {
    for is_release_there in [true, false] {
        let scene = Scene::applied(&canary());
        for (namespace, annotations) in
            [("elsewhere", json!({})), ("consenting", json!({ "serin.dev/attach-from": "shop" }))]
        {
            scene.fake.put(&json!({
                "apiVersion": "v1", "kind": "Namespace",
                "metadata": { "name": namespace, "annotations": annotations },
            }));
            scene.fake.put(&planted(namespace));
        }
        if !is_release_there {
            scene.fake.remove("Release", "reviews");
        }
        assert!(delete(&scene, HOW));
        let left = scene.mesh();
        assert_eq!(left.keys().collect::<Vec<_>>(), ["EnvoyFilter elsewhere/planted"]);
        let told = scene.told();
        let note = "note: EnvoyFilter elsewhere/planted stays: it belongs to the Release, but its namespace does not \
            allow the Release";
        assert_eq!(told.iter().filter(|line| *line == note).count(), 1, "{told:#?}");
        assert!(told.contains(&"EnvoyFilter consenting/planted removed".to_owned()), "{told:#?}");
    }
}
