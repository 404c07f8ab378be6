//! A verdict for people.

use std::fmt::Write as _;

use document::report::style::DIM;
use document::report::table::{Column, Table};
use document::report::{Length, Portion};
use policy::rollout::analysis::{Check, Counts, Finding, Outcome, Reason, Weight};

use super::report::{Report, dropped_because, message, milliseconds, time};

pub(super) fn render(report: &Report) -> String {
    let verdict = &report.judged.verdict;
    let mut text = format!("{}: {}\n", report.release, message(report));
    let dropped: u64 = verdict.dropped.values().sum();
    let _ = writeln!(
        text,
        "  {} to {}: {} blocks of {}, {dropped} dropped; {} of stable before",
        time(verdict.since),
        time(if verdict.blocks > 0 { verdict.until } else { report.to }),
        verdict.blocks,
        Length(report.every),
        report.judged.blocks_before,
    );
    if let Some(at) = report.judged.healthy_at {
        let _ = writeln!(text, "  healthy at {} for the first time", time(at));
    }
    text.push('\n');
    let heads = ["CHECK", "VERDICT", "E WORSE", "OF", "E HEALTHY", "OF"];
    let mut columns: Vec<Column> = heads
        .into_iter()
        .enumerate()
        .map(|(at, head)| if at < 2 { Column::left(head) } else { Column::right(head) })
        .collect();
    columns.push(Column::left(report.candidate.to_uppercase()));
    columns.push(Column::left(report.stable.to_uppercase()));
    columns.push(Column::left("DISPERSION"));
    let mut table = Table::new(columns);
    table.heads(DIM);
    for finding in &verdict.findings {
        table.row(row(finding));
    }
    text.push_str(&table.render());
    if !verdict.dropped.is_empty() {
        text.push_str("\ndropped\n");
        for (reason, count) in &verdict.dropped {
            let _ = writeln!(text, "  {count}  {}", dropped_because(*reason));
        }
    }
    if !report.notes.is_empty() {
        text.push_str("\nnotes\n");
        for note in &report.notes {
            let _ = writeln!(text, "  {}", document::report::text::printable(note));
        }
    }
    text
}

fn row(finding: &Finding) -> Vec<String> {
    let dispersion = finding.dispersion.map(|value| format!("{value:.2}"));
    vec![
        asked(finding),
        outcome(finding.outcome).to_owned(),
        evidence(finding.worse.evidence()),
        limit(finding.worse),
        evidence(finding.healthy.evidence()),
        limit(finding.healthy),
        counts(finding.candidate),
        counts(finding.stable),
        dispersion.unwrap_or_else(|| "unknown".to_owned()),
    ]
}

fn asked(finding: &Finding) -> String {
    match (&finding.check, finding.edge) {
        (Check::ErrorsWorseThanStable(_), _) => "errors".to_owned(),
        (Check::ErrorsAtMost(bound), _) => {
            format!("errors at most {}", Portion::of_one(bound.rate))
        }
        (Check::DurationWorseThanStable(_), None) => "duration".to_owned(),
        (Check::DurationWorseThanStable(_), Some(edge)) => {
            format!("duration over {} ms", milliseconds(edge))
        }
    }
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Worse => "worse",
        Outcome::Healthy => "healthy",
        Outcome::Inconclusive(Reason::NoBlocks) => "no data",
        Outcome::Inconclusive(Reason::Missing(_)) => "data missing",
        Outcome::Inconclusive(Reason::NoCandidateTraffic | Reason::NoStableTraffic) => "no traffic",
        Outcome::Inconclusive(Reason::NotEnough) => "not enough",
    }
}

fn counts(counts: Counts) -> String {
    let (events, requests) = (counts.events(), counts.requests());
    if requests == 0 {
        return "no requests".to_owned();
    }
    format!("{events} of {requests}, {}", Portion::of(events, requests))
}

fn limit(weight: Weight) -> String {
    evidence(weight.evidence_limit())
}

/// Evidence spans hundreds of powers of ten.
fn evidence(value: f64) -> String {
    if value >= 1e6 {
        format!("{value:.1e}")
    } else if value >= 100.0 || (value - value.round()).abs() < 1e-9 {
        format!("{value:.0}")
    } else {
        format!("{value:.2}")
    }
}
