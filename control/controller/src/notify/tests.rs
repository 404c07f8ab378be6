//! From Releases to a receiver: order, bounds, outages, and leaders that are killed.

mod leaders;
mod memory;
mod order;
mod outage;
mod told;

use std::time::Duration;

use rollout::drive::cluster::Object;
use serde_json::{Value, json};

use super::cursor::{Cursor, Kept};
use super::notification::Notification;
use super::queue::Next;
use super::record::Record;
use super::sink::Outcome;
use super::state::State;

/// When notifications were switched on.
const BEGUN: &str = "2026-11-30T09:00:00Z";

/// The Release `name`, whose status is this.
fn release(name: &str, version: u64, status: &Value) -> Object {
    Object::from(json!({
        "apiVersion": "serin.dev/v1alpha1", "kind": "Release",
        "metadata": {
            "namespace": "shop", "name": name, "uid": format!("uid-{name}"),
            "resourceVersion": version.to_string(),
        },
        "status": status,
    }))
}

fn entry(minute: u32, by: &str, verb: &str, what: &str) -> Value {
    json!({ "time": time(minute), "by": by, "verb": verb, "what": what })
}

fn time(minute: u32) -> String {
    format!("2026-11-30T10:{minute:02}:00Z")
}

/// A rollout of three steps, the second of which is to be approved, as its status is written: each with what is told.
fn rollout() -> Vec<(Value, Vec<&'static str>)> {
    let mut history = vec![entry(0, "anna", "apply", "applied")];
    let status = |phase: &str, step: Option<&str>, minute: u32, history: &[Value]| {
        let mut status = json!({
            "phase": phase, "since": time(minute), "message": "so it is", "split": "v2 10 %",
            "state": { "at": { "plan": 0 }, "plan": "p1" }, "history": history,
        });
        if let Some(step) = step {
            status["step"] = json!(step);
        }
        status
    };
    let mut all = vec![(status("Idle", None, 0, &history), vec!["applied"])];
    history.push(entry(1, "anna", "start", "started"));
    let progressing = status("Progressing", Some("1/3"), 1, &history);
    all.push((progressing, vec!["started", "step-started", "phase-changed"]));
    let waits = status("AwaitingApproval", Some("2/3"), 2, &history);
    all.push((waits, vec!["step-completed", "step-started", "awaiting-approval"]));
    history.push(entry(3, "bert", "approve", "approved step 2/3: v2 10 %"));
    let goes_on = status("Progressing", Some("3/3"), 3, &history);
    all.push((goes_on, vec!["approved", "step-completed", "step-started", "phase-changed"]));
    let mut stalled = status("Progressing", Some("3/3"), 3, &history);
    stalled["conditions"] = json!([{
        "type": "Stalled", "status": "True", "reason": "Failed", "message": "no such image",
        "lastTransitionTime": time(4),
    }]);
    all.push((stalled, vec!["stalled"]));
    let completed = status("Completed", None, 5, &history);
    all.push((completed, vec!["step-completed", "phase-changed"]));
    history.push(entry(6, "carl", "start", "started"));
    let again = status("Progressing", Some("1/3"), 6, &history);
    all.push((again, vec!["started", "step-started", "phase-changed"]));
    history.push(entry(7, "serin", "rollback", "v2 has no pods"));
    let back = status("RollingBack", None, 7, &history);
    all.push((back, vec!["rolled-back-automatically", "phase-changed"]));
    all
}

/// Who leads, and knows these Releases from before.
fn leader(kept: Kept, releases: &[Object]) -> State {
    let mut state = State::default();
    state.lead(true);
    let records = releases.iter().map(Record::of).collect();
    state.begin(1, kept, records, true, Duration::ZERO);
    state
}

fn kept() -> Kept {
    Kept { begun: BEGUN.to_owned(), ..Kept::default() }
}

/// All that is due now, taken.
fn tell_all(state: &mut State, now: Duration) -> Vec<Notification> {
    let mut told = Vec::new();
    while let Next::Now(uid, notification) = state.queue.next(now) {
        state.done(&uid, &Outcome::Taken, now);
        told.push(*notification);
    }
    told
}

fn whats(told: &[Notification]) -> Vec<&str> {
    told.iter().map(|notification| notification.what.as_str()).collect()
}
