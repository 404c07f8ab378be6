//! A list of checks, judged as counts come in.

use metrics::Judge;
use policy::rollout::analysis;
use policy::rollout::{Check, Judgement};

use crate::Kept;

/// A list of checks, and what is known of each.
#[derive(Debug)]
pub(super) struct Inquiry {
    pub(super) checks: Vec<Check>,
    pub(super) judge: Judge,
    pub(super) numbers: Vec<Option<f64>>,
}

impl Inquiry {
    /// From what is known, which is of the same step if it `goes_on`.
    pub(super) fn begin(
        checks: &[Check],
        known: Option<analysis::Evidence>,
        since: u64,
        goes_on: bool,
    ) -> Option<Self> {
        if checks.is_empty() {
            return None;
        }
        let counted: Vec<analysis::Check> =
            checks.iter().filter_map(Check::counted).cloned().collect();
        let judge = match known {
            Some(known) if goes_on && known.answers(&counted) => Judge::resume(&counted, known),
            Some(known) => Judge::resume(&counted, known.next(&counted, since)),
            None => Judge::new(&counted, since),
        };
        Some(Self { checks: checks.to_vec(), judge, numbers: Vec::new() })
    }

    /// Whether requests are counted for it.
    pub(super) fn counts(&self) -> bool {
        self.checks.iter().any(|check| check.counted().is_some())
    }

    /// Whether their durations are.
    pub(super) fn counts_durations(&self) -> bool {
        let is_duration =
            |check: &analysis::Check| matches!(check, analysis::Check::DurationWorseThanStable(_));
        self.checks.iter().filter_map(Check::counted).any(is_duration)
    }

    /// What is known of the candidate.
    pub(super) fn judgement(&self) -> Judgement {
        Judgement::of(&self.checks, Some(&self.judge.evidence()), &self.numbers)
    }

    /// As the status has it.
    pub(super) fn kept(&self) -> Kept {
        Kept::new(&self.checks, &self.judge.evidence(), &self.numbers)
    }
}
