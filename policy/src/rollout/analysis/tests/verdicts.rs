//! What is concluded: the outcome of whole analyses.

use super::fixture::{TOLERANCE, errors, look};
use crate::rollout::analysis::{
    AtMost, Check, Comparison, Dropped, Evidence, Look, Outcome, Reason, Verdict,
};

/// What comes of counters that grow by the same in each minute: errors and requests.
fn after(
    minutes: u64,
    checks: &[Check],
    candidate: (u64, u64),
    stable: (u64, u64),
) -> (Evidence, Verdict) {
    let mut evidence = Evidence::new(checks, 0);
    for minute in 0..minutes {
        let [before, now] = [minute, minute + 1].map(|at| counted(at, candidate, stable));
        evidence.take(&before, &now, TOLERANCE).unwrap();
    }
    let verdict = evidence.verdict();
    (evidence, verdict)
}

fn counted(minute: u64, candidate: (u64, u64), stable: (u64, u64)) -> Look {
    let so_far = |(errors, requests)| ((requests - errors) * minute, errors * minute);
    look(minute * 60, so_far(candidate), so_far(stable))
}

fn at_most(rate: f64) -> Check {
    Check::ErrorsAtMost(AtMost::new(rate))
}

#[test]
fn each_service_has_its_outcome() {
    let inconclusive = Outcome::Inconclusive;
    for (case, minutes, check, candidate, stable, expected) in [
        ("always fails", 1, errors(), (3, 3), (0, 27), Outcome::Worse),
        ("one request that fails", 1, errors(), (1, 1), (0, 9), inconclusive(Reason::NotEnough)),
        ("fails 5 %", 10, errors(), (2, 40), (4, 760), Outcome::Worse),
        ("fails as stable does", 60, errors(), (2, 200), (18, 1800), Outcome::Healthy),
        (
            "fails as stable does, early",
            1,
            errors(),
            (1, 100),
            (9, 900),
            inconclusive(Reason::NotEnough),
        ),
        ("never fails, as stable", 10, errors(), (0, 120), (0, 1080), Outcome::Healthy),
        ("the same, by few", 8, errors(), (0, 120), (0, 1080), inconclusive(Reason::NotEnough)),
        (
            "the same, without a floor",
            600,
            Check::ErrorsWorseThanStable(Comparison { floor: 0.0, ..Comparison::default() }),
            (0, 120),
            (0, 1080),
            inconclusive(Reason::NotEnough),
        ),
        ("worse below the floor", 10, errors(), (1, 200), (0, 1800), Outcome::Worse),
        ("all fail on both sides", 10, errors(), (10, 10), (90, 90), Outcome::Healthy),
        (
            "no request at all",
            10,
            errors(),
            (0, 0),
            (0, 0),
            inconclusive(Reason::NoCandidateTraffic),
        ),
        (
            "a candidate without traffic",
            10,
            errors(),
            (0, 0),
            (9, 900),
            inconclusive(Reason::NoCandidateTraffic),
        ),
        (
            "a stable without traffic",
            10,
            errors(),
            (9, 90),
            (0, 0),
            inconclusive(Reason::NoStableTraffic),
        ),
        ("no minute yet", 0, errors(), (0, 0), (0, 0), inconclusive(Reason::NoBlocks)),
        ("a bound that is kept", 10, at_most(0.01), (0, 100), (0, 900), Outcome::Healthy),
        (
            "a bound that is kept, by few",
            9,
            at_most(0.01),
            (0, 100),
            (0, 900),
            inconclusive(Reason::NotEnough),
        ),
        ("a bound that is broken", 1, at_most(0.01), (15, 100), (0, 900), Outcome::Worse),
        ("a bound that is broken by both", 1, at_most(0.01), (50, 100), (450, 900), Outcome::Worse),
        (
            "a bound without traffic",
            10,
            at_most(0.01),
            (0, 0),
            (0, 900),
            inconclusive(Reason::NoCandidateTraffic),
        ),
        ("a bound without stable", 10, at_most(0.01), (0, 100), (0, 0), Outcome::Healthy),
        (
            "a bound that is met just so",
            10,
            at_most(0.01),
            (1, 100),
            (0, 0),
            inconclusive(Reason::NotEnough),
        ),
    ] {
        assert_eq!(after(minutes, &[check], candidate, stable).1.outcome, expected, "{case}");
    }
}

