use serde_json::json;

use super::*;
use crate::drive::cluster::{MANAGER, Resource};

fn rule(spec: &Value) -> Object {
    Object::from(json!({
        "apiVersion": "networking.istio.io/v1", "kind": "DestinationRule",
        "metadata": { "namespace": "shop", "name": "a" },
        "spec": spec,
    }))
}

fn apply(fake: &Fake, spec: &Value, how: ApplyOptions) -> Result<Object, Error> {
    run(fake.apply(&Resource::DESTINATION_RULE, &rule(spec), how)).unwrap()
}

const HOW: ApplyOptions = ApplyOptions { force: false, dry_run: false };

#[test]
fn what_is_applied_is_ours_until_it_is_not_applied_any_more() {
    let fake = Fake::default();
    let first = apply(&fake, &json!({ "host": "a", "x": { "y": 1 } }), HOW).unwrap();
    assert_eq!((first.generation(), first.resource_version()), (Some(1), "1"));
    let same = apply(&fake, &json!({ "host": "a", "x": { "y": 1 } }), HOW).unwrap();
    assert_eq!(same, first, "nothing changed");
    let next = apply(&fake, &json!({ "host": "a" }), HOW).unwrap();
    assert_eq!(next.spec(), &json!({ "host": "a" }));
    assert_eq!((next.generation(), next.uid()), (Some(2), first.uid()));
    assert_eq!(next.value()["metadata"]["managedFields"], json!([{ "manager": MANAGER }]));
}

#[test]
fn fields_of_others_conflict_stay_and_can_be_taken_over() {
    let fake = Fake::default();
    apply(&fake, &json!({ "host": "a", "port": 1 }), HOW).unwrap();
    fake.edit("DestinationRule", "a", |value| {
        value["spec"]["port"] = json!(2);
        value["spec"]["more"] = json!({ "z": 1 });
    });
    let owned = apply(&fake, &json!({ "host": "a", "port": 1 }), HOW);
    let expected = Error::Owned {
        object: "DestinationRule shop/a".to_owned(),
        manager: "kubectl".to_owned(),
        fields: vec![".spec.port".to_owned()],
    };
    assert_eq!(owned, Err(expected));
    let forced = ApplyOptions { force: true, ..HOW };
    let taken = apply(&fake, &json!({ "host": "a", "port": 1 }), forced).unwrap();
    assert_eq!(taken.spec(), &json!({ "host": "a", "port": 1, "more": { "z": 1 } }));
    let mut exact = taken.clone();
    exact.value_mut()["spec"] = json!({ "host": "a", "port": 1 });
    let replaced = run(fake.replace(&Resource::DESTINATION_RULE, &exact, HOW)).unwrap().unwrap();
    assert_eq!(replaced.spec(), exact.spec());
    let late = run(fake.replace(&Resource::DESTINATION_RULE, &exact, HOW)).unwrap();
    assert!(matches!(late, Err(Error::Conflict { .. })), "{late:?}");
}

#[test]
fn a_dry_run_keeps_nothing_and_an_object_that_was_made_anew_is_another() {
    let fake = Fake::default();
    let tried = ApplyOptions { dry_run: true, ..HOW };
    apply(&fake, &json!({ "host": "a" }), tried).unwrap();
    assert!(fake.find("DestinationRule", "a").is_none());
    assert!(fake.world().writes.is_empty());
    let first = apply(&fake, &json!({ "host": "a" }), HOW).unwrap();
    run(fake.delete(&Resource::DESTINATION_RULE, &first, tried)).unwrap().unwrap();
    assert!(fake.find("DestinationRule", "a").is_some());
    run(fake.delete(&Resource::DESTINATION_RULE, &first, HOW)).unwrap().unwrap();
    run(fake.delete(&Resource::DESTINATION_RULE, &first, HOW)).unwrap().unwrap();
    apply(&fake, &json!({ "host": "a" }), HOW).unwrap();
    let other = run(fake.delete(&Resource::DESTINATION_RULE, &first, HOW)).unwrap();
    assert!(matches!(other, Err(Error::Conflict { .. })), "{other:?}");
}

#[test]
fn requests_are_refused_lost_or_never_answered() {
    let fake = Fake::default();
    let mut fates = vec![Fate::KilledAfter, Fate::Killed, Fate::LostAfter, Fate::Lost];
    fake.on(move |request, _| request.is_write().then(|| fates.pop()).flatten());
    let rule = rule(&json!({ "host": "a" }));
    let apply = || run(fake.apply(&Resource::DESTINATION_RULE, &rule, HOW));
    let is_there = || fake.find("DestinationRule", "a").is_some();
    assert!(matches!(apply(), Some(Err(Error::Unreachable { .. }))) && !is_there());
    assert!(matches!(apply(), Some(Err(Error::Unreachable { .. }))) && is_there());
    fake.remove("DestinationRule", "a");
    assert!(apply().is_none() && !is_there());
    assert!(apply().is_none() && is_there());
    assert!(apply().unwrap().is_ok());
}

