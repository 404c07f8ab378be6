//! What is known of the candidate, as the status has it: for people, and for the next process, which goes on from it.

use std::collections::BTreeMap;

use policy::rollout::analysis::Evidence;
use policy::rollout::{Check, Judgement};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::found::Found;

/// What checks found of the candidate.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Analysis {
    /// The `since` of the step that it is about.
    pub since: String,
    /// When metrics were last read, RFC 3339.
    pub time: String,
    /// Why they could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// What else there is to know about the counts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Of the step at work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub analyze: Option<Kept>,
    /// Of `watch`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub watch: Option<Kept>,
}

/// What a list of checks found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Kept {
    /// How many intervals were counted.
    #[schemars(with = "i64")]
    pub blocks: u64,
    /// How many were not, by the reason.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(with = "BTreeMap<String, i64>")]
    pub dropped: BTreeMap<String, u64>,
    /// What each check found.
    pub checks: Vec<Found>,
    /// The evidence, from which any `serin` continues.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Value>,
}

impl Kept {
    /// What is known of `checks`.
    #[must_use]
    pub fn new(checks: &[Check], evidence: &Evidence, numbers: &[Option<f64>]) -> Self {
        let verdict = evidence.verdict();
        let mut findings = verdict.findings.iter();
        let mut numbers = numbers.iter();
        let found = checks.iter().filter_map(|check| match check {
            Check::Counted(_) => findings.next().map(Found::counted),
            Check::Query(query) => Some(Found::query(query, numbers.next().copied().flatten())),
        });
        let dropped = verdict.dropped.iter();
        Self {
            checks: found.collect(),
            blocks: verdict.blocks,
            dropped: dropped.map(|(why, count)| (word(why), *count)).collect(),
            evidence: serde_json::to_value(evidence).ok(),
        }
    }

    /// The evidence, where this version can read it.
    #[must_use]
    pub fn evidence(&self) -> Option<Evidence> {
        self.evidence.as_ref().and_then(|evidence| Evidence::deserialize(evidence).ok())
    }

    /// What it says of `checks`.
    #[must_use]
    pub fn judgement(&self, checks: &[Check]) -> Judgement {
        let numbers: Vec<Option<f64>> = self
            .checks
            .iter()
            .filter(|found| found.promql.is_some())
            .map(|found| found.value)
            .collect();
        Judgement::of(checks, self.evidence().as_ref(), &numbers)
    }
}

/// The one word of a reason.
fn word(reason: impl Serialize) -> String {
    let written = serde_json::to_value(reason).unwrap_or_default();
    written.as_str().unwrap_or_default().to_owned()
}
