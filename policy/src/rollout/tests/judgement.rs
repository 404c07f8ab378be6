//! What checks say, by what was counted and what queries returned.

use std::collections::BTreeMap;
use std::time::Duration;

use super::fixture::query;
use crate::rollout::analysis::{
    self, AtMost, Comparison, Dropped, Evidence, Look, Measure, Outcome, Reason, Scrape, Series,
    Source,
};
use crate::rollout::{Bound, Check, Doubt, FailedCheck, Judgement, Query};

const ERRORS: analysis::Check = analysis::Check::ErrorsWorseThanStable(Comparison {
    alpha: 0.01,
    beta: 0.05,
    ratio: 2.0,
    floor: 0.01,
});

/// Counters of one subset: so many errors of so many requests, and durations where asked for.
fn scrape(at: u64, [errors, requests]: [u64; 2]) -> Scrape {
    let series = |measure| Series { measure, labels: String::new() };
    let counters = [(Measure::Error, errors), (Measure::Success, requests - errors)];
    let series: BTreeMap<_, _> = counters.map(|(measure, n)| (series(measure), n)).into();
    Scrape { at, sources: [("pod".to_owned(), Source { started: None, series })].into() }
}

fn look(at: u64, candidate: [u64; 2], stable: [u64; 2]) -> Look {
    let (candidate, stable) = (Some(scrape(at, candidate)), Some(scrape(at, stable)));
    Look { at, split: Some("10".to_owned()), candidate, stable }
}

/// What is counted of one block.
fn counted(checks: &[analysis::Check], candidate: [u64; 2], stable: [u64; 2]) -> Evidence {
    let mut evidence = Evidence::new(checks, 0);
    let (before, now) = (look(0, [0, 0], [0, 0]), look(15_000, candidate, stable));
    let _ = evidence.take(&before, &now, Duration::ZERO);
    evidence
}

fn judged(checks: &[Check], evidence: Option<&Evidence>, numbers: &[Option<f64>]) -> Judgement {
    Judgement::of(checks, evidence, numbers)
}

fn doubt(doubt: Doubt) -> Judgement {
    Judgement::Inconclusive(doubt)
}

#[test]
fn counts_alone_tell() {
    let checks = [Check::Counted(ERRORS)];
    let of = |candidate, stable| judged(&checks, Some(&counted(&[ERRORS], candidate, stable)), &[]);
    let worse = of([30, 100], [9, 900]);
    let Judgement::Worse(FailedCheck::Counted(finding)) = &worse else { panic!("{worse:?}") };
    assert_eq!((finding.outcome, &finding.check), (Outcome::Worse, &ERRORS));
    assert_eq!((finding.candidate.events(), finding.candidate.requests()), (30, 100));
    assert_eq!(of([0, 10_000], [900, 90_000]), Judgement::Healthy);
    for (candidate, stable, reason) in [
        ([0, 10], [0, 90], Reason::NotEnough),
        ([0, 0], [0, 90], Reason::NoCandidateTraffic),
        ([0, 10], [0, 0], Reason::NoStableTraffic),
    ] {
        assert_eq!(of(candidate, stable), doubt(Doubt::Counted(reason)));
    }
}

#[test]
fn queries_answer_as_long_as_they_are_asked() {
    let below = Query { promql: "up".to_owned(), bound: Bound::AtLeast(1.0) };
    let checks = [Check::Query(query()), Check::Query(below.clone())];
    let failed = |query, number| Judgement::Worse(FailedCheck::Query(query, number));
    for (numbers, expected) in [
        (vec![Some(1.0), Some(1.0)], Judgement::SoFar),
        (vec![Some(1.5), Some(1.0)], failed(query(), 1.5)),
        (vec![Some(1.0), Some(0.5)], failed(below.clone(), 0.5)),
        // Worse by one is worse, whatever the other says.
        (vec![None, Some(0.5)], failed(below, 0.5)),
        (vec![Some(1.0), None], doubt(Doubt::NoNumber)),
        (vec![Some(1.0)], doubt(Doubt::NoNumber)),
        (vec![Some(f64::NAN), Some(1.0)], doubt(Doubt::NoNumber)),
        (vec![Some(f64::INFINITY), Some(1.0)], doubt(Doubt::NoNumber)),
        (vec![Some(0.0), Some(f64::NEG_INFINITY)], doubt(Doubt::NoNumber)),
    ] {
        assert_eq!(judged(&checks, None, &numbers), expected, "{numbers:?}");
    }
}

#[test]
fn both_have_to_be_well() {
    let checks = [Check::Query(query()), Check::Counted(ERRORS)];
    let healthy = counted(&[ERRORS], [0, 10_000], [900, 90_000]);
    let few = counted(&[ERRORS], [0, 10], [0, 90]);
    let worse = counted(&[ERRORS], [30, 100], [9, 900]);
    let of = |evidence, number| judged(&checks, Some(evidence), &[number]);
    assert_eq!(of(&healthy, Some(1.0)), Judgement::SoFar);
    assert_eq!(of(&healthy, None), doubt(Doubt::NoNumber));
    assert_eq!(of(&few, Some(1.0)), doubt(Doubt::Counted(Reason::NotEnough)));
    assert_eq!(of(&few, None), doubt(Doubt::NoNumber));
    assert!(matches!(of(&few, Some(2.0)), Judgement::Worse(FailedCheck::Query(..))));
    assert!(matches!(of(&worse, None), Judgement::Worse(FailedCheck::Counted(_))));
}

/// Nothing is concluded from what was counted for other checks, or not at all.
#[test]
fn what_was_not_asked_is_not_known() {
    let checks = [Check::Counted(ERRORS)];
    let none = doubt(Doubt::Counted(Reason::NoBlocks));
    assert_eq!(judged(&checks, None, &[]), none);
    assert_eq!(judged(&checks, Some(&Evidence::new(&[ERRORS], 0)), &[]), none);
    let other = analysis::Check::ErrorsAtMost(AtMost::new(0.01));
    let evidence = counted(std::slice::from_ref(&other), [30, 100], [0, 900]);
    assert_eq!(judged(&checks, Some(&evidence), &[]), none);
    assert_eq!(judged(&[], None, &[]), doubt(Doubt::Unknown));
}

/// One check that is only short of requests does not hide that another was not seen.
#[test]
fn what_is_missing_is_said_first() {
    let duration = analysis::Check::DurationWorseThanStable(Comparison::default());
    let both = [ERRORS, duration];
    let checks = both.clone().map(Check::Counted);
    let evidence = counted(&both, [0, 10], [0, 90]);
    let no_edges = Doubt::Counted(Reason::Missing(Dropped::NoEdges));
    assert_eq!(evidence.verdict().outcome, Outcome::Inconclusive(Reason::NotEnough));
    assert_eq!(judged(&checks, Some(&evidence), &[]), doubt(no_edges));
    assert!(no_edges.is_missing());
}
