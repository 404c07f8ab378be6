use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::DisplayPhase;
use crate::drive::event::StateEvent;
use crate::drive::fake::{self, Fake, Fate};

use super::*;

fn occurrence(note: &str) -> Occurrence {
    Occurrence {
        namespace: "shop".to_owned(),
        name: "frontend".to_owned(),
        uid: "7f3a".to_owned(),
        severity: Severity::Warning,
        reason: "Failed".to_owned(),
        note: note.to_owned(),
    }
}

fn record(recorder: &mut Recorder, fake: &Fake, note: &str) -> Result<(), Error> {
    let occurrence = occurrence(note);
    fake::run(recorder.record(fake, fake, &occurrence)).unwrap()
}

fn events(fake: &Fake) -> Vec<Object> {
    fake.world().store.list(Resource::EVENT.kind, Some("shop"))
}

#[test]
fn an_event_has_all_that_the_api_server_asks_for() {
    let fake = Fake::default();
    let mut recorder = Recorder::new("serin-controller-1");
    let long = "ä".repeat(2000);
    record(&mut recorder, &fake, &long).unwrap();
    let event = &events(&fake)[0];
    assert_eq!(event.text("/regarding/kind"), "Release");
    assert_eq!(event.text("/regarding/apiVersion"), "serin.dev/v1alpha1");
    assert_eq!(event.text("/regarding/uid"), "7f3a");
    assert_eq!(event.text("/regarding/namespace"), event.namespace());
    assert_eq!(event.text("/type"), "Warning");
    assert_eq!(event.text("/reason"), "Failed");
    assert_eq!(event.text("/reportingInstance"), "serin-controller-1");
    assert!(event.name().starts_with("frontend."), "{}", event.name());
    for field in ["/eventTime", "/reportingController", "/action"] {
        assert!(!event.text(field).is_empty(), "{field}");
    }
    assert_eq!(event.text("/note").len(), NOTE);
}

#[test]
fn what_happens_again_and_again_is_one_event_that_counts() {
    let fake = Fake::default();
    let mut recorder = Recorder::new("a");
    for _ in 0..100 {
        record(&mut recorder, &fake, "the registry is away").unwrap();
        fake.pass(Duration::from_secs(1));
    }
    record(&mut recorder, &fake, "something else").unwrap();
    let found = events(&fake);
    assert_eq!(found.len(), 2);
    let is_series = |event: &&Object| event.number("/series/count").is_some();
    let series = found.iter().find(is_series).unwrap();
    assert_eq!(series.text("/note"), "the registry is away");
    assert!(series.number("/series/count") >= Some(60), "{series:?}");
    fake.pass(Duration::from_mins(10));
    record(&mut recorder, &fake, "the registry is away").unwrap();
    assert_eq!(events(&fake).len(), 3);
}

#[test]
fn a_release_with_other_words_each_time_is_cut_short() {
    let fake = Fake::default();
    let mut recorder = Recorder::new("a");
    for number in 0..200 {
        record(&mut recorder, &fake, &format!("failure {number}")).unwrap();
        fake.pass(Duration::from_millis(1));
    }
    assert_eq!(events(&fake).len(), 25);
    fake.pass(Duration::from_secs(41));
    for number in 200..300 {
        record(&mut recorder, &fake, &format!("failure {number}")).unwrap();
        fake.pass(Duration::from_millis(1));
    }
    assert_eq!(events(&fake).len(), 27);
}

#[test]
fn who_may_not_write_events_asks_no_more() {
    let fake = Fake::default();
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    fake.on(move |request, _| {
        (request.kind == "Event").then(|| {
            counted.fetch_add(1, Ordering::Relaxed);
            Fate::Refused(Error::Forbidden {
                verb: "create",
                resource: "events.events.k8s.io".to_owned(),
                namespace: Some("shop".to_owned()),
                help: String::new(),
            })
        })
    });
    let mut recorder = Recorder::new("a");
    assert!(record(&mut recorder, &fake, "one").is_err());
    for note in ["one", "two", "three"] {
        assert!(record(&mut recorder, &fake, note).is_ok());
    }
    assert_eq!(count.load(Ordering::Relaxed), 1);
    fake.off();
    fake.pass(REFUSED);
    record(&mut recorder, &fake, "one").unwrap();
    assert_eq!(events(&fake).len(), 1);
}

#[test]
fn the_reason_of_a_state_is_its_phase() {
    let state =
        |phase, what: &str| Event::State(StateEvent { phase, step: None, what: what.to_owned() });
    for (event, expected) in [
        (
            state(DisplayPhase::AwaitingApproval, "v2 10 %"),
            Some((Severity::Normal, "AwaitingApproval", "v2 10 %")),
        ),
        (
            state(DisplayPhase::RollingBack, "to stable"),
            Some((Severity::Warning, "RollingBack", "to stable")),
        ),
        (
            Event::Note(Note::Blocked("no module".to_owned())),
            Some((Severity::Warning, "Blocked", "no module")),
        ),
        (Event::Note(Note::Already), None),
    ] {
        let expected =
            expected.map(|(kind, reason, note)| (kind, reason.to_owned(), note.to_owned()));
        assert_eq!(told(&event), expected);
    }
}
