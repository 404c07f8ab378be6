//! A newer `serin` began the rollout: what it wrote, this one does not know all of.

use policy::rollout::{Phase, Traffic, Verb};
use serde_json::{Value, json};

use super::scene::*;
use crate::drive::End;
use crate::drive::cluster::ApplyOptions;

/// In the middle of a rollout, with this value at this place of the status.
fn written(pointer: &str, value: &Value) -> Scene {
    let scene = Scene::applied(&canary());
    scene.ask(start());
    assert_eq!(scene.drive(), End::AwaitingApproval);
    assert_eq!(scene.share(), 50);
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    scene.fake.edit_status("Release", "reviews", |status| {
        status.pointer_mut(parent).unwrap()[field] = value.clone();
    });
    scene.forget();
    scene
}

#[test]
fn what_is_unknown_of_a_state_does_not_block_the_way_back() {
    for (pointer, value, what) in [
        ("/state/phase", json!("Analyzing"), "unknown value `Analyzing`"),
        ("/state/at", json!({ "analyze": 3 }), "unknown value `analyze`"),
        ("/state/traffic", json!({ "doubled": "v2" }), "unknown value `doubled`"),
    ] {
        let scene = written(pointer, &value);
        // Nothing goes forward by it, and nothing is changed.
        for verb in [Verb::Approve, Verb::Promote(None), Verb::Pause, Verb::Resume, start()] {
            let refused = scene.try_ask(verb).unwrap().unwrap_err().to_string();
            let field = format!("a newer serin wrote `{}` of", pointer[1..].replace('/', "."));
            assert!(refused.contains(&field) && refused.contains(what), "{refused}");
            assert!(refused.contains("`serin rollback` works with either"), "{refused}");
        }
        assert!(scene.try_drive().unwrap().is_err());
        assert!(scene.try_apply(ApplyOptions::default()).unwrap().is_err());
        assert!(scene.writes().is_empty(), "{pointer}: {:?}", scene.writes());
        assert_eq!(scene.share(), 50);
        scene.ask(Verb::Rollback);
        assert_eq!(scene.drive(), End::Done);
        assert_eq!(
            (scene.phase(), scene.state().traffic, scene.share()),
            (Phase::RolledBack, Traffic::Stable, 0)
        );
    }
}

#[test]
fn what_is_rejected_goes_back_where_it_is_known_that_an_approval_is_waited_for() {
    let scene = written("/state/traffic", &json!({ "doubled": "v2" }));
    scene.ask(Verb::Reject);
    assert_eq!(scene.drive(), End::Done);
    assert_eq!((scene.phase(), scene.share()), (Phase::RolledBack, 0));
    let scene = written("/state/at", &json!({ "analyze": 3 }));
    assert!(scene.try_ask(Verb::Reject).unwrap().is_err());
    assert_eq!(scene.share(), 50);
}

/// It is not known whether what a newer one did has retired stable: a subset without pods gets no users.
#[test]
fn the_way_back_stays_closed_where_stable_serves_nobody() {
    let scene = written("/state/at", &json!({ "archive": "v1" }));
    scene.delete_deployment("v1");
    scene.fake.pass(std::time::Duration::from_secs(10));
    let refused = scene.try_ask(Verb::Rollback).unwrap().unwrap_err().to_string();
    assert!(refused.contains("v1"), "{refused}");
    assert_eq!(scene.share(), 50);
}

#[test]
fn what_is_rolling_back_by_a_newer_one_is_taken_to_its_end() {
    let scene = written("/state/at", &json!({ "analyze": 3 }));
    scene.fake.edit_status("Release", "reviews", |status| {
        status["state"]["phase"] = json!("RollingBack");
        status["state"]["traffic"] = json!({ "stable": {} });
    });
    scene.ask(Verb::Rollback);
    assert_eq!(scene.drive(), End::Done);
    assert_eq!((scene.phase(), scene.share()), (Phase::RolledBack, 0));
}

#[test]
fn unknown_fields_are_kept_wherever_it_goes() {
    let checks = json!([{ "metric": "errors" }]);
    for verb in [Verb::Approve, Verb::Rollback] {
        let scene = written("/state/checks", &checks);
        scene.fake.edit_status("Release", "reviews", |status| {
            status["dream"] = json!({ "score": 97 });
        });
        scene.ask(verb);
        scene.drive();
        let status = scene.live().object.status().clone();
        assert_eq!((&status["state"]["checks"], &status["dream"]["score"]), (&checks, &json!(97)));
    }
}

#[test]
fn unknown_options_of_the_mesh_let_nothing_go_forward_and_all_go_back() {
    let scene = written("/mesh/moduleMirrors", &json!(["a"]));
    let refused = scene.try_ask(Verb::Approve).unwrap().unwrap_err().to_string();
    assert!(
        refused.starts_with("unknown to this `serin`: `status.mesh.moduleMirrors` ("),
        "{refused}"
    );
    let failure = scene.try_drive().unwrap().unwrap_err().to_string();
    assert!(failure.contains("`serin rollback` works with either"), "{failure}");
    assert_eq!((scene.condition("Stalled"), scene.share()), ("True Failed".to_owned(), 50));
    scene.ask(Verb::Rollback);
    assert_eq!(scene.drive(), End::Done);
    let live = scene.live();
    assert_eq!((scene.phase(), scene.share()), (Phase::RolledBack, 0));
    assert_eq!(live.object.status()["mesh"]["moduleMirrors"], json!(["a"]));
}

/// Neither which route mode it is nor how it is rendered can be told: the filter's configuration changes all the same.
#[test]
fn options_of_the_mesh_that_cannot_be_read_do_not_block_the_way_back() {
    let scene = written("/mesh/route", &json!("waypoint"));
    assert!(scene.try_ask(Verb::Approve).unwrap().is_err());
    scene.ask(Verb::Rollback);
    assert_eq!(scene.drive(), End::Done);
    assert_eq!((scene.phase(), scene.share()), (Phase::RolledBack, 0));
    let told = scene.told();
    assert!(
        told.iter().any(|line| line.starts_with("note: ") && line.contains("waypoint")),
        "{told:#?}"
    );
}

#[test]
fn what_cannot_be_read_is_deleted_by_force_alone() {
    let scene = written("/state/phase", &json!("Analyzing"));
    let refused = scene.try_delete(ApplyOptions::default()).unwrap().unwrap_err().to_string();
    assert!(refused.contains("a newer serin wrote `state.phase`"), "{refused}");
    let forced = ApplyOptions { force: true, ..ApplyOptions::default() };
    assert!(scene.try_delete(forced).unwrap().unwrap());
    assert!(scene.mesh().is_empty() && scene.fake.find("Release", "reviews").is_none());
}
