//! A verdict for programs.

use policy::rollout::analysis::Dropped;
use rollout::Found;
use rollout::found::outcome;
use serde::Serialize;

use super::report::{Report, message, time};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document<'r> {
    release: &'r str,
    candidate: &'r str,
    stable: &'r str,
    outcome: &'static str,
    reason: Option<&'static str>,
    message: String,
    from: String,
    to: String,
    since: String,
    until: String,
    healthy_at: Option<String>,
    every_seconds: f64,
    blocks: u64,
    blocks_before: u64,
    dropped: Vec<Missed>,
    checks: Vec<Found>,
    notes: &'r [String],
}

#[derive(Serialize)]
struct Missed {
    reason: &'static str,
    count: u64,
}

pub(super) fn document(report: &Report) -> Document<'_> {
    let verdict = &report.judged.verdict;
    let (outcome, reason) = outcome(verdict.outcome);
    let dropped = verdict.dropped.iter();
    Document {
        release: &report.release,
        candidate: &report.candidate,
        stable: &report.stable,
        outcome,
        reason,
        message: message(report),
        from: time(report.from),
        to: time(report.to),
        since: time(verdict.since),
        until: time(verdict.until),
        healthy_at: report.judged.healthy_at.map(time),
        every_seconds: report.every.as_secs_f64(),
        blocks: verdict.blocks,
        blocks_before: report.judged.blocks_before,
        dropped: dropped
            .map(|(why, count)| Missed { reason: missed(*why), count: *count })
            .collect(),
        checks: verdict.findings.iter().map(Found::counted).collect(),
        notes: &report.notes,
    }
}

fn missed(dropped: Dropped) -> &'static str {
    match dropped {
        Dropped::SplitChanged => "split-changed",
        Dropped::CandidateMissing => "candidate-missing",
        Dropped::StableMissing => "stable-missing",
        Dropped::CandidateLate => "candidate-late",
        Dropped::StableLate => "stable-late",
        Dropped::Counted => "counted",
        Dropped::Inconsistent => "inconsistent",
        Dropped::OtherEdges => "other-edges",
        Dropped::NoEdges => "no-edges",
    }
}
