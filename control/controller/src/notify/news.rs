//! What others are to be told of a Release, given how far they were: it follows from the Release alone, so that each
//! leader tells the same.

use rollout::Entry;
use rollout::history::ITSELF;
use serde_json::{Map, Value, json};

use super::cursor::{Cursor, digest, hash, run};
use super::notification::Notification;
use super::record::{Record, Step};

/// In one phase, and at one step, so many reasons why it cannot go on are told.
const STALLS: usize = 8;

/// What is to be told, and how far others are then.
pub(super) fn news(record: &Record, told: &Cursor) -> (Vec<Notification>, Cursor) {
    let run = run(record).unwrap_or(&told.run);
    let mut news = News { record, run, told: Vec::new() };
    let entries = told.entries(record);
    for entry in entries {
        news.entry(entry);
    }
    let is_same_run = told.run == run;
    let before = told.step.filter(|_| is_same_run);
    news.steps(before);
    let is_elsewhere = told.phase != record.phase || !is_same_run;
    let is_asked_anew = record.phase == AWAITING_APPROVAL && before != record.step;
    let is_new = told.phase.is_empty() && record.phase == "Idle";
    if (is_elsewhere || is_asked_anew) && !is_new && !record.phase.is_empty() {
        news.phase(&told.phase);
    }
    let stands = !is_elsewhere && before == record.step;
    let mut stalls = if stands { told.stalls.clone() } else { Vec::new() };
    news.stall(&mut stalls);
    let last = entries.last();
    let cursor = Cursor {
        entry: last.map_or_else(|| told.entry.clone(), digest),
        time: last.map_or_else(|| told.time.clone(), |last| last.time.clone()),
        run: run.to_owned(),
        phase: record.phase.clone(),
        step: record.step,
        stalls,
    };
    (news.told, cursor)
}

/// What an entry of the history is called.
pub(crate) fn kind(entry: &Entry) -> &str {
    match entry.verb.as_str() {
        "rollback" if entry.by == ITSELF => "rolled-back-automatically",
        "rollback" => "rollback-requested",
        "apply" => "applied",
        "start" => "started",
        "approve" => "approved",
        "reject" => "rejected",
        "pause" => "paused",
        "resume" => "resumed",
        "step" => "stepped",
        "promote" => "promoted",
        "retire" => "retired",
        other => other,
    }
}

/// The phase in which a person is waited for.
const AWAITING_APPROVAL: &str = "AwaitingApproval";

struct News<'r> {
    record: &'r Record,
    run: &'r str,
    told: Vec<Notification>,
}

impl News<'_> {
    /// Something happened. `parts` tell it from all else that happens to this Release.
    fn tell(&mut self, what: &str, time: &str, text: String, parts: &[&str], data: Value) {
        let Record { namespace, name, uid, phase, step, split, candidate, message, .. } =
            self.record;
        let id = [&[uid.as_str(), what], parts].concat();
        let mut all = Map::new();
        for (field, value) in [
            ("namespace", namespace),
            ("release", name),
            ("uid", uid),
            ("phase", phase),
            ("split", split),
            ("candidate", candidate),
            ("message", message),
            ("text", &text),
        ] {
            if !value.is_empty() {
                all.insert(field.to_owned(), json!(value));
            }
        }
        if let Some(step) = step {
            all.insert("step".to_owned(), json!(written(step.number, step.of)));
        }
        if let Value::Object(data) = data {
            all.extend(data);
        }
        self.told.push(Notification {
            id: hash(&id, 16),
            what: what.to_owned(),
            time: time.to_owned(),
            namespace: namespace.clone(),
            name: name.clone(),
            text,
            data: Value::Object(all),
        });
    }

    /// Something was done, by a person or by itself.
    fn entry(&mut self, entry: &Entry) {
        let Entry { time, by, verb, what, why } = entry;
        let is_itself = by == ITSELF;
        let kind = kind(entry);
        let because = why.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
        let text = match kind {
            "rolled-back-automatically" => format!("rolled back automatically: {what}"),
            _ => format!("{by}: {verb}: {what}{because}"),
        };
        let mut data = json!({ "by": by, "verb": verb, "what": what });
        if let Some(why) = why {
            data["why"] = json!(why);
        }
        if is_itself {
            data["cause"] = json!(what);
        }
        let why = why.as_deref().unwrap_or_default();
        self.tell(kind, time, text, &[time, by, verb, what, why], data);
    }

    /// Steps were begun and done since this one.
    fn steps(&mut self, before: Option<Step>) {
        let Record { step, phase, is_on_plan, since, .. } = self.record;
        let last = before.map_or(0, |step| step.number);
        match (step, before) {
            (Some(Step { number, of }), _) if *number > last => {
                for done in last..*number {
                    if done > 0 {
                        self.step("step-completed", done, *of, "");
                    }
                    self.step("step-started", done.saturating_add(1), *of, "");
                }
            }
            // Another plan has taken its place.
            (Some(Step { number, of }), _) if *number < last => {
                self.step("step-started", *number, *of, since);
            }
            (None, Some(Step { number, of })) if phase == "Completed" && *is_on_plan => {
                for done in number..=of {
                    if done > number {
                        self.step("step-started", done, of, "");
                    }
                    self.step("step-completed", done, of, "");
                }
            }
            _ => {}
        }
    }

    fn step(&mut self, what: &'static str, number: usize, of: usize, again: &str) {
        let shown = written(number, of);
        let text = match what {
            "step-started" => format!("step {shown} started"),
            _ => format!("step {shown} completed"),
        };
        let since = self.record.since.clone();
        let plan = &self.record.plan;
        let parts = [self.run, plan, &number.to_string(), again];
        self.tell(what, &since, text, &parts, json!({ "step": shown }));
    }

    /// Another phase.
    fn phase(&mut self, before: &str) {
        let Record { phase, since, step, message, .. } = self.record;
        let shown = step.map(|step| written(step.number, step.of)).unwrap_or_default();
        let (what, text) = if phase == AWAITING_APPROVAL {
            ("awaiting-approval", format!("step {shown} awaits approval: {message}"))
        } else {
            ("phase-changed", format!("{phase}: {message}"))
        };
        let mut data = json!({});
        if !before.is_empty() && before != phase {
            data["previousPhase"] = json!(before);
        }
        self.tell(what, since, text, &[self.run, phase, &shown, since], data);
    }

    /// It cannot go on: each reason is told once in a phase and at a step, since one that is tried again and again comes
    /// and goes.
    fn stall(&mut self, stalls: &mut Vec<String>) {
        let Some(stalled) = &self.record.stalled else { return };
        let shown = self.record.step.map(|step| step.number.to_string()).unwrap_or_default();
        let Record { phase, since, .. } = self.record;
        let parts = [self.run, phase, &shown, since, &stalled.reason, &stalled.message];
        let mark = hash(&parts, 4);
        if stalls.contains(&mark) || stalls.len() >= STALLS {
            return;
        }
        stalls.push(mark);
        let text = format!("cannot go on: {}", stalled.message);
        let data = json!({ "reason": stalled.reason, "cause": stalled.message });
        self.tell("stalled", &stalled.time, text, &parts, data);
    }
}

fn written(number: usize, of: usize) -> String {
    format!("{number}/{of}")
}