#[test]
fn what_is_refused_is_not_done_and_what_must_hold_is_looked_at_after_each_write() {
    let fake = Fake::default();
    let rule = rule(&json!({ "host": "a" }));
    let apply = || run(fake.apply(&Resource::DESTINATION_RULE, &rule, HOW)).unwrap();
    let no =
        Error::Refused { object: "DestinationRule shop/a".to_owned(), message: "no".to_owned() };
    let refused = no.clone();
    fake.on(move |request, _| request.is_write().then(|| Fate::Refused(refused.clone())));
    assert_eq!(apply(), Err(no));
    assert!(fake.find("DestinationRule", "a").is_none());
    fake.off();
    let looks = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let seen = std::sync::Arc::clone(&looks);
    fake.always("it is looked at", move |_| {
        seen.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Ok(())
    });
    assert!(apply().is_ok());
    assert!(looks.load(std::sync::atomic::Ordering::Relaxed) > 0);
}

#[test]
fn pods_come_crash_roll_and_go() {
    let fake = Fake::default();
    let deployment = json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": { "namespace": "shop", "name": "reviews-v1" },
        "spec": { "replicas": 2, "template": {
            "metadata": { "labels": { "app": "reviews" } },
            "spec": { "containers": [{ "name": "app", "image": "reviews:1" }] },
        } },
    });
    fake.put(&deployment);
    fake.put(&json!({
        "apiVersion": "v1", "kind": "Service", "metadata": { "namespace": "shop", "name": "reviews" },
        "spec": { "selector": { "app": "reviews" } },
    }));
    let cluster: &dyn Cluster = &fake;
    let found = || run(cluster.deployment("shop", "reviews-v1")).unwrap().unwrap();
    let ready = || {
        let slices = run(cluster.endpoint_slices("shop", "reviews")).unwrap().unwrap();
        let pods = run(cluster.pods("shop")).unwrap().unwrap();
        crate::drive::cluster::endpoints::ready(&slices, &pods, &[])
    };
    assert!(!found().unwrap().is_settled());
    assert_eq!(ready(), 0);
    fake.pass(Duration::from_secs(3));
    assert!(found().unwrap().is_settled());
    assert_eq!(ready(), 2);
    // Pods that are lost are made anew.
    fake.world().pods.kill("reviews-v1");
    fake.pass(Duration::ZERO);
    assert_eq!(ready(), 0);
    fake.pass(Duration::from_secs(3));
    assert_eq!(ready(), 2);
    // Another image whose pods crash: the old ones stay.
    fake.world().pods.crashing.insert("reviews:2".to_owned());
    fake.edit("Deployment", "reviews-v1", |value| {
        value["spec"]["template"]["spec"]["containers"][0]["image"] = json!("reviews:2");
    });
    fake.pass(Duration::from_secs(10));
    let pods = run(cluster.pods("shop")).unwrap().unwrap();
    assert!(!found().unwrap().is_settled());
    assert!(found().unwrap().failing(&pods).unwrap().contains("CrashLoopBackOff"));
    assert_eq!(ready(), 2);
    let there = found().unwrap();
    run(cluster.delete_deployment(&there, HOW)).unwrap().unwrap();
    assert!(found().unwrap().is_going());
    assert_eq!(ready(), 0);
    fake.pass(Duration::from_secs(1));
    assert!(found().is_none());
}

#[test]
fn time_passes_for_who_sleeps_and_what_is_due_happens_meanwhile() {
    let fake = Fake::default();
    let second = Duration::from_secs(1);
    fake.after(second, |fake| fake.put(&rule(&json!({ "host": "a" })).into_value()));
    run(fake.sleep(second / 2)).unwrap();
    assert!(fake.find("DestinationRule", "a").is_none());
    run(fake.sleep(second)).unwrap();
    assert!(fake.find("DestinationRule", "a").is_some());
    assert_eq!(Clock::now(&fake).to_string(), "2026-11-21T10:00:01.5Z");
    assert_eq!(fake.uptime(), second * 3 / 2);
}

#[test]
fn proxies_have_what_was_written_after_a_while_or_reject_it() {
    let fake = Fake::default();
    fake.world().istiod.proxy("a.shop");
    apply(&fake, &json!({ "host": "a" }), HOW).unwrap();
    let seen = |fake: &Fake| {
        let known = run(fake.known()).unwrap().unwrap().concat().len();
        let proxy = run(fake.proxies(Some("shop"))).unwrap().unwrap().remove(0);
        let [_, _, exchange, _] = proxy.exchanges;
        (known, exchange.sent, exchange.acked, exchange.error)
    };
    let found = |known, sent: &str, acked: &str, error: &str| {
        (known, sent.to_owned(), acked.to_owned(), error.to_owned())
    };
    assert_eq!(seen(&fake), found(0, "0", "0", ""));
    fake.pass(Duration::from_millis(200));
    assert_eq!(seen(&fake), found(1, "1", "0", ""));
    fake.pass(Duration::from_millis(100));
    assert_eq!(seen(&fake), found(1, "1", "1", ""));
    let rejects = |_: &Object| Some("no such type".to_owned());
    fake.world().istiod.proxy("a.shop").rejects = Some(Box::new(rejects));
    assert_eq!(seen(&fake), found(1, "1", "before", "no such type"));
    fake.world().istiod.blind = Some("forbidden".to_owned());
    assert!(matches!(run(fake.known()).unwrap(), Err(Error::Blind { .. })));
}
