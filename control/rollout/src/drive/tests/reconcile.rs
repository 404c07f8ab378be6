//! What a controller does: alone, and beside another one.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use istio::render::mesh_options::MeshOptions;
use policy::rollout::{Phase, Verb};
use serde_json::{Value, json};

use super::scene::*;
use crate::drive::cluster::Error;
use crate::drive::fake::{self, Fate};
use crate::drive::reconcile::{FINALIZER, Outcome, Reconciler};
use crate::drive::{Compiler, Event, Failure};

/// Who acts.
pub(super) const CONTROLLER: &str = "system:serviceaccount:serin-system:serin-controller";

fn defaults() -> MeshOptions {
    MeshOptions::read(&json!({ "route": "matcher", "moduleFile": "/default.wasm" })).unwrap()
}

/// Looks at the Release once; none where the controller is killed.
pub(super) fn try_reconcile(
    scene: &Scene,
    defaults: Option<&MeshOptions>,
) -> Option<Result<Outcome, Failure>> {
    // Each time a new one: nothing is kept in memory.
    let compiler = Compiler::default();
    let rollout = rollout(&scene.fake, &compiler, &scene.analyzer);
    let reconciler = Reconciler { rollout, by: CONTROLLER, defaults };
    fake::run(reconciler.reconcile(&mut |event: Event| scene.tell(event)))
}

pub(super) fn reconcile(scene: &Scene) -> Outcome {
    try_reconcile(scene, None).unwrap().unwrap_or_else(|failure| panic!("{failure}"))
}

/// Looks at it, as time passes, until nothing is to be looked at again.
pub(super) fn settle(scene: &Scene) -> Outcome {
    for _ in 0..200 {
        match reconcile(scene) {
            Outcome::Rest(Some(again)) | Outcome::Waits(_, Some(again)) => {
                scene.fake.pass(again.max(Duration::from_millis(100)));
            }
            // What is watched changes as pods start.
            Outcome::Waits(waiting, None) if waiting.awaited() == crate::Awaited::Time => {
                scene.fake.pass(Duration::from_secs(1));
            }
            end => return end,
        }
    }
    panic!("it is looked at again and again")
}

pub(super) fn is_held(scene: &Scene) -> bool {
    let release = scene.fake.find("Release", "reviews").unwrap();
    release.list("/metadata/finalizers").iter().any(|finalizer| finalizer == FINALIZER)
}

#[test]
fn a_rollout_goes_on_without_the_command_that_began_it() {
    let scene = Scene::applied(&canary());
    scene.ask(start());
    assert!(
        matches!(settle(&scene), Outcome::Waits(waiting, None) if waiting.awaited() == crate::Awaited::Approval)
    );
    assert_eq!(scene.share(), 50);
    scene.ask(Verb::Approve);
    settle(&scene);
    scene.ask(Verb::Approve);
    assert_eq!(settle(&scene), Outcome::Rest(None));
    assert_eq!(scene.live().state.unwrap().phase, Phase::Completed);
}

#[test]
fn at_rest_nothing_is_written() {
    let scene = Scene::applied(&canary());
    settle(&scene);
    let writes = scene.fake.world().writes.len();
    for _ in 0..3 {
        assert_eq!(reconcile(&scene), Outcome::Rest(None));
    }
    assert_eq!(scene.fake.world().writes.len(), writes);
}

#[test]
fn a_candidate_that_loses_its_pods_is_rolled_back() {
    let scene = Scene::applied(&canary());
    scene.ask(start());
    settle(&scene);
    scene.delete_deployment("v2");
    scene.fake.pass(Duration::from_secs(5));
    settle(&scene);
    assert_eq!(scene.live().state.unwrap().phase, Phase::RolledBack);
    let last = scene.live().status.history.pop().unwrap();
    assert_eq!((last.by.as_str(), last.verb.as_str()), ("serin", "rollback"));
}

#[test]
fn a_release_of_kubectl_is_taken_up_with_the_options_of_the_controller() {
    let scene = Scene::new(&canary());
    scene.fake.put(&scene.release);
    // Without options of its own it says what is missing, once.
    assert_eq!(reconcile(&scene), Outcome::Rest(None));
    assert!(scene.message().contains("run `serin apply`"), "{}", scene.message());
    let writes = scene.fake.world().writes.len();
    assert_eq!(reconcile(&scene), Outcome::Rest(None));
    assert_eq!(scene.fake.world().writes.len(), writes);
    assert!(!is_held(&scene));
    let defaults = defaults();
    let taken = || try_reconcile(&scene, Some(&defaults)).unwrap().unwrap();
    for _ in 0..20 {
        if taken() == Outcome::Rest(None) {
            break;
        }
        scene.fake.pass(Duration::from_secs(2));
    }
    let live = scene.live();
    assert_eq!(live.status.mesh, Some(defaults.to_value()));
    assert_eq!(live.status.history[0].by, CONTROLLER);
    assert!(is_held(&scene));
    assert!(
        scene.fake.find("EnvoyFilter", "serin-reviews.shop").is_some() || !scene.mesh().is_empty()
    );
}

#[test]
fn what_a_person_wrote_of_a_release_is_never_changed() {
    let scene = Scene::applied(&canary());
    settle(&scene);
    let before = scene.fake.find("Release", "reviews").unwrap();
    scene.ask(start());
    settle(&scene);
    let after = scene.fake.find("Release", "reviews").unwrap();
    assert_eq!(before.spec(), after.spec());
    assert_eq!(before.generation(), after.generation());
}

