//! What a check found, for programs and for people who read the status.

use document::report::Portion;
use policy::rollout::Query;
use policy::rollout::analysis::{self, Counts, Edge, Finding, Outcome, Reason, Weight};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Found {
    /// `errors-worse-than-stable`, `errors-at-most`, `duration-worse-than-stable` or `query`.
    pub check: String,
    /// `worse`, `healthy` or `inconclusive`.
    pub outcome: String,
    /// Why it is inconclusive, one word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The rate that is allowed, of `errors-at-most`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_most: Option<String>,
    /// The evidence that the candidate is worse.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worse: Option<Evidence>,
    /// The evidence that it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub healthy: Option<Evidence>,
    /// The candidate's requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub candidate: Option<Counted>,
    /// The stable subset's requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stable: Option<Counted>,
    /// How much the stable subset's events come together. The evidence is divided by it if it is over 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dispersion: Option<f64>,
    /// The rates of the candidate that are not excluded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<Interval>,
    /// Requests slower than this are the events.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edge_milliseconds: Option<f64>,
    /// The query.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promql: Option<String>,
    /// The number that it returned last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
}

/// Evidence, and how much of it is enough.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Evidence {
    /// The e-value.
    pub evidence: f64,
    /// It is shown from here on.
    pub limit: f64,
}

/// Requests, and how many of them were errors, or slow.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Counted {
    /// All of them.
    #[schemars(with = "i64")]
    pub requests: u64,
    /// The errors, or the slow ones.
    #[schemars(with = "i64")]
    pub events: u64,
    /// Events per hundred requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub percent: Option<f64>,
}

/// The rates that are not excluded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Interval {
    /// The lowest, in percent.
    pub lower_percent: f64,
    /// The highest, in percent.
    pub upper_percent: f64,
}

impl Found {
    /// What was counted.
    #[must_use]
    pub fn counted(finding: &Finding) -> Self {
        let (outcome, reason) = outcome(finding.outcome);
        let check = match finding.check {
            analysis::Check::ErrorsWorseThanStable(_) => "errors-worse-than-stable",
            analysis::Check::ErrorsAtMost(_) => "errors-at-most",
            analysis::Check::DurationWorseThanStable(_) => "duration-worse-than-stable",
        };
        Self {
            check: check.to_owned(),
            outcome: outcome.to_owned(),
            reason: reason.map(str::to_owned),
            at_most: match &finding.check {
                analysis::Check::ErrorsAtMost(bound) => {
                    Some(Portion::of_one(bound.rate).to_string())
                }
                _ => None,
            },
            worse: Some(evidence(finding.worse)),
            healthy: Some(evidence(finding.healthy)),
            candidate: Some(counted(finding.candidate)),
            stable: Some(counted(finding.stable)),
            dispersion: finding.dispersion,
            interval: finding.interval.map(|interval| Interval {
                lower_percent: Portion::of_one(interval.lower).rounded(),
                upper_percent: Portion::of_one(interval.upper).rounded(),
            }),
            edge_milliseconds: finding.edge.map(milliseconds),
            ..Self::default()
        }
    }

    /// What a query returned.
    #[must_use]
    pub fn query(query: &Query, value: Option<f64>) -> Self {
        let value = value.filter(|value| value.is_finite());
        let (outcome, reason) = match value {
            None => ("inconclusive", Some("no-number")),
            Some(value) if query.bound.allows(value) => ("healthy", None),
            Some(_) => ("worse", None),
        };
        Self {
            check: "query".to_owned(),
            outcome: outcome.to_owned(),
            reason: reason.map(str::to_owned),
            promql: Some(query.promql.clone()),
            value,
            ..Self::default()
        }
    }
}

/// An outcome in one word, and why it is none.
#[must_use]
pub fn outcome(outcome: Outcome) -> (&'static str, Option<&'static str>) {
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

/// An edge, to the microsecond.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "microseconds are exact up to 285 years")]
pub fn milliseconds(edge: Edge) -> f64 {
    edge.0 as f64 / 1000.0
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
