//! What fails, and what comes of it.

use std::time::Duration;

use policy::rollout::{Phase, Traffic, Verb};
use serde_json::json;

use super::scene::*;
use crate::drive::cluster::{ApplyOptions, Error, Notice};
use crate::drive::fake::Fate;
use crate::drive::{End, Recorded};

const INSTALL: &str = "serin.shop.reviews.install.sidecar.app-productpage";

fn halfway() -> Scene {
    let scene = Scene::applied(&canary());
    scene.ask(start());
    assert_eq!(scene.drive(), End::AwaitingApproval);
    assert_eq!(scene.share(), 50);
    scene.forget();
    scene
}

fn failure(scene: &Scene) -> String {
    scene.try_drive().unwrap().unwrap_err().to_string()
}

#[test]
fn a_driver_whose_status_is_out_of_date_looks_again() {
    let scene = Scene::applied(&canary());
    scene.ask(start());
    let mut is_first = true;
    // Between the look and the write.
    scene.fake.on(move |request, world| {
        if request.verb == "replace the status of" && std::mem::take(&mut is_first) {
            let key = world.store.key("Release", "reviews");
            world.store.edit(&key, "kubectl", |value| {
                value["metadata"]["labels"] = json!({ "team": "a" });
            });
        }
        None
    });
    assert_eq!(scene.drive(), End::AwaitingApproval);
    let live = scene.live();
    assert_eq!((live.object.label("team"), scene.share()), (Some("a"), 50));
}

#[test]
fn what_another_says_in_the_middle_of_a_drive_holds_from_the_next_look() {
    for (verb, phase, end) in [
        (Verb::Pause, Phase::Paused, End::AwaitingApproval),
        (Verb::Rollback, Phase::RolledBack, End::Done),
    ] {
        let scene = Scene::applied(&canary());
        scene.ask(start());
        scene.ask_later(Duration::from_secs(2), verb);
        assert_eq!(scene.drive(), end);
        assert_eq!((scene.phase(), scene.share()), (phase, 0));
    }
}

#[test]
fn a_yes_to_one_step_is_no_yes_to_the_next() {
    let scene = halfway();
    let rollout = scene.rollout();
    let refused = crate::drive::fake::run(async {
        let approve = Verb::Approve.into();
        let first = rollout.propose(&approve, None).await.unwrap();
        assert_eq!(rollout.record(&first, "bob", None).await.unwrap(), Recorded::Written);
        assert_eq!(rollout.record(&first, "alice", None).await.unwrap(), Recorded::Again);
        rollout.propose(&approve, Some(&first)).await.unwrap_err().to_string()
    });
    assert_eq!(
        refused.unwrap(),
        "another user changed the Release first (approve by bob: approved step 3/6: v2 50 %, the rest v1; now step 4/6, \
         promote v2): nothing was changed (see `serin status reviews`)"
    );
}

#[test]
fn who_may_not_is_told_and_the_status_says_it() {
    let scene = Scene::applied(&canary());
    scene.ask(start());
    scene.deny("apply", "EnvoyFilter");
    assert_eq!(failure(&scene), "you are not allowed to apply EnvoyFilter (ask for it)");
    assert_eq!((scene.condition("Stalled"), scene.share()), ("True Failed".to_owned(), 0));
    assert_eq!(scene.message(), "you are not allowed to apply EnvoyFilter (ask for it)");
    scene.fake.off();
    assert_eq!(scene.drive(), End::AwaitingApproval);
    assert_eq!(
        (scene.condition("Stalled"), scene.share()),
        ("False AwaitingApproval".to_owned(), 50)
    );
}

#[test]
fn what_the_api_server_would_refuse_is_known_before_anything_is_changed() {
    let scene = halfway();
    scene.ask(Verb::Approve);
    let before = scene.mesh();
    scene.fake.on(|request, _| {
        let error = Error::Refused {
            object: "EnvoyFilter".to_owned(),
            message: "a webhook says no".to_owned(),
        };
        (request.dry_run && request.kind == "EnvoyFilter").then_some(Fate::Refused(error))
    });
    assert!(failure(&scene).contains("a webhook says no"));
    assert_eq!(scene.mesh(), before);
}

