//! What is asked of a candidate, and what is found.

use std::time::Duration;

use document::report::text::list;
use document::report::{Message, Portion};
use policy::rollout::analysis::{self, Counts, Dropped, Finding, Reason};
use policy::rollout::{Analyze, Bound, Check, Doubt, FailedCheck, Query, SoFar};

use super::{Wording, length};
use crate::Kept;
use crate::found::{Counted, Found};

/// The most characters of a query that are shown: the Release has all of it.
const SHOWN: usize = 80;

impl Wording<'_> {
    /// `analyze errors, durations and a query for 10m`.
    pub(super) fn analyze(analyze: &Analyze) -> String {
        let Analyze { length: time, checks, dry_run, .. } = analyze;
        let mut asked: Vec<String> = Vec::new();
        for check in checks {
            let of = match check {
                Check::Counted(
                    analysis::Check::ErrorsWorseThanStable(_) | analysis::Check::ErrorsAtMost(_),
                ) => "errors",
                Check::Counted(analysis::Check::DurationWorseThanStable(_)) => "durations",
                Check::Query(_) => "queries",
            };
            if !asked.iter().any(|said| said == of) {
                asked.push(of.to_owned());
            }
        }
        let dry = if *dry_run { ", as a dry run" } else { "" };
        format!("analyze {} for {}{dry}", list(&asked, "and"), length(*time))
    }

    /// What is known of an analysis that goes on.
    pub(super) fn analyzing(&self, left: &str, so_far: SoFar) -> Message {
        let so_far = match so_far {
            SoFar::Worse => {
                format!("dry run: {} is worse, and would be rolled back", self.candidate())
            }
            SoFar::Healthy => format!("{} is healthy so far", self.candidate()),
            SoFar::Inconclusive(doubt) => self.doubt(doubt),
        };
        Message::new(format!("analyzing{left}: {so_far}"))
    }

    /// The time is over, and a person decides.
    pub(super) fn inconclusive(&self, doubt: Doubt) -> Message {
        let (approve, reject) = (self.command("approve"), self.command("reject"));
        Message::new(format!("the analysis is inconclusive: {}", self.doubt(doubt)))
            .help(format!("{approve} or {reject}; the analysis goes on until then"))
    }

    /// The time was over, and the Release says to go back.
    pub(super) fn not_shown(&self, time: Duration, doubt: Doubt) -> String {
        let (candidate, doubt) = (self.candidate(), self.doubt(doubt));
        format!("{candidate} was not shown to be healthy within {}: {doubt}", length(time))
    }

    /// Why it is not known whether the candidate is healthy.
    fn doubt(&self, doubt: Doubt) -> String {
        let (candidate, stable) = (self.candidate(), self.stable());
        match doubt {
            Doubt::Unknown => "the metrics are unknown".to_owned(),
            Doubt::NoNumber => "a query returned no number".to_owned(),
            Doubt::Counted(Reason::NoBlocks) => "no requests were counted yet".to_owned(),
            Doubt::Counted(Reason::Missing(dropped)) => self.dropped(dropped),
            Doubt::Counted(Reason::NoCandidateTraffic) => format!("{candidate} got no requests"),
            Doubt::Counted(Reason::NoStableTraffic) => {
                format!("{stable} got no requests to compare with")
            }
            Doubt::Counted(Reason::NotEnough) => "too few requests to tell".to_owned(),
        }
    }

    /// Why what was counted last does not count.
    fn dropped(&self, dropped: Dropped) -> String {
        let (candidate, stable) = (self.candidate(), self.stable());
        match dropped {
            Dropped::SplitChanged => "the split changed while requests were counted".to_owned(),
            Dropped::CandidateMissing => format!("the metrics of {candidate} are missing"),
            Dropped::StableMissing => format!("the metrics of {stable} are missing"),
            Dropped::CandidateLate => format!("the metrics of {candidate} are out of date"),
            Dropped::StableLate => format!("the metrics of {stable} are out of date"),
            Dropped::Counted => "the requests were counted before".to_owned(),
            Dropped::Inconsistent => "the metrics contradict each other".to_owned(),
            Dropped::OtherEdges => {
                format!("the histograms of {candidate} and {stable} have different buckets")
            }
            Dropped::NoEdges => format!("{stable} has no histogram of durations"),
        }
    }

    /// The check that the candidate failed, with its numbers.
    pub(super) fn failed(&self, failed: &FailedCheck) -> String {
        match failed {
            FailedCheck::Counted(finding) => self.finding(finding),
            FailedCheck::Query(Query { promql, bound }, number) => {
                let (word, limit) = match bound {
                    Bound::AtMost(limit) => ("more", limit),
                    Bound::AtLeast(limit) => ("less", limit),
                };
                format!("`{}` is {number}, {word} than {limit}", one_line(promql))
            }
        }
    }

    fn finding(&self, finding: &Finding) -> String {
        let (candidate, stable) = (self.candidate(), self.stable());
        let Finding { check, worse, edge, .. } = finding;
        let of = counted(finding.candidate, " requests");
        let against = format!("against {}", counted(finding.stable, ""));
        let (found, enough) = (weight(worse.evidence()), weight(worse.evidence_limit()));
        let evidence = format!("evidence {found} where {enough} is enough");
        match check {
            analysis::Check::ErrorsWorseThanStable(_) => {
                format!("{candidate} fails more often than {stable}: {of} {against}, {evidence}")
            }
            analysis::Check::ErrorsAtMost(bound) => {
                let most = Portion::of_one(bound.rate);
                format!("{candidate} fails more often than {most}: {of}, {evidence}")
            }
            analysis::Check::DurationWorseThanStable(_) => {
                let edge = edge.map(|edge| length_of(Duration::from_micros(edge.0)));
                let over = edge.map_or_else(String::new, |edge| format!(" over {edge}"));
                format!("{candidate} is slower than {stable}: {of}{over} {against}, {evidence}")
            }
        }
    }

    /// What an analysis found that is over.
    pub(crate) fn judged(&self, found: &Kept) -> String {
        let found = found.checks.iter().map(|found| self.found(found)).collect::<Vec<_>>();
        format!("the analysis is over: {}", found.join("; "))
    }

    /// What a check found: `errors-at-most: healthy, v2 3 of 900 (0.33 %), v1 9 of 8000 (0.11 %)`.
    #[must_use]
    pub fn found(&self, found: &Found) -> String {
        let counted = |name: &str, counted: &Option<Counted>| {
            let Counted { requests, events, .. } = counted.clone().unwrap_or_default();
            format!("{name} {events} of {requests} ({})", Portion::of(events, requests))
        };
        let Found { check, outcome, .. } = found;
        match (&found.promql, found.value, found.edge_milliseconds) {
            (Some(promql), Some(value), _) => format!("`{}`: {outcome}, {value}", one_line(promql)),
            (Some(promql), None, _) => format!("`{}`: {outcome}, no number", one_line(promql)),
            (None, _, edge) => {
                let over = edge.map_or_else(String::new, |edge| format!(" over {edge} ms"));
                let (candidate, stable) = (
                    counted(self.candidate(), &found.candidate),
                    counted(self.stable(), &found.stable),
                );
                format!("{check}{over}: {outcome}, {candidate}, {stable}")
            }
        }
    }

    fn candidate(&self) -> &str {
        self.plan.candidate.map_or("the candidate", |candidate| self.name(candidate))
    }
}

/// Evidence spans hundreds of powers of ten.
fn weight(evidence: f64) -> String {
    if evidence >= 1e6 { format!("{evidence:.1e}") } else { format!("{evidence:.0}") }
}

/// `31 of 600 requests (5.17 %)`.
fn counted(counts: Counts, unit: &str) -> String {
    let (events, requests) = (counts.events(), counts.requests());
    format!("{events} of {requests}{unit} ({})", Portion::of(events, requests))
}

/// `250ms`, `2.5s`.
fn length_of(duration: Duration) -> String {
    format!("{duration:?}")
}

/// Text on one line, and not longer than is read.
fn one_line(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() <= SHOWN {
        return words;
    }
    words.chars().take(SHOWN).chain(['…']).collect()
}