/// The controller is killed at every write, before it is done and after, and another one goes on.
#[test]
fn killed_at_every_write() {
    let play = |fate: Option<Fate>, at: usize| {
        let scene = Scene::applied(&canary());
        scene.ask(start());
        let count = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&count);
        scene.fake.on(move |request, _| {
            let is_met = request.is_write() && counter.fetch_add(1, Ordering::Relaxed) == at;
            fate.clone().filter(|_| is_met)
        });
        for _ in 0..400 {
            match try_reconcile(&scene, None) {
                None | Some(Err(_)) => {}
                Some(Ok(Outcome::Rest(None))) => break,
                Some(Ok(Outcome::Waits(waiting, _)))
                    if waiting.awaited() == crate::Awaited::Approval =>
                {
                    break;
                }
                Some(Ok(_)) => scene.fake.pass(Duration::from_secs(1)),
            }
        }
        assert_eq!(scene.share(), 50, "write {at}");
        scene.sound();
        count.load(Ordering::Relaxed)
    };
    let writes = play(None, usize::MAX);
    assert!(writes > 5, "{writes}");
    for fate in [Fate::Killed, Fate::KilledAfter, Fate::Lost, Fate::LostAfter] {
        for at in 0..writes {
            play(Some(fate.clone()), at);
        }
    }
}

/// Two act at once, as if the Lease were no one's, and a person drives beside them.
#[test]
fn two_at_once_and_a_command_make_no_split_that_is_not_on_the_way() {
    let scene = Scene::applied(&canary());
    scene.ask(start());
    // In the middle of every third write of one the other makes a whole turn.
    let count = Arc::new(AtomicUsize::new(0));
    let (counter, other) = (Arc::clone(&count), scene.fake.clone());
    let is_inside = Arc::new(std::sync::atomic::AtomicBool::new(false));
    scene.fake.on(move |request, world| {
        let is_met = request.is_write() && counter.fetch_add(1, Ordering::Relaxed) % 3 == 0;
        if is_met && !is_inside.swap(true, Ordering::Relaxed) {
            let (other, is_inside) = (other.clone(), Arc::clone(&is_inside));
            world.soon(move |_| {
                let compiler = Compiler::default();
                let analyzer = analyzer(&other);
                let rollout = rollout(&other, &compiler, &analyzer);
                let reconciler = Reconciler { rollout, by: CONTROLLER, defaults: None };
                let _ = fake::run(reconciler.reconcile(&mut |_| {}));
                is_inside.store(false, Ordering::Relaxed);
            });
        }
        None
    });
    for _ in 0..100 {
        if matches!(try_reconcile(&scene, None), Some(Ok(Outcome::Waits(waiting, _))) if waiting.awaited() == crate::Awaited::Approval)
        {
            break;
        }
        scene.fake.pass(Duration::from_secs(1));
    }
    assert_eq!(scene.share(), 50);
    assert!(count.load(Ordering::Relaxed) > 3);
    scene.ask(Verb::Rollback);
    settle(&scene);
    assert_eq!(scene.live().state.unwrap().phase, Phase::RolledBack);
    assert_eq!(scene.share(), 0);
}

#[test]
fn an_api_server_that_is_away_is_asked_again_and_nothing_is_lost() {
    let scene = Scene::applied(&canary());
    scene.ask(start());
    settle(&scene);
    scene.fake.on(|_, _| Some(Fate::Lost));
    for _ in 0..5 {
        let failure = try_reconcile(&scene, None).unwrap().unwrap_err();
        assert!(matches!(failure, Failure::Cluster(Error::Unreachable { .. })), "{failure}");
    }
    scene.fake.off();
    scene.ask(Verb::Approve);
    settle(&scene);
    assert_eq!(scene.share(), 100);
}

#[test]
fn a_status_that_was_forged_is_mended() {
    let scene = Scene::applied(&canary());
    scene.ask(start());
    settle(&scene);
    scene.fake.edit_status("Release", "reviews", |status: &mut Value| {
        status["phase"] = json!("Completed");
        status["step"] = json!("9/9");
    });
    reconcile(&scene);
    let live = scene.live();
    assert_eq!(live.status.phase.unwrap().to_string(), "AwaitingApproval");
    assert_eq!(live.status.step.as_deref(), Some("3/6"));
}

/// After an outage of the API server istiod hears of endpoints late, and nothing tells when.
#[test]
fn what_istiod_has_heard_of_pods_that_are_gone_is_asked_again() {
    let scene = Scene::applied(&json!([{ "promote": "v2" }, { "retire": "v1" }]));
    let v1 = [("app", "reviews"), ("version", "v1")]
        .map(|(key, value)| (key.to_owned(), value.to_owned()));
    scene.fake.world().istiod.lingering.push((Duration::from_hours(1), v1.into()));
    scene.ask(start());
    let again = (0..200).find_map(|_| {
        let outcome = reconcile(&scene);
        scene.fake.pass(Duration::from_secs(1));
        let is_gone = scene.fake.find("Deployment", "reviews-v1").is_none();
        match outcome {
            Outcome::Waits(waiting, again) if is_gone && waiting.reason() == "Removing" => {
                Some(again)
            }
            _ => None,
        }
    });
    assert!(again.expect("it waits").is_some_and(|again| again <= Duration::from_secs(5)));
    // And goes on once it has heard.
    scene.fake.world().istiod.lingering.clear();
    settle(&scene);
    assert!(scene.mesh().is_empty());
}
