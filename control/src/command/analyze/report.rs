//! What was judged, and how it is said.

use std::time::Duration;

use jiff::Timestamp;
use metrics::Judged;
use policy::rollout::analysis::{Check, Dropped, Finding, Outcome, Reason};

/// What is printed.
pub(super) struct Report {
    pub(super) release: String,
    pub(super) candidate: String,
    pub(super) stable: String,
    /// What was asked for, in milliseconds since 1970.
    pub(super) from: u64,
    pub(super) to: u64,
    pub(super) every: Duration,
    pub(super) judged: Judged,
    pub(super) notes: Vec<String>,
}

/// The verdict, in words.
pub(super) fn message(report: &Report) -> String {
    let (candidate, stable) = (&report.candidate, &report.stable);
    match report.judged.verdict.outcome {
        Outcome::Worse => {
            let worse = |finding: &&Finding| finding.outcome == Outcome::Worse;
            let worse = report.judged.verdict.findings.iter().find(worse);
            match worse.map(|finding| &finding.check) {
                Some(Check::DurationWorseThanStable(_)) => {
                    format!("{candidate} is slower than {stable}")
                }
                Some(Check::ErrorsAtMost(_)) => format!("{candidate} fails more often than it may"),
                _ => format!("{candidate} fails more often than {stable}"),
            }
        }
        Outcome::Healthy => format!("{candidate} is healthy"),
        Outcome::Inconclusive(reason) => {
            format!("inconclusive: {}", because(reason, candidate, stable))
        }
    }
}

fn because(reason: Reason, candidate: &str, stable: &str) -> String {
    match reason {
        Reason::NoBlocks => "nothing was counted".to_owned(),
        Reason::Missing(dropped) => {
            format!("the last block was dropped, {}", dropped_because(dropped))
        }
        Reason::NoCandidateTraffic => format!("{candidate} had no requests"),
        Reason::NoStableTraffic => format!("{stable} had no requests to compare with"),
        Reason::NotEnough => "too few requests to show either".to_owned(),
    }
}

/// Why blocks are dropped, in words.
pub(super) fn dropped_because(dropped: Dropped) -> &'static str {
    match dropped {
        Dropped::SplitChanged => "the split may have changed",
        Dropped::CandidateMissing | Dropped::StableMissing => "no proxy was scraped",
        Dropped::CandidateLate | Dropped::StableLate => "the last scrape is too old",
        Dropped::Counted => "counted already",
        Dropped::Inconsistent => "more slow requests than requests",
        Dropped::OtherEdges => "the histograms of both have not the same edges",
        Dropped::NoEdges => "no durations of stable before",
    }
}

pub(super) fn time(milliseconds: u64) -> String {
    let time =
        i64::try_from(milliseconds).ok().and_then(|time| Timestamp::from_millisecond(time).ok());
    time.map(|time| time.to_string()).unwrap_or_default()
}
