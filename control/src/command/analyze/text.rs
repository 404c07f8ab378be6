//! A verdict for people.

use std::fmt::Write as _;

use document::report::Length;
use rollout::Found;

use super::report::{Report, dropped_because, message, time};
use crate::command::found;

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
    let found: Vec<Found> = verdict.findings.iter().map(Found::counted).collect();
    text.push_str(&found::table(&report.candidate, &report.stable, &found));
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
