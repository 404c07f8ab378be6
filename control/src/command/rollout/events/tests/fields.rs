//! Each field of an event is in the help.

use super::*;

/// An event of each kind, with all that it can have.
fn all() -> Vec<Event> {
    let split = "v2 10 %, the rest v1".to_owned();
    let shares = [("v1".to_owned(), json!(90))].into();
    let of = || "v1".to_owned();
    let effects = [
        Effect::Applied,
        Effect::Changed,
        Effect::Removed,
        Effect::Created { of: of(), image: "a:2".to_owned() },
        Effect::Scaled { from: 1, to: 3 },
        Effect::Updated { of: of() },
    ];
    let text = || "text".to_owned();
    let notes = [
        Note::Already,
        Note::Approved(text()),
        Note::Definition(text()),
        Note::Dropped(text()),
        Note::Unknown(text()),
        Note::Blocked(text()),
        Note::Mesh(text()),
        Note::Led(text()),
        Note::RollingBack(Cause::NoEndpoints(SubsetId(1)).name(), text()),
        Note::Judged(text()),
        Note::Trial(text()),
        Note::Unchanged,
        Note::Deleted(Deleted::All),
        Note::Deleted(Deleted::Nothing),
    ];
    let Event::Waits(waiting) = not_ready(1) else { panic!() };
    let ends = [
        End::Done,
        End::RolledBack(text()),
        End::AwaitingApproval,
        End::Change(waiting.clone()),
        End::NotCarriedOut,
        End::TimedOut(waiting),
    ];
    // Those who add one add it above.
    for event in effects.iter().map(known_effect).chain(notes.iter().map(known_note)) {
        assert!(event);
    }
    let change = |effect| {
        let object = ObjectRef::new("Deployment", "a", "b");
        Event::Changed(Change { object, effect, dry_run: true })
    };
    let mut all = vec![
        state(Some(StepNumber { number: 2, of: 7 })),
        Event::Traffic(TrafficEvent { split, shares, mirrored: BTreeMap::default() }),
        left(90),
        not_ready(1),
    ];
    all.extend(effects.into_iter().map(change));
    all.extend(notes.into_iter().map(Event::Note));
    all.extend(ends.into_iter().map(|end| Event::End { end }));
    all
}

fn known_effect(effect: &Effect) -> bool {
    match effect {
        Effect::Applied
        | Effect::Changed
        | Effect::Removed
        | Effect::Created { .. }
        | Effect::Scaled { .. }
        | Effect::Updated { .. } => true,
    }
}

fn known_note(note: &Note) -> bool {
    match note {
        Note::Already
        | Note::Approved(_)
        | Note::Definition(_)
        | Note::Dropped(_)
        | Note::Unknown(_)
        | Note::Blocked(_)
        | Note::Mesh(_)
        | Note::Led(_)
        | Note::RollingBack(..)
        | Note::Judged(_)
        | Note::Trial(_)
        | Note::Unchanged
        | Note::Deleted(_) => true,
    }
}

/// Programs go by the help of `serin rollout run`.
#[test]
fn every_field_of_an_event_is_in_the_help() {
    let words: Vec<&str> = crate::help::EVENTS.split(|c: char| !c.is_alphanumeric()).collect();
    let expect = |word: &str| assert!(words.contains(&word), "the help has no `{word}`");
    for event in all() {
        let value = serde_json::to_value(&event).unwrap();
        for (key, value) in value.as_object().unwrap() {
            expect(key);
            // Names of kinds are for programs, too.
            if ["event", "change", "note", "end"].contains(&key.as_str()) {
                match value {
                    Value::Object(inner) => inner.keys().for_each(|key| expect(key)),
                    name => expect(name.as_str().unwrap()),
                }
            }
        }
    }
}
