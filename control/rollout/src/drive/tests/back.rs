//! The way back with something in the way: ours changes first, and what hinders is told after.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use policy::rollout::{Phase, Verb};
use serde_json::{Value, json};

use super::scene::*;
use crate::drive::End;
use crate::drive::fake::Fate;

const INSTALL: &str = "EnvoyFilter shop/serin.shop.reviews.install.sidecar.app-productpage";

/// Half of the users are on v2.
fn halfway_there() -> Scene {
    let scene = Scene::applied(&canary());
    scene.ask(start());
    assert_eq!(scene.drive(), End::AwaitingApproval);
    assert_eq!(scene.share(), 50);
    scene
}

/// Half of the users are on v2, and then these objects come.
fn planted(objects: &[Value]) -> Scene {
    let scene = halfway_there();
    for object in objects {
        scene.fake.put(object);
    }
    scene.ask(Verb::Rollback);
    scene.forget();
    scene
}

fn object(kind: &str, namespace: &str, spec: &Value) -> Value {
    json!({
        "apiVersion": "networking.istio.io/v1", "kind": kind,
        "metadata": { "namespace": namespace, "name": "theirs" }, "spec": spec,
    })
}

fn labelled(mut object: Value, release: &str) -> Value {
    object["metadata"]["labels"] = json!({ "app.kubernetes.io/managed-by": "serin" });
    object["metadata"]["annotations"] = json!({ "serin.dev/release": release });
    object
}

/// Routes of a user's that do not follow decisions.
fn routes() -> Value {
    let route = json!({ "destination": { "host": "reviews.shop.svc.cluster.local" } });
    json!({ "hosts": ["reviews.shop.svc.cluster.local"], "http": [{ "route": [route] }] })
}

/// What it was rendered from is not known any more: it is to be applied again.
fn unstamp(object: &mut Value) {
    object["metadata"]["annotations"].as_object_mut().unwrap().remove("serin.dev/rendered");
}

#[test]
fn whatever_is_planted_meanwhile_all_users_get_stable_and_are_told_what_hinders() {
    let rule = json!({ "host": "reviews.shop.svc.cluster.local", "subsets": [{ "name": "v1" }] });
    for (objects, hindrance) in [
        (
            vec![object("VirtualService", "shop", &routes())],
            Some("VirtualService shop/theirs routes"),
        ),
        (
            vec![object("DestinationRule", "shop", &rule)],
            Some("DestinationRule shop/theirs cannot be woven into"),
        ),
        (
            vec![labelled(object("VirtualService", "shop", &routes()), "shop/other")],
            Some("the Release shop/other routes reviews.shop.svc.cluster.local already"),
        ),
        // Objects of namespaces that are no business of the Release, whatever is written on them.
        (
            vec![labelled(object("VirtualService", "elsewhere", &routes()), "shop/reviews")],
            Some("VirtualService elsewhere/theirs"),
        ),
        (
            vec![labelled(object("VirtualService", "elsewhere", &routes()), "shop/other")],
            Some("VirtualService elsewhere/theirs"),
        ),
        (vec![labelled(object("EnvoyFilter", "elsewhere", &json!({})), "shop/reviews")], None),
    ] {
        let scene = planted(&objects);
        assert_eq!(scene.drive(), End::Done, "{objects:?}");
        assert_eq!((scene.phase(), scene.share()), (Phase::RolledBack, 0), "{objects:?}");
        let told = scene.told();
        let position = |text: &str| told.iter().position(|line| line.contains(text));
        let changed = position(&format!("{INSTALL} changed")).unwrap();
        let ended = position("RolledBack").unwrap();
        assert!(changed < ended, "{told:#?}");
        let hinders = told.iter().find(|line| line.starts_with("note: "));
        match hindrance {
            Some(text) => assert!(hinders.is_some_and(|line| line.contains(text)), "{told:#?}"),
            None => assert_eq!(hinders, None),
        }
        // Ours first, before anything else in the mesh; what others have stays as it is.
        let writes = scene.writes();
        let first = writes.iter().find(|write| !write.contains("Release")).unwrap();
        assert_eq!(first, &format!("apply {INSTALL}"));
        for theirs in &objects {
            let kind = theirs["kind"].as_str().unwrap();
            assert_eq!(scene.fake.find(kind, "theirs").unwrap().spec(), &theirs["spec"]);
        }
    }
}