#[test]
fn a_server_that_is_away_for_a_while_ends_the_drive_and_loses_nothing() {
    let scene = Scene::applied(&canary());
    scene.ask(start());
    let mut requests = 0;
    scene.fake.on(move |_, _| {
        requests += 1;
        (30..200).contains(&requests).then_some(Fate::Lost)
    });
    let mut ends = Vec::new();
    while ends.len() < 200 {
        match scene.try_drive().unwrap() {
            Err(error) => ends.push(error.to_string()),
            Ok(end) => {
                assert_eq!(end, End::AwaitingApproval);
                break;
            }
        }
    }
    assert!(!ends.is_empty());
    assert!(ends.iter().all(|end| end.contains("the API server does not answer")), "{ends:#?}");
    assert_eq!(scene.share(), 50);
    let verbs: Vec<String> =
        scene.live().status.history.into_iter().map(|entry| entry.verb).collect();
    assert_eq!(verbs, ["apply", "start"]);
}

#[test]
fn pods_that_crash_get_nobody_and_those_that_crash_later_give_all_back() {
    let mut scene = Scene::applied(&canary());
    scene.fake.world().pods.crashing.insert(NEW.to_owned());
    scene.patience = Some(Duration::from_secs(30));
    scene.ask(start());
    let End::TimedOut(waiting) = scene.drive() else { panic!("it went on") };
    let text = waiting.message().line();
    assert!(text.starts_with("v2 is not ready, ") && text.contains("CrashLoopBackOff"), "{text}");
    assert_eq!((scene.state().traffic, scene.share()), (Traffic::Stable, 0));
    scene.fake.world().pods.crashing.clear();
    assert_eq!(scene.drive(), End::AwaitingApproval);
    assert_eq!(scene.share(), 50);
    scene.fake.world().pods.crashing.insert(NEW.to_owned());
    scene.forget();
    assert_eq!(scene.drive(), End::RolledBack("v2 has no ready endpoint left".to_owned()));
    assert_eq!((scene.phase(), scene.share()), (Phase::RolledBack, 0));
    let last = scene.live().status.history.pop().unwrap();
    assert_eq!((last.by.as_str(), last.verb.as_str()), ("serin", "rollback"));
    // The next driver has nothing to do.
    assert_eq!(scene.drive(), End::Done);
}

#[test]
fn users_stay_where_they_are_while_neither_subset_has_ready_pods() {
    let mut scene = halfway();
    scene.patience = Some(Duration::from_secs(10));
    for image in [OLD, NEW] {
        scene.fake.world().pods.crashing.insert(image.to_owned());
    }
    let End::TimedOut(waiting) = scene.drive() else { panic!("it went on") };
    assert!(waiting.message().text.starts_with("v2 is not ready"), "{:?}", waiting.message());
    assert_eq!(scene.share(), 50);
    assert!(scene.try_ask(Verb::Rollback).unwrap().is_err(), "stable has no pods");
    scene.fake.world().pods.crashing.remove(OLD);
    assert_eq!(scene.drive(), End::RolledBack("v2 has no ready endpoint left".to_owned()));
    assert_eq!(scene.share(), 0);
}

#[test]
fn a_proxy_that_rejects_what_it_is_sent_ends_the_drive_and_the_way_back_mends_it() {
    let mut scene = Scene::applied(&canary());
    scene.ask(start());
    scene.fake.world().istiod.proxy("productpage-1.shop").rejects = Some(Box::new(|object| {
        let is_bad =
            object.name() == INSTALL && object.spec().to_string().contains("\\\"v2\\\":50");
        is_bad.then(|| "no such subset".to_owned())
    }));
    let error = failure(&scene);
    assert!(
        error
            .starts_with("the proxy productpage-1.shop rejected its configuration: no such subset"),
        "{error}"
    );
    assert_eq!((scene.condition("Stalled"), scene.share()), ("True Failed".to_owned(), 50));
    // Nothing new is built on it: it may pass.
    scene.patience = Some(Duration::from_secs(5));
    assert!(matches!(scene.drive(), End::TimedOut(_)));
    assert!(scene.told().iter().any(|line| line.contains("no such subset")));
    scene.ask(Verb::Rollback);
    assert_eq!(scene.drive(), End::Done);
    assert_eq!((scene.phase(), scene.share()), (Phase::RolledBack, 0));
}

