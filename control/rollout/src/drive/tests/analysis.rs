//! Candidates that are judged while they are brought out.

use std::time::Duration;

use policy::rollout::{At, Phase, Verb};
use serde_json::{Value, json};

use super::reconcile::{reconcile, settle};
use super::scene::*;
use crate::drive::End;
use crate::drive::reconcile::Outcome;
use crate::{Awaited, DisplayPhase};

const MINUTE: Duration = Duration::from_mins(1);

/// Half of users get v2, which is judged by its errors for ten minutes.
fn steps(more: &Value) -> Value {
    let mut analyze = json!({ "for": "10m", "checks": [{ "errors": { "worseThanStable": {} } }] });
    for (key, value) in more.as_object().unwrap() {
        analyze[key] = value.clone();
    }
    json!([{ "shift": { "v2": 50 } }, { "analyze": analyze }, { "promote": "v2" }])
}

/// The rollout was started, and users make so many requests a second, of which so many of a thousand fail.
fn begun(steps: &Value, loads: [(u64, u64); 2]) -> Scene {
    let scene = Scene::applied(steps);
    scene.fake.put(&deployment("v2", 2, NEW));
    (0..2).for_each(|_| scene.fake.pass(Duration::from_secs(30)));
    load(&scene, loads);
    scene.ask(Verb::Start { image: None });
    scene
}

fn load(scene: &Scene, [(rate, failing), (rate_2, failing_2)]: [(u64, u64); 2]) {
    scene.fake.load("v1", rate, failing);
    scene.fake.load("v2", rate_2, failing_2);
}

/// The check of the status.
fn check(scene: &Scene) -> Value {
    let live = scene.live();
    live.object.value()["status"]["analysis"]["analyze"]["checks"][0].clone()
}

#[test]
fn a_candidate_that_fails_is_rolled_back_with_its_numbers() {
    let scene = begun(&steps(&json!({})), [(10, 1), (10, 50)]);
    assert!(matches!(scene.drive(), End::RolledBack(_)));
    assert_eq!(scene.phase(), Phase::RolledBack);
    let live = scene.live();
    let last = live.status.history.last().unwrap();
    assert_eq!((last.by.as_str(), last.verb.as_str()), ("serin", "rollback"));
    assert!(last.what.starts_with("v2 fails more often than v1: "), "{}", last.what);
    // What it was judged by stays, for those who are called at night.
    let check = check(&scene);
    assert_eq!(check["outcome"], "worse");
    let rate = check["candidate"]["percent"].as_f64().unwrap();
    assert!((4.0..6.0).contains(&rate), "{check}");
    assert!(check["worse"]["evidence"].as_f64() >= check["worse"]["limit"].as_f64(), "{check}");
    assert!(scene.now() < 10 * MINUTE, "it took all of the time: {:?}", scene.now());
}

#[test]
fn one_that_is_shown_to_be_healthy_goes_on_before_the_time_is_over() {
    let scene = begun(&steps(&json!({})), [(100, 2), (100, 2)]);
    assert_eq!(scene.drive(), End::Done);
    assert_eq!(scene.phase(), Phase::Completed);
    let told = scene.told().join("\n");
    let said = "the analysis is over: errors-worse-than-stable: healthy, v2 ";
    assert!(told.contains(said), "{told}");
    assert_eq!(check(&scene)["outcome"], "healthy");
}

#[test]
fn without_traffic_a_person_decides() {
    let mut scene = begun(&steps(&json!({})), [(10, 0), (0, 0)]);
    let begin = scene.now();
    assert_eq!(scene.drive(), End::AwaitingApproval);
    assert!(scene.now() >= begin + 10 * MINUTE);
    assert_eq!(scene.condition("Ready"), "True Inconclusive");
    assert_eq!(scene.live().status.phase, Some(DisplayPhase::AwaitingApproval));
    let message = scene.message();
    assert!(message.starts_with("the analysis is inconclusive: v2 got no requests"), "{message}");
    scene.ask(Verb::Approve);
    scene.for_people = false;
    assert_eq!(scene.drive(), End::Done);
    assert_eq!(scene.phase(), Phase::Completed);
}

#[test]
fn before_its_time_is_over_an_analysis_needs_no_person() {
    let scene = begun(&steps(&json!({})), [(1, 0), (1, 0)]);
    reconcile(&scene);
    assert_eq!(scene.live().status.phase, Some(DisplayPhase::Analyzing));
    let refused = scene.try_ask(Verb::Approve).unwrap().unwrap_err().to_string();
    assert!(refused.contains("no approval is pending"), "{refused}");
}

#[test]
fn what_is_not_seen_leads_nowhere() {
    for inconclusive in ["hold", "proceed", "rollback"] {
        let scene = begun(&steps(&json!({ "inconclusive": inconclusive })), [(10, 0), (10, 900)]);
        scene.fake.world().counters.away = Some("cannot reach Prometheus");
        assert_eq!(scene.drive(), End::AwaitingApproval, "{inconclusive}");
        assert_eq!(scene.share(), 50, "{inconclusive}");
        let told = scene.told().join("\n");
        assert!(told.contains("cannot reach Prometheus"), "{told}");
        let live = scene.live();
        let failure = live.object.value()["status"]["analysis"]["failure"].clone();
        assert_eq!(failure, "cannot reach Prometheus");
        // Once it is seen, it is judged: nobody has to come.
        scene.fake.world().counters.away = None;
        settle(&scene);
        assert_eq!(scene.phase(), Phase::RolledBack, "{inconclusive}");
    }
}

