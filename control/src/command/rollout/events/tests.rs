mod fields;

use std::collections::BTreeMap;
use std::time::Duration;

use document::report::Data;
use policy::policy::SubsetId;
use policy::rollout::{Cause, Wait};
use policy::{Checked, Node, Path, Problems};
use rollout::drive::End;
use rollout::drive::event::{Change, Deleted, Effect, ObjectRef, TrafficEvent};
use rollout::{DisplayPhase, StepNumber, Wording};
use serde_json::{Value, json};

use super::*;

fn release() -> Checked {
    let subset = |name: &str| json!({"name": name, "labels": {"version": name}, "workload": {"deployment": name}});
    let release = json!({
        "apiVersion": "serin.dev/v1alpha1", "kind": "Release",
        "metadata": {"name": "reviews"},
        "spec": {
            "host": "reviews", "stable": "v1", "subsets": [subset("v1"), subset("v2")],
            "identity": [{"cookie": "id"}],
            "rollout": {"candidate": "v2", "steps": [{"shift": {"v2": 10}}, {"approve": {"timeout": "1h"}}]},
        },
    });
    let node: Node = serde_json::from_value(release).unwrap();
    policy::check(&node, &Path::root(), &mut Problems::default()).unwrap()
}

fn waits(wait: &Wait) -> Event {
    let release = release();
    Event::Waits(Wording { policy: &release.policy, plan: &release.plan }.waiting(wait))
}

fn not_ready(subset: usize) -> Event {
    waits(&Wait::NotReady(SubsetId(subset), None))
}

fn left(seconds: u64) -> Event {
    waits(&Wait::Approval(Some(Duration::from_secs(seconds))))
}

const JSON: Format = Format::Data(Data::Json);

fn printed(format: Format, events: &[Event]) -> Vec<String> {
    let mut printer = Printer::new(ObjectFormat::Whole(format), "reviews");
    events
        .iter()
        .filter_map(|event| printer.text(event))
        .map(|text| text.trim_end().to_owned())
        .collect()
}

fn state(step: Option<StepNumber>) -> Event {
    let what = "shift v2 10 %".to_owned();
    Event::State(StateEvent { phase: DisplayPhase::Progressing, step, what })
}

#[test]
fn a_line_says_what_happened() {
    let change = |effect, dry_run| {
        let object = ObjectRef::new("Deployment", "a", "b");
        Event::Changed(Change { object, effect, dry_run })
    };
    let made = Effect::Created { of: "c".to_owned(), image: "d:2".to_owned() };
    let failing = Wait::NotReady(SubsetId(1), Some("no ready\nendpoint".to_owned()));
    let split = "v2 10 %, the rest v1".to_owned();
    let lines = printed(
        Format::Text,
        &[
            state(Some(StepNumber { number: 2, of: 7 })),
            state(None),
            change(Effect::Removed, false),
            change(Effect::Scaled { from: 1, to: 3 }, true),
            change(made, false),
            waits(&failing),
            waits(&Wait::PlanChanged),
            Event::Traffic(TrafficEvent { split, ..TrafficEvent::default() }),
            Event::Note(Note::Already),
            Event::End { end: End::Done },
        ],
    );
    assert_eq!(
        lines,
        [
            "Progressing 2/7: shift v2 10 %",
            "Progressing: shift v2 10 %",
            "  Deployment a/b removed",
            "  Deployment a/b would be scaled from 1 to 3",
            "  Deployment a/b created from c with the image d:2",
            "  waiting: v2 is not ready, no ready\n    endpoint: fix it, or run `serin rollback reviews`",
            "  the plan changed since the rollout started: apply the previous plan again, or run `serin rollback reviews`",
            "  traffic: v2 10 %, the rest v1",
            "  note: already as requested",
        ]
    );
}