#[test]
fn a_verdict_has_its_numbers() {
    let (_, verdict) = after(1, &[errors(), at_most(0.01)], (3, 10), (0, 90));
    assert_eq!((verdict.since, verdict.until, verdict.blocks), (0, 60_000, 1));
    let [compared, bounded] = verdict.findings.as_slice() else { panic!("{verdict:?}") };
    assert_eq!(format!("{:.6}", compared.worse.evidence()), "205.851635");
    assert_eq!(format!("{:.6}", compared.worse.evidence_limit()), "100.000000");
    assert_eq!(format!("{:.6}", compared.healthy.evidence_limit()), "20.000000");
    assert_eq!((compared.candidate.events(), compared.candidate.requests()), (3, 10));
    assert_eq!((compared.stable.events(), compared.stable.requests()), (0, 90));
    assert_eq!((compared.dispersion, compared.interval, compared.edge), (None, None, None));
    assert_eq!(bounded.outcome, Outcome::Worse);
    let interval = bounded.interval.unwrap();
    assert!(interval.lower > 0.01 && interval.upper < 0.8, "{interval:?}");
}

#[test]
fn evidence_too_large_to_print_is_the_largest_number() {
    let (_, verdict) = after(60, &[errors(), at_most(0.0)], (60_000, 60_000), (0, 540_000));
    for finding in verdict.findings {
        assert!(finding.worse.is_enough() && finding.worse.evidence() >= f64::MAX, "{finding:?}");
    }
}

#[test]
fn one_check_that_is_worse_decides_and_all_have_to_be_healthy() {
    let good = ((2, 200), (18, 1800));
    let outcome = |checks: &[Check], minutes| after(minutes, checks, good.0, good.1).1.outcome;
    assert_eq!(outcome(&[errors(), at_most(0.05)], 60), Outcome::Healthy);
    assert_eq!(outcome(&[errors(), at_most(0.001)], 60), Outcome::Worse);
    assert_eq!(outcome(&[errors(), at_most(0.01)], 60), Outcome::Inconclusive(Reason::NotEnough));
    assert_eq!(outcome(&[], 60), Outcome::Inconclusive(Reason::NoBlocks));
}

/// A service in which stable's errors come all at once is no ground to judge a candidate by each request.
#[test]
fn requests_that_fail_together_count_less() {
    let burst = |minute: u64| if minute.is_multiple_of(4) { 40 } else { 0 };
    let mut evidence = Evidence::new(&[errors()], 0);
    let (mut candidate, mut stable, mut minute) = ((0, 0), (0, 0), 0);
    let mut go = |evidence: &mut Evidence, failed: u64| {
        let before = look(minute * 60, candidate, stable);
        let errors = burst(minute);
        candidate = (candidate.0 + 50 - failed, candidate.1 + failed);
        stable = (stable.0 + 950 - errors, stable.1 + errors);
        minute += 1;
        evidence.take(&before, &look(minute * 60, candidate, stable), TOLERANCE).unwrap();
    };
    for _ in 0..8 {
        go(&mut evidence, 0);
    }
    go(&mut evidence, 40);
    let finding = evidence.verdict().findings.remove(0);
    let factor = finding.dispersion.unwrap();
    assert!(factor > 10.0, "{finding:?}");
    assert!(finding.worse.logarithm * factor > finding.worse.limit, "{finding:?}");
    assert_eq!(finding.outcome, Outcome::Inconclusive(Reason::NotEnough));
}

/// What was shown once does not lead forward while nothing is known; what counted against the candidate stays.
#[test]
fn nothing_goes_forward_on_missing_data_and_nothing_is_rolled_back_on_it() {
    let missing = Dropped::StableMissing;
    for (candidate, minutes, expected) in [
        ((2, 200), 60, Outcome::Healthy),
        ((0, 20), 1, Outcome::Inconclusive(Reason::NotEnough)),
        ((60, 200), 1, Outcome::Worse),
    ] {
        let stable = (candidate.0 % 60 * 9, candidate.1 * 9);
        let (mut evidence, verdict) = after(minutes, &[errors()], candidate, stable);
        assert_eq!(verdict.outcome, expected);
        let before = counted(minutes, candidate, stable);
        // It fails each time from here on.
        let failing = look((minutes + 1) * 60, (0, 60_000), (0, 0));
        let away = Look { stable: None, ..failing };
        assert_eq!(evidence.take(&before, &away, TOLERANCE), Err(missing));
        let outcome = match expected {
            Outcome::Worse => Outcome::Worse,
            _ => Outcome::Inconclusive(Reason::Missing(missing)),
        };
        let then = evidence.verdict();
        assert_eq!(then.outcome, outcome);
        assert_eq!(then.findings[0].worse, verdict.findings[0].worse);
        // And as before when it is back.
        let [again, next] = [minutes + 2, minutes + 3].map(|at| counted(at, candidate, stable));
        evidence.take(&again, &next, TOLERANCE).unwrap();
        assert_eq!(evidence.verdict().outcome, expected);
    }
}