#[test]
fn proxies_that_are_slow_are_waited_for_and_those_that_are_stuck_end_the_drive() {
    let scene = Scene::applied(&canary());
    scene.fake.world().istiod.takes_after = Duration::from_secs(20);
    scene.ask(start());
    assert_eq!(scene.drive(), End::AwaitingApproval);
    scene.fake.world().istiod.takes_after = Duration::from_millis(300);
    scene.fake.world().istiod.proxy("productpage-1.shop").is_stuck = true;
    scene.ask(Verb::Approve);
    for _ in 0..2 {
        let begin = scene.fake.world().now;
        let error = failure(&scene);
        assert!(error.contains("has not reached productpage-1.shop"), "{error}");
        let took = scene.fake.world().now.saturating_sub(begin);
        assert!(took > Duration::from_secs(30) && took < Duration::from_mins(2), "{took:?}");
    }
    scene.fake.world().istiod.proxy("productpage-1.shop").is_stuck = false;
    assert_eq!(scene.drive(), End::AwaitingApproval);
    assert_eq!(scene.share(), 100);
}

#[test]
fn proxies_of_others_hold_nothing_up_for_long() {
    let scene = Scene::applied(&canary());
    scene.fake.world().istiod.proxy("ratings-1.elsewhere").is_stuck = true;
    scene.ask(start());
    assert_eq!(scene.drive(), End::AwaitingApproval);
    let told = scene.fake.world().notices.clone();
    let lagging = Notice::Lagging { proxies: vec!["ratings-1.elsewhere".to_owned()] };
    assert!(told.contains(&lagging), "{told:?}");
}

#[test]
fn where_istiod_cannot_be_asked_each_change_is_given_its_time() {
    let scene = Scene::applied(&canary());
    scene.fake.world().istiod.blind = Some("forbidden".to_owned());
    scene.ask(start());
    assert_eq!(scene.drive(), End::AwaitingApproval);
    assert_eq!(scene.share(), 50);
    let told = scene.fake.world().notices.clone();
    let blind = Notice::Blind { reason: "forbidden".to_owned(), wait: Duration::from_secs(5) };
    // Told by the command, and by the driver.
    assert_eq!(told, [blind.clone(), blind]);
}

#[test]
fn what_was_never_applied_is_not_driven() {
    let scene = Scene::new(&canary());
    assert!(failure(&scene).contains("there is no Release shop/reviews"));
    scene.fake.put(&scene.release);
    let expected =
        "the Release was not applied yet (run `serin apply FILE` with the file of `reviews`)";
    assert_eq!(failure(&scene), expected);
    assert!(scene.mesh().is_empty());
    let refused = scene.try_ask(start()).unwrap().unwrap_err().to_string();
    assert!(refused.contains("has not been applied with `serin apply` yet"), "{refused}");
}

#[test]
fn a_dry_run_changes_nothing() {
    let scene = halfway();
    scene.ask(Verb::Approve);
    scene.forget();
    let how = ApplyOptions { dry_run: true, ..ApplyOptions::default() };
    let (rollout, live) = (scene.rollout(), scene.live());
    let options =
        crate::drive::Options::read(live.status.mesh.as_ref(), crate::drive::Direction::Forward)
            .unwrap();
    let subject = live.subject(rollout.cluster, &options);
    let mut state = scene.state();
    state.traffic = Traffic::Only(policy::policy::SubsetId(1));
    let mut proxies =
        crate::drive::cluster::proxies::Proxies::new(&scene.fake, &scene.fake, subject.concerned());
    let mut told = Vec::new();
    let mut report = |event: crate::drive::Event| told.push(event.to_string());
    let action = policy::rollout::Action::Route;
    let done =
        crate::drive::perform::perform(&subject, &state, &action, how, &mut proxies, &mut report);
    crate::drive::fake::run(done).unwrap().unwrap();
    assert_eq!(told, [format!("EnvoyFilter shop/{INSTALL} would be changed")]);
    assert!(scene.writes().is_empty());
}