#[test]
fn on_a_hindered_way_back_objects_are_listed_once_a_look() {
    let scene = planted(&[object("VirtualService", "shop", &routes())]);
    let lists = Arc::<Mutex<Vec<String>>>::default();
    let kept = Arc::clone(&lists);
    scene.fake.on(move |request, _| {
        if request.verb == "list" {
            kept.lock().unwrap().push(request.kind.to_owned());
        }
        None
    });
    assert_eq!(scene.drive(), End::Done);
    let lists = lists.lock().unwrap();
    let count = |kind: &str| lists.iter().filter(|listed| *listed == kind).count();
    // Pods at every look of the driver, and once more what is in the mesh before it is changed.
    assert_eq!(count("EnvoyFilter"), count("Pod") + 1, "{lists:?}");
    // Users' own and ours.
    assert_eq!(count("VirtualService"), 2 * count("EnvoyFilter"), "{lists:?}");
}

#[test]
fn others_who_manage_fields_of_ours_do_not_keep_users_where_they_are() {
    let scene = planted(&[]);
    let name = INSTALL.split('/').nth(1).unwrap();
    scene.fake.edit("EnvoyFilter", name, |value| {
        value["metadata"]["labels"] = json!({});
        let patch = &mut value["spec"]["configPatches"][0]["patch"]["value"]["typed_config"];
        patch["config"]["fail_open"] = json!(true);
    });
    assert_eq!(scene.drive(), End::Done);
    assert_eq!((scene.phase(), scene.share()), (Phase::RolledBack, 0));
}

#[test]
fn what_may_not_be_seen_or_changed_does_not_keep_users_where_they_are() {
    for (verb, kind) in [
        ("list", "VirtualService"),
        ("list", "EnvoyFilter"),
        ("list", "WasmPlugin"),
        ("list", "EndpointSlice"),
        ("get", "Namespace"),
        ("apply", "VirtualService"),
    ] {
        let scene = planted(&[]);
        // Something beside the configuration is to be changed, too.
        scene.fake.edit("VirtualService", "serin-reviews", unstamp);
        scene.deny(verb, kind);
        let driven = scene.try_drive().unwrap();
        assert_eq!(scene.share(), 0, "{verb} {kind}: {driven:?}");
        match driven {
            Ok(end) => assert_eq!((end, scene.phase()), (End::Done, Phase::RolledBack)),
            Err(failure) => assert!(
                failure.to_string().contains(&format!("you are not allowed to {verb} {kind}")),
                "{failure}"
            ),
        }
        scene.fake.off();
        assert_eq!(scene.drive(), End::Done);
        assert_eq!(scene.phase(), Phase::RolledBack);
    }
}

/// A webhook is down, or the user may write the mesh and not the status.
#[test]
fn what_cannot_be_written_down_sends_users_back_all_the_same() {
    let scene = halfway_there();
    scene.deny("replace the status of", "Release");
    let refused = scene.try_back().unwrap().unwrap_err().to_string();
    assert!(refused.contains("you are not allowed to replace the status of Release"), "{refused}");
    assert_eq!(scene.share(), 0);
    assert!(scene.told().iter().any(|line| line.contains("the status does not say so")));
    scene.fake.off();
    scene.ask(Verb::Rollback);
    assert_eq!(scene.drive(), End::Done);
    assert_eq!((scene.phase(), scene.share()), (Phase::RolledBack, 0));
}

#[test]
fn neither_a_pause_nor_a_full_history_keeps_users_where_they_are() {
    let scene = halfway_there();
    for _ in 0..crate::history::KEPT {
        scene.ask(Verb::Pause);
        scene.ask(Verb::Resume);
    }
    scene.ask(Verb::Pause);
    assert_eq!(scene.live().status.history.len(), crate::history::KEPT);
    scene.ask(Verb::Rollback);
    assert_eq!(scene.drive(), End::Done);
    assert_eq!((scene.phase(), scene.share()), (Phase::RolledBack, 0));
    assert_eq!(scene.live().status.history.last().unwrap().verb, "rollback");
}

