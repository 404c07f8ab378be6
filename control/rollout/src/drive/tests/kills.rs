//! The driver is killed at every write, before it is done and after; its connection is lost, or writes are refused. The same
//! command run again gets to the same end, and meanwhile users never go back and forth.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use policy::rollout::{State, Verb};
use serde_json::{Value, json};

use super::scene::*;
use crate::drive::cluster::{ApplyOptions, Error};
use crate::drive::fake::Fate;

/// What a person does, and says again where it came to nothing.
#[derive(Clone, Debug)]
enum Act {
    Apply,
    Ask(Verb),
    Drive,
    Delete,
}

/// What it all comes to.
#[derive(Debug, PartialEq)]
struct Outcome {
    state: Option<State>,
    mesh: BTreeMap<String, Value>,
    verbs: Vec<String>,
    deployments: Vec<String>,
}

fn forward() -> Vec<Act> {
    let approve = || Act::Ask(Verb::Approve);
    vec![
        Act::Apply,
        Act::Drive,
        Act::Ask(start()),
        Act::Drive,
        approve(),
        Act::Drive,
        approve(),
        Act::Drive,
    ]
}

fn back() -> Vec<Act> {
    vec![
        Act::Apply,
        Act::Drive,
        Act::Ask(start()),
        Act::Drive,
        Act::Ask(Verb::Rollback),
        Act::Drive,
    ]
}

fn away() -> Vec<Act> {
    let mut acts = back();
    acts.push(Act::Delete);
    acts
}

/// Does it; whether it came to its end.
fn once(scene: &Scene, act: &Act) -> bool {
    match act {
        Act::Apply => {
            scene.try_apply(ApplyOptions::default()).is_some_and(|applied| applied.is_ok())
        }
        Act::Ask(verb) => scene.try_ask(verb.clone()).is_some_and(|asked| asked.is_ok()),
        Act::Drive => scene.try_drive().is_some_and(|driven| driven.is_ok()),
        Act::Delete => {
            scene.try_delete(ApplyOptions::default()).is_some_and(|deleted| deleted.is_ok())
        }
    }
}

/// Does all, each again where it came to nothing, with this fate of some writes; and how many writes there were.
fn play(
    acts: &[Act],
    fate: Option<&Fate>,
    is_met: fn(usize, usize) -> bool,
    position: usize,
) -> (Outcome, usize) {
    let scene = Scene::new(&canary());
    scene.fake.world().pods.startup = Duration::from_millis(600);
    let count = Arc::new(AtomicUsize::new(0));
    let (counter, fate) = (Arc::clone(&count), fate.cloned());
    scene.fake.on(move |request, _| {
        let is_met =
            request.is_write() && is_met(counter.fetch_add(1, Ordering::Relaxed), position);
        fate.clone().filter(|_| is_met)
    });
    let mut failures = 0;
    for act in acts {
        while !once(&scene, act) {
            failures += 1;
            assert!(failures < 50, "{act:?} comes to nothing again and again");
        }
    }
    let live = scene.try_live();
    let history = live.iter().flat_map(|live| live.status.history.clone());
    let outcome = Outcome {
        mesh: scene.mesh(),
        verbs: history.map(|entry| entry.verb).collect(),
        deployments: ["reviews-v1", "reviews-v2"]
            .into_iter()
            .filter(|name| scene.fake.find("Deployment", name).is_some())
            .map(str::to_owned)
            .collect(),
        state: live.and_then(|live| live.state),
    };
    scene.sound();
    (outcome, count.load(Ordering::Relaxed))
}

/// Every fate of every write comes to what no fate comes to.
fn at_every_write(acts: &[Act], fates: &[Fate]) {
    let (expected, writes) = play(acts, None, |_, _| false, 0);
    assert!(writes > 10, "{writes}");
    for fate in fates {
        for position in 0..writes {
            let (outcome, _) =
                play(acts, Some(fate), |write, position| write == position, position);
            assert_eq!(outcome, expected, "{fate:?} at write {position}");
        }
    }
}

/// The same, several in one go.
fn at_every_seventh_write(acts: &[Act], fates: &[Fate]) {
    let (expected, _) = play(acts, None, |_, _| false, 0);
    for fate in fates {
        for position in 0..7 {
            let (outcome, _) =
                play(acts, Some(fate), |write, position| write % 7 == position, position);
            assert_eq!(outcome, expected, "{fate:?} from write {position}");
        }
    }
}

fn refusals() -> [Fate; 2] {
    let object = || "Release shop/reviews".to_owned();
    [
        Fate::Refused(Error::Conflict { object: object() }),
        Fate::Refused(Error::Refused { object: object(), message: "a webhook says no".to_owned() }),
    ]
}

#[test]
fn killed_at_every_write_on_the_way_forward() {
    at_every_write(&forward(), &[Fate::Killed, Fate::KilledAfter]);
}

#[test]
fn killed_at_every_write_on_the_way_back() {
    at_every_write(&back(), &[Fate::Killed, Fate::KilledAfter]);
}

#[test]
fn killed_at_every_write_of_a_deletion() {
    at_every_write(&[Act::Apply, Act::Drive, Act::Delete], &[Fate::Killed, Fate::KilledAfter]);
}

#[test]
fn the_connection_is_lost_again_and_again() {
    let fates = [Fate::Lost, Fate::LostAfter];
    at_every_seventh_write(&forward(), &fates);
    at_every_seventh_write(&away(), &fates);
}

#[test]
fn writes_are_refused_again_and_again() {
    at_every_seventh_write(&forward(), &refusals());
    at_every_seventh_write(&away(), &refusals());
}

/// The next driver sees from the status that the last one ended in the middle.
#[test]
fn who_looks_at_the_status_after_a_kill_sees_what_is_at_work() {
    let scene = Scene::applied(&json!([{ "shift": { "v2": 10 } }, { "approve": {} }]));
    scene.ask(start());
    scene.fake.on(|request, _| {
        let is_met = request.is_write() && request.kind == "EnvoyFilter";
        is_met.then_some(Fate::Killed)
    });
    assert!(scene.try_drive().is_none());
    assert_eq!((scene.condition("Reconciling"), scene.share()), ("True Progressing".to_owned(), 0));
    assert!(scene.message().contains("v2 10 %"), "{}", scene.message());
}
