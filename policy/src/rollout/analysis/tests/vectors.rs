//! The formulas, each against numbers that were calculated with 60 digits.

use super::fixture::{assert_close, block};
use crate::rollout::analysis::{
    AtMost, Check, Comparison, Counts, NotWorse, Proportion, Worse, clean_requests, needed,
};

/// E to twelve digits.
#[track_caller]
fn assert_evidence(logarithm: f64, expected: f64, what: &str) {
    assert_close(logarithm, expected.ln(), 3e-12, what);
}

#[test]
fn evidence_that_the_candidate_is_worse() {
    for (blocks, expected) in [
        (vec![(1, 10, 0, 90)], 4.825_986_869_38),
        (vec![(3, 10, 0, 90)], 205.851_634_700),
        (vec![(5, 100, 5, 900)], 62.352_190_665_8),
        (vec![(10, 1000, 90, 9000)], 0.057_059_280_785_8),
        (vec![(2, 30, 1, 270), (3, 30, 2, 270), (4, 60, 1, 240)], 15_671.303_027_5),
    ] {
        let mut worse = Worse::default();
        for counts in &blocks {
            worse.add(&block(*counts));
        }
        assert_evidence(worse.log_evidence(), expected, &format!("{blocks:?}"));
    }
}

#[test]
fn evidence_that_the_candidate_is_not_worse() {
    for (counts, expected) in
        [((0, 1000, 50, 9000), 3_855.225_073_04), ((10, 1000, 90, 9000), 5.047_861_571_62)]
    {
        let mut not_worse = NotWorse::new(2.0);
        not_worse.add(&block(counts));
        assert_evidence(not_worse.log_evidence(), expected, &format!("{counts:?}"));
    }
}

#[test]
fn rates_that_are_not_excluded() {
    for (events, requests, lower, upper) in [
        (0, 100, 0.0, 0.073_284_373_402_899_9),
        (0, 1000, 0.0, 0.009_855_599_157_285_21),
        (0, 1_000_000_000, 0.0, 2.371_899_783_020_50e-8),
        (0, 1, 0.0, 0.975),
        (1, 1, 0.025, 1.0),
        (0, 0, 0.0, 1.0),
    ] {
        let what = format!("{events} of {requests}");
        let proportion = Proportion::new(Counts::new(events, requests).unwrap());
        let interval = proportion.interval(0.05, 0.05);
        assert_close(interval.lower / 1e-9, lower / 1e-9, 1e-12, &what);
        assert_close(interval.upper / 1e-9, upper / 1e-9, 1e-12, &what);
    }
    let interval = Proportion::new(Counts::new(5, 100).unwrap()).interval(0.05, 0.05);
    assert_eq!(format!("{:.6} {:.6}", interval.lower, interval.upper), "0.006577 0.160259");
    for end in [interval.lower, interval.upper] {
        let evidence = Proportion::new(Counts::new(5, 100).unwrap()).log_evidence_against(end);
        assert_close(evidence, 20_f64.ln(), 1e-12, "at the end");
    }
}

#[test]
fn evidence_for_a_share_other_than_the_nominal_one() {
    for (users, all, share, expected) in
        [(3, 3, 0.1, 250.0), (12, 40, 0.1, 83.417_774_130_6), (65, 100, 0.5, 11.461_393_947_7)]
    {
        let proportion = Proportion::new(Counts::new(users, all).unwrap());
        let evidence = proportion.log_evidence_against(share);
        assert_evidence(evidence, expected, &format!("{users} of {all} at {share}"));
    }
}

#[test]
fn an_absolute_bound_takes_so_many_requests() {
    for (bound, beta, expected) in [(0.01, 0.05, Some(984)), (0.5, 0.05, None), (0.0, 0.05, None)] {
        let requests = clean_requests(bound, beta);
        if let Some(expected) = expected {
            assert_eq!(requests, Some(expected), "{bound}");
        }
        let Some(requests) = requests else {
            assert!(bound <= 0.0, "{bound}");
            continue;
        };
        let upper = |requests| {
            let counts = Counts::new(0, requests).unwrap();
            Proportion::new(counts).interval(beta, beta).upper
        };
        assert!(upper(requests) <= bound && upper(requests - 1) > bound, "{bound}: {requests}");
    }
}

/// By the formulas: the least number of requests, in steps of a hundred for durations.
#[test]
fn an_answer_takes_so_many_requests() {
    let comparison = Comparison::default();
    let (at_most, errors) = (AtMost::new(0.001), Check::ErrorsWorseThanStable(comparison));
    let durations = Check::DurationWorseThanStable(comparison);
    for (check, share, expected) in [
        (Check::ErrorsAtMost(AtMost::new(0.01)), 0.1, Some(984)),
        (Check::ErrorsAtMost(at_most), 0.5, Some(12_417)),
        (errors.clone(), 0.01, Some(1_058)),
        (errors.clone(), 1.0, Some(1_058)),
        (errors, 0.0, Some(1_058)),
        (durations.clone(), 0.01, Some(1_700)),
        (durations.clone(), 0.05, Some(1_800)),
        (durations.clone(), 0.1, Some(1_900)),
        (durations.clone(), 0.5, Some(4_200)),
        (durations.clone(), 1.0, None),
        (durations, 0.0, None),
    ] {
        assert_eq!(needed(&check, share), expected, "{check:?} at {share}");
    }
}