#[test]
fn what_is_inconclusive_goes_as_the_release_says() {
    for (inconclusive, phase) in [("proceed", Phase::Completed), ("rollback", Phase::RolledBack)] {
        let scene = begun(&steps(&json!({ "inconclusive": inconclusive })), [(10, 0), (0, 0)]);
        scene.drive();
        assert_eq!(scene.phase(), phase, "{inconclusive}");
    }
}

#[test]
fn a_dry_run_says_what_it_would_do() {
    let scene = begun(&steps(&json!({ "dryRun": true })), [(10, 1), (10, 50)]);
    assert_eq!(scene.drive(), End::Done);
    assert_eq!(scene.phase(), Phase::Completed);
    let told = scene.told().join("\n");
    assert!(told.contains("dry run: v2 is worse, and would be rolled back"), "{told}");
    assert!(told.contains("the analysis is over: errors-worse-than-stable: worse, "), "{told}");
}

#[test]
fn queries_are_asked_and_their_bounds_hold() {
    const QUERY: &str = "sum(queue)";
    let checks = json!({ "for": "2m", "checks": [{ "query": { "promql": QUERY, "atMost": 5 } }] });
    for (number, phase) in [(4.0, Phase::Completed), (5.5, Phase::RolledBack)] {
        let scene = begun(&steps(&checks), [(0, 0), (0, 0)]);
        scene.fake.world().counters.numbers.insert(QUERY, number);
        scene.drive();
        assert_eq!(scene.phase(), phase, "{number}");
        assert_eq!(check(&scene)["value"], number);
    }
    let scene = begun(&steps(&checks), [(0, 0), (0, 0)]);
    assert_eq!(scene.drive(), End::AwaitingApproval);
    assert!(scene.message().contains("a query returned no number"), "{}", scene.message());
}

#[test]
fn a_watch_leads_back_from_any_later_step() {
    let steps = json!([
        { "shift": { "v2": 10 } }, { "pause": { "for": "5m" } },
        { "shift": { "v2": 50 } }, { "approve": {} }, { "promote": "v2" },
    ]);
    for at in ["pause", "approve"] {
        let mut scene = Scene::new(&steps);
        scene.release["spec"]["rollout"]["watch"] =
            json!([{ "errors": { "worseThanStable": {} } }]);
        scene.apply();
        assert_eq!(scene.drive(), End::Done);
        scene.fake.put(&deployment("v2", 2, NEW));
        (0..2).for_each(|_| scene.fake.pass(Duration::from_secs(30)));
        load(&scene, [(10, 1), (10, 1)]);
        scene.ask(Verb::Start { image: None });
        if at == "approve" {
            assert_eq!(scene.drive(), End::AwaitingApproval);
        } else {
            let Outcome::Waits(waiting, again) = reconcile(&scene) else { panic!() };
            assert_eq!(waiting.awaited(), Awaited::Time);
            // Time that passes is looked at as often as metrics are read.
            let again = again.unwrap();
            assert!(again <= Duration::from_secs(15), "{again:?}");
        }
        load(&scene, [(10, 1), (10, 100)]);
        settle(&scene);
        assert_eq!(scene.phase(), Phase::RolledBack, "{at}");
        let live = scene.live();
        let last = live.status.history.last().unwrap();
        assert!(last.what.starts_with("v2 fails more often than v1: "), "{}", last.what);
    }
}

#[test]
fn the_status_is_written_at_decisions_and_twice_a_minute_at_most() {
    let scene = begun(&steps(&json!({ "every": "5s" })), [(1, 0), (1, 0)]);
    reconcile(&scene);
    scene.forget();
    let begin = scene.fake.world().counters.reads;
    for _ in 0..60 {
        reconcile(&scene);
        scene.fake.pass(Duration::from_secs(5));
    }
    let reads = scene.fake.world().counters.reads - begin;
    assert!((59..=61).contains(&reads), "{reads} reads in five minutes");
    let writes = scene.writes();
    assert!((9..=11).contains(&writes.len()), "{writes:?}");
}

#[test]
fn a_process_that_is_killed_leaves_what_was_counted_to_the_next() {
    let scene = begun(&steps(&json!({})), [(1, 0), (1, 0)]);
    let requests = |scene: &Scene| check(scene)["candidate"]["requests"].as_u64().unwrap();
    let (mut killed, mut counted) = (scene, 0);
    for _ in 0..6 {
        // Each lives for half a minute, and writes down what it saw at its end, or not.
        for _ in 0..3 {
            reconcile(&killed);
            killed.fake.pass(Duration::from_secs(15));
        }
        let now = requests(&killed);
        assert!(now >= counted, "{now} after {counted}");
        counted = now;
        killed.analyzer = analyzer(&killed.fake);
    }
    let state = killed.state();
    assert_eq!(state.at, At::Plan(1), "{}", killed.message());
    // 4.5 minutes of one request a second: nothing twice, and what lies between two processes is lost.
    assert!((60..=270).contains(&counted), "{counted}");
}

#[test]
fn the_next_start_is_not_judged_by_the_last() {
    let scene = begun(&steps(&json!({})), [(10, 1), (10, 50)]);
    assert!(matches!(scene.drive(), End::RolledBack(_)));
    load(&scene, [(100, 1), (100, 1)]);
    scene.ask(Verb::Start { image: None });
    assert_eq!(scene.live().status.analysis, None);
    assert_eq!(scene.drive(), End::Done);
    assert_eq!(scene.phase(), Phase::Completed);
}
