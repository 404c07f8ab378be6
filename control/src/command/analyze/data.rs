//! A verdict for programs.

use document::report::Portion;
use policy::rollout::analysis::{Check, Counts, Dropped, Finding, Outcome, Reason, Weight};
use serde::Serialize;

use super::report::{Report, message, milliseconds, time};

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
    checks: Vec<Asked>,
    notes: &'r [String],
}

#[derive(Serialize)]
struct Missed {
    reason: &'static str,
    count: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    check: &'static str,
    outcome: &'static str,
    reason: Option<&'static str>,
    worse: Evidence,
    healthy: Evidence,
    candidate: Counted,
    stable: Counted,
    dispersion: Option<f64>,
    interval: Option<Interval>,
    edge_milliseconds: Option<f64>,
}

#[derive(Serialize)]
struct Evidence {
    evidence: f64,
    limit: f64,
}

#[derive(Serialize)]
struct Counted {
    requests: u64,
    events: u64,
    percent: Option<f64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Interval {
    lower_percent: f64,
    upper_percent: f64,
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
        checks: verdict.findings.iter().map(asked).collect(),
        notes: &report.notes,
    }
}

fn asked(finding: &Finding) -> Asked {
    let (outcome, reason) = outcome(finding.outcome);
    Asked {
        check: match finding.check {
            Check::ErrorsWorseThanStable(_) => "errors-worse-than-stable",
            Check::ErrorsAtMost(_) => "errors-at-most",
            Check::DurationWorseThanStable(_) => "duration-worse-than-stable",
        },
        outcome,
        reason,
        worse: evidence(finding.worse),
        healthy: evidence(finding.healthy),
        candidate: counted(finding.candidate),
        stable: counted(finding.stable),
        dispersion: finding.dispersion,
        interval: finding.interval.map(|interval| Interval {
            lower_percent: Portion::of_one(interval.lower).rounded(),
            upper_percent: Portion::of_one(interval.upper).rounded(),
        }),
        edge_milliseconds: finding.edge.and_then(|edge| milliseconds(edge).parse().ok()),
    }
}

fn evidence(weight: Weight) -> Evidence {
    // 100, not 100.00000000000004.
    let limit = (weight.evidence_limit() * 1e6).round() / 1e6;
    Evidence { evidence: weight.evidence(), limit }
}

fn counted(counts: Counts) -> Counted {
    let (requests, events) = (counts.requests(), counts.events());
    let percent = (requests > 0).then(|| Portion::of(events, requests).rounded());
    Counted { requests, events, percent }
}

fn outcome(outcome: Outcome) -> (&'static str, Option<&'static str>) {
    match outcome {
        Outcome::Worse => ("worse", None),
        Outcome::Healthy => ("healthy", None),
        Outcome::Inconclusive(reason) => {
            let reason = match reason {
                Reason::NoBlocks => "no-blocks",
                Reason::Missing(_) => "missing",
                Reason::NoCandidateTraffic => "no-candidate-traffic",
                Reason::NoStableTraffic => "no-stable-traffic",
                Reason::NotEnough => "not-enough",
            };
            ("inconclusive", Some(reason))
        }
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