#[test]
fn one_failure_on_the_way_back_does_not_keep_the_rest_from_being_tried() {
    let scene = planted(&[]);
    for kind in ["VirtualService", "DestinationRule"] {
        scene.fake.edit(kind, "serin-reviews", unstamp);
    }
    scene.fake.on(move |request, _| {
        let is_met = request.is_write() && request.kind == "DestinationRule";
        is_met.then_some(Fate::Lost)
    });
    let failure = scene.try_drive().unwrap().unwrap_err().to_string();
    assert!(failure.contains("connection reset"), "{failure}");
    let writes = scene.writes();
    assert!(
        writes.iter().any(|write| write == "apply VirtualService shop/serin-reviews"),
        "{writes:#?}"
    );
    assert_eq!((scene.share(), scene.condition("Stalled")), (0, "True Failed".to_owned()));
}

/// The proxy has the old configuration, and nothing is left to be changed: the loop neither spins nor goes on for ever.
#[test]
fn a_stuck_proxy_on_the_way_back_is_waited_for_and_then_told() {
    for is_known in [true, false] {
        let scene = planted(&[]);
        if is_known {
            scene.fake.world().istiod.proxy("productpage-1.shop").is_stuck = true;
        } else {
            scene.fake.world().istiod.knows_after = Duration::from_hours(1);
        }
        // The driver before was killed just after the change.
        scene.fake.on(|request, _| {
            (request.is_write() && request.kind == "EnvoyFilter").then_some(Fate::KilledAfter)
        });
        assert!(scene.try_drive().is_none());
        scene.fake.off();
        assert_eq!(scene.share(), 0);
        let (begin, requests) = (scene.now(), scene.requests());
        let failure = scene.try_drive().unwrap().unwrap_err().to_string();
        let who = if is_known { "productpage-1.shop" } else { "istiod" };
        assert!(failure.contains(&format!("has not reached {who}")), "{failure}");
        let took = scene.now().saturating_sub(begin);
        assert!(took > Duration::from_secs(30) && took < Duration::from_mins(1), "{took:?}");
        assert!(scene.requests() - requests < 1000);
        assert_eq!(scene.phase(), Phase::RollingBack);
        scene.fake.world().istiod.proxy("productpage-1.shop").is_stuck = false;
        scene.fake.world().istiod.knows_after = Duration::from_millis(100);
        assert_eq!(scene.drive(), End::Done);
        assert_eq!(scene.phase(), Phase::RolledBack);
    }
}

/// istiod waits before it sends anything: who asks just after the command has ended gets stable.
#[test]
fn a_rollback_ends_when_istiod_has_sent_it() {
    let scene = planted(&[]);
    let delay = Duration::from_secs(4);
    scene.fake.world().istiod.sends_after = delay;
    scene.fake.world().istiod.takes_after = delay;
    // What was written before has arrived.
    scene.fake.pass(delay);
    let begin = scene.now();
    assert_eq!(scene.drive(), End::Done);
    let took = scene.now().saturating_sub(begin);
    assert!(took >= delay, "{took:?}");
    assert_eq!((scene.phase(), scene.share()), (Phase::RolledBack, 0));
}

#[test]
fn stable_that_serves_nobody_gets_nobody_back() {
    let mut scene = planted(&[]);
    scene.fake.world().pods.crashing.insert(OLD.to_owned());
    scene.patience = Some(Duration::from_secs(10));
    let End::TimedOut(waiting) = scene.drive() else { panic!("it went on") };
    assert!(waiting.message().text.starts_with("v1 is not ready"), "{:?}", waiting.message());
    assert_eq!(scene.share(), 50);
    scene.fake.world().pods.crashing.clear();
    assert_eq!(scene.drive(), End::Done);
    assert_eq!((scene.phase(), scene.share()), (Phase::RolledBack, 0));
}
