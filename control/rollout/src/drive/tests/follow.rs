//! Commands beside a controller: they record what is wanted and look on, and drive where it does not act.

use std::time::Duration;

use policy::rollout::{Phase, Verb};

use super::reconcile::{CONTROLLER, settle};
use super::scene::*;
use crate::drive::cluster::ApplyOptions;
use crate::drive::fake;
use crate::drive::lease::{Election, NAMESPACE};
use crate::drive::reconcile::Reconciler;
use crate::drive::{Compiler, End, Event};

/// A controller that acts, and looks at the Release every second for so long.
fn controller(scene: &Scene, length: Duration) {
    fn later(fake: &fake::Fake, left: u32) {
        if left == 0 {
            return;
        }
        fake.after(Duration::from_secs(1), move |fake| {
            let mut election = Election::new(fake, fake, NAMESPACE, "serin-controller-0");
            fake::run(election.attempt()).unwrap().unwrap();
            let compiler = Compiler::default();
            let analyzer = analyzer(fake);
            let rollout = rollout(fake, &compiler, &analyzer);
            let reconciler = Reconciler { rollout, by: CONTROLLER, defaults: None };
            let _ = fake::run(reconciler.reconcile(&mut |_| {}));
            later(fake, left - 1);
        });
    }
    let fake = &scene.fake;
    let mut election = Election::new(fake, fake, NAMESPACE, "serin-controller-0");
    fake::run(election.attempt()).unwrap().unwrap();
    later(fake, u32::try_from(length.as_secs()).unwrap());
}

#[test]
fn a_command_shows_what_a_controller_does_and_ends_as_if_it_drove() {
    let mut scene = Scene::applied(&canary());
    scene.controller = true;
    scene.patience = Some(Duration::from_mins(2));
    scene.ask(start());
    scene.forget();
    controller(&scene, Duration::from_mins(10));
    assert_eq!(scene.drive(), End::AwaitingApproval);
    let told = scene.told();
    assert_eq!(told[0], "note: the controller serin-controller-0 carries it out");
    assert!(told.iter().any(|line| line == "traffic: v2 50 %, the rest v1"), "{told:#?}");
    assert!(told.last().unwrap().contains("approv"), "{told:#?}");
    assert_eq!(scene.share(), 50);
}

#[test]
fn where_the_controller_is_gone_a_command_drives() {
    let mut scene = Scene::applied(&canary());
    scene.controller = true;
    scene.patience = Some(Duration::from_mins(2));
    scene.ask(start());
    scene.forget();
    controller(&scene, Duration::from_secs(3));
    assert_eq!(scene.drive(), End::AwaitingApproval);
    let told = scene.told();
    assert!(told.iter().any(|line| line.contains("is driven from here")), "{told:#?}");
    assert_eq!(scene.share(), 50);
}

#[test]
fn a_controller_that_does_nothing_is_waited_for_as_long_as_the_command_says() {
    let mut scene = Scene::applied(&canary());
    scene.controller = true;
    scene.patience = Some(Duration::from_secs(30));
    scene.ask(start());
    idle_controller(&scene);
    assert_eq!(scene.drive(), End::NotCarriedOut);
    assert_eq!(scene.share(), 0);
}

/// It renews its Lease, and does nothing else.
fn idle_controller(scene: &Scene) {
    fn later(fake: &fake::Fake) {
        fake.after(Duration::from_secs(3), |fake| {
            let mut election = Election::new(fake, fake, NAMESPACE, "serin-controller-0");
            fake::run(election.attempt()).unwrap().unwrap();
            later(fake);
        });
    }
    let mut election = Election::new(&scene.fake, &scene.fake, NAMESPACE, "serin-controller-0");
    fake::run(election.attempt()).unwrap().unwrap();
    later(&scene.fake);
}

#[test]
fn users_go_back_though_the_controller_does_nothing() {
    let mut scene = Scene::applied(&canary());
    scene.ask(start());
    settle(&scene);
    scene.controller = true;
    scene.patience = Some(Duration::from_mins(2));
    idle_controller(&scene);
    scene.ask(Verb::Rollback);
    assert_eq!(scene.drive(), End::Done);
    assert_eq!((scene.phase(), scene.share()), (Phase::RolledBack, 0));
}

#[test]
fn serin_delete_leaves_it_to_the_controller() {
    let scene = Scene::applied(&canary());
    settle(&scene);
    controller(&scene, Duration::from_mins(2));
    scene.deleted();
    scene.forget();
    let mut report = |event: Event| scene.tell(event);
    let how = ApplyOptions::default();
    let deleting = scene.rollout();
    let deleted = fake::run(deleting.delete_by_controller(NAMESPACE, how, &mut report));
    assert!(deleted.unwrap().unwrap());
    assert!(scene.fake.find("Release", "reviews").is_none() && scene.mesh().is_empty());
    let told = scene.told();
    assert_eq!(told[0], "note: the controller serin-controller-0 carries it out");
}

#[test]
fn serin_delete_says_what_is_in_the_way_before_it_leaves_it_to_the_controller() {
    let scene = Scene::applied(&canary());
    scene.ask(start());
    settle(&scene);
    controller(&scene, Duration::from_mins(2));
    let deleting = scene.rollout();
    let how = ApplyOptions::default();
    let refused = fake::run(deleting.delete_by_controller(NAMESPACE, how, &mut |_| {}));
    let refused = refused.unwrap().unwrap_err();
    assert!(refused.to_string().contains("in progress"), "{refused}");
    assert!(!scene.fake.find("Release", "reviews").unwrap().is_going());
}
