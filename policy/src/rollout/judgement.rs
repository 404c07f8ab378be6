//! What checks say of a candidate: what was counted and what queries returned, put together.
//!
//! | | while time is left | at its end |
//! |---|---|---|
//! | a check failed | worse | worse |
//! | all counts show that it is healthy, without queries | healthy | healthy |
//! | the same, and all queries are within their bounds | so far | healthy |
//! | anything else | inconclusive | inconclusive |
//!
//! One number can show that a bound is crossed, and none that it will not be: a query answers for as long as it is
//! asked.

use super::analysis::{self, Evidence, Finding, Outcome, Reason};
use super::{Check, Query};

/// What checks say of the candidate.
#[derive(Clone, Debug, PartialEq)]
pub enum Judgement {
    /// It failed this check.
    Worse(FailedCheck),
    /// It is shown to be healthy.
    Healthy,
    /// All that is counted shows that it is healthy, and all queries are within their bounds: it is healthy if that is
    /// so to the end.
    SoFar,
    /// Neither is shown.
    Inconclusive(Doubt),
}

/// A check that failed, with its numbers.
#[derive(Clone, Debug, PartialEq)]
pub enum FailedCheck {
    /// What was counted.
    Counted(Finding),
    /// A query, and the number that it returned.
    Query(Query, f64),
}

/// Why neither is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// The checks could not be asked.
    Unknown,
    /// A query returned no number.
    NoNumber,
    /// What was counted does not tell.
    Counted(Reason),
}

/// What is known of an analysis that goes on: without its numbers, which would be others at each look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SoFar {
    /// The candidate is worse, and it is only to be said.
    Worse,
    /// It is healthy so far.
    Healthy,
    /// Neither is shown.
    Inconclusive(Doubt),
}

impl Judgement {
    /// What `checks` say, by what was counted for those that count, and by what each query returned, in their order;
    /// none where that is not known. What was counted for other checks says nothing of these.
    #[must_use]
    pub fn of(checks: &[Check], evidence: Option<&Evidence>, numbers: &[Option<f64>]) -> Self {
        let counted: Vec<analysis::Check> =
            checks.iter().filter_map(Check::counted).cloned().collect();
        let queries: Vec<&Query> = checks.iter().filter_map(Check::query).collect();
        let evidence = evidence.filter(|evidence| evidence.answers(&counted));
        let findings = evidence.map(|evidence| evidence.verdict().findings).unwrap_or_default();
        // What is no number, or more than one can say, comes of a division by zero.
        let number = |index: usize| numbers.get(index).copied().flatten().filter(|n| n.is_finite());
        let answers = queries.iter().enumerate().map(|(index, query)| (*query, number(index)));
        let failed = findings.iter().find(|finding| finding.outcome == Outcome::Worse);
        if let Some(finding) = failed {
            return Self::Worse(FailedCheck::Counted(finding.clone()));
        }
        let crossed = answers.clone().find_map(|(query, number)| {
            number.filter(|number| !query.bound.allows(*number)).map(|number| (query, number))
        });
        if let Some((query, number)) = crossed {
            return Self::Worse(FailedCheck::Query(query.clone(), number));
        }
        let open = findings.iter().filter_map(|finding| match finding.outcome {
            Outcome::Inconclusive(reason) => Some(Doubt::Counted(reason)),
            Outcome::Worse | Outcome::Healthy => None,
        });
        let uncounted = findings.is_empty() && !counted.is_empty();
        let silent = answers.clone().any(|(_, number)| number.is_none());
        let doubts: Vec<Doubt> =
            (uncounted.then_some(Doubt::Counted(Reason::NoBlocks)).into_iter())
                .chain(silent.then_some(Doubt::NoNumber))
                .chain(open)
                .collect();
        // What is missing comes first: it keeps a rollout from going forward, whatever else is in doubt.
        let missing = doubts.iter().find(|doubt| doubt.is_missing());
        match missing.or(doubts.first()) {
            Some(doubt) => Self::Inconclusive(*doubt),
            None if checks.is_empty() => Self::Inconclusive(Doubt::Unknown),
            None if queries.is_empty() => Self::Healthy,
            None => Self::SoFar,
        }
    }
}

impl Doubt {
    /// Whether what is asked could not be seen. Too little of it, or none that is known to be none, is no such case.
    #[must_use]
    pub fn is_missing(self) -> bool {
        match self {
            Self::Unknown
            | Self::NoNumber
            | Self::Counted(Reason::NoBlocks | Reason::Missing(_)) => true,
            Self::Counted(
                Reason::NoCandidateTraffic | Reason::NoStableTraffic | Reason::NotEnough,
            ) => false,
        }
    }
}