/// Repeats were once found by a sentence without its digits.
#[test]
fn waits_that_differ_only_in_a_number_are_all_printed() {
    let events = [not_ready(0), not_ready(1), not_ready(1), not_ready(0)];
    assert_eq!(
        printed(Format::Text, &events),
        ["  waiting: v1 is not ready", "  waiting: v2 is not ready", "  waiting: v1 is not ready"]
    );
    let lines = printed(JSON, &events);
    let subsets: Vec<Value> = lines
        .iter()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["subset"].take())
        .collect();
    assert_eq!(subsets, ["v1", "v2", "v1"]);
    let unknown = |number: u32| Event::Note(Note::Unknown(format!("{number} pods are unknown")));
    for format in [Format::Text, JSON] {
        assert_eq!(printed(format, &[unknown(1), unknown(2), unknown(1)]).len(), 2);
    }
}

#[test]
fn a_count_down_is_printed_once() {
    for format in [Format::Text, JSON] {
        let lines =
            printed(format, &[left(3600), left(3599), left(2), waits(&Wait::Paused), left(1)]);
        assert_eq!(lines.len(), 3, "{lines:?}");
    }
    // A new state is a reason to say it again.
    let lines = printed(Format::Text, &[left(3), state(None), left(2)]);
    assert_eq!(lines.len(), 3, "{lines:?}");
    let without = waits(&Wait::Approval(None));
    assert_eq!(printed(Format::Text, &[left(3), without]).len(), 2);
}

/// Programs go by these names.
#[test]
fn in_json_an_event_has_its_values_and_its_words() {
    let json = |event: &Event| {
        let mut line = printed(JSON, std::slice::from_ref(event));
        serde_json::from_str::<Value>(&line.remove(0)).unwrap()
    };
    assert_eq!(
        json(&state(Some(StepNumber { number: 2, of: 7 }))),
        json!({"event": "state", "phase": "Progressing", "step": "2/7", "what": "shift v2 10 %"})
    );
    let split = "v2 10 %, the rest v1".to_owned();
    let shares = [("v1".to_owned(), json!(90)), ("v2".to_owned(), json!(10))].into();
    assert_eq!(
        json(&Event::Traffic(TrafficEvent { split, shares, ..TrafficEvent::default() })),
        json!({"event": "traffic", "split": "v2 10 %, the rest v1", "shares": {"v1": 90, "v2": 10}})
    );
    let copied = TrafficEvent {
        split: "all v1, 5 % mirrored to v2".to_owned(),
        shares: [("v1".to_owned(), json!(100))].into(),
        mirrored: [("v2".to_owned(), json!(5))].into(),
    };
    assert_eq!(
        json(&Event::Traffic(copied)),
        json!({
            "event": "traffic", "split": "all v1, 5 % mirrored to v2", "shares": {"v1": 100},
            "mirrored": {"v2": 5},
        })
    );
    let object = ObjectRef::new("Deployment", "a", "b");
    let change = Change { object, effect: Effect::Scaled { from: 1, to: 3 }, dry_run: false };
    assert_eq!(
        json(&Event::Changed(change)),
        json!({
            "event": "changed", "object": "Deployment a/b", "what": "scaled from 1 to 3",
            "kind": "Deployment", "namespace": "a", "name": "b",
            "change": "scaled", "from": 1, "to": 3, "dryRun": false,
        })
    );
    assert_eq!(
        json(&left(90)),
        json!({
            "event": "waits", "passes": false, "reason": "AwaitingApproval", "secondsLeft": 90,
            "what": "waiting for approval, 1m 30s left: `serin approve reviews` or `serin reject reviews`",
        })
    );
    assert_eq!(
        json(&not_ready(1)),
        json!({
            "event": "waits", "passes": true, "reason": "NotReady", "subset": "v2",
            "what": "v2 is not ready",
        })
    );
    assert_eq!(
        json(&Event::Note(Note::Already)),
        json!({"event": "note", "note": "already", "text": "already as requested"})
    );
    let Event::Waits(waiting) = not_ready(1) else { panic!() };
    for (end, written) in [
        (End::Done, json!("done")),
        (End::AwaitingApproval, json!("awaitingApproval")),
        (End::TimedOut(waiting), json!({"timedOut": "v2 is not ready"})),
        (End::RolledBack("a".to_owned()), json!({"rolledBack": "a"})),
    ] {
        assert_eq!(json(&Event::End { end }), json!({"event": "end", "end": written}));
    }
}
