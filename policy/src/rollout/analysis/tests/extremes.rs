//! Numbers that overflow, underflow or cancel.

use super::fixture::{assert_close, block};
use crate::rollout::analysis::binomial::log_probability;
use crate::rollout::analysis::{Counts, Dispersion, NotWorse, Proportion, Worse};

/// A thousand million.
const BILLION: u64 = 1_000_000_000;

#[test]
fn a_billion_requests_and_one_error() {
    for (counts, worse, not_worse) in [
        ((1, BILLION, 0, 9 * BILLION), 1.574_015_246_390_554, -1.212_985_482_308_706_6),
        ((1, BILLION, 0, BILLION), 0.520_852_149_812_231_4, -0.750_978_089_381_526_4),
        ((0, BILLION, 1, BILLION), -1.150_310_718_148_432_3, 0.720_854_987_363_238_3),
        ((BILLION, BILLION, 0, BILLION), 675_128_672.860_042_4, -287_682_074.061_218_84),
        ((BILLION, BILLION, BILLION, BILLION), -40_821_996.717_479_71, 117_783_034.046_945_54),
        ((1, 1, 1_000_000, BILLION), 2.728_939_162_726_117_4, -1.336_224_395_145_673_4),
        (
            (BILLION / 100, BILLION, BILLION / 100, BILLION),
            -408_222.142_427_128_6,
            1_177_828.747_125_922,
        ),
    ] {
        let (mut found_worse, mut found_not) = (Worse::default(), NotWorse::new(2.0));
        found_worse.add(&block(counts));
        found_not.add(&block(counts));
        assert_close(found_worse.log_evidence(), worse, 1e-12, &format!("{counts:?}"));
        assert_close(found_not.log_evidence(), not_worse, 1e-12, &format!("{counts:?}"));
    }
}

#[test]
fn binomial_probabilities_do_not_cancel() {
    for (k, n, p, expected) in [
        (0.0, 1e9, 1e-9, -1.000_000_000_5),
        (1.0, 1e9, 1e-9, -0.999_999_999_5),
        (1.0, 1e9, 0.01, -10_050_319.725_355_454),
        (3.0, 1e9, 1e-8, -4.884_004_213_245_918),
        (1e3, 1e6, 0.001, -4.372_399_255_942_922),
        (1010.0, 1e6, 0.001, -4.427_252_803_174_674),
        (3e5, 1e6, 0.3, -7.046_370_251_546_539),
        (5.0, 100.0, 0.01, -5.843_807_894_040_667),
        (99.0, 100.0, 0.5, -64.709_547_870_006_44),
        (15.0, 30.0, 0.5, -1.934_721_835_649_978),
        (1.0, 2.0, 0.5, -std::f64::consts::LN_2),
        (2.0, 17.0, 0.3, -2.845_414_881_996_805_7),
        (999_999.0, 1e6, 0.999, -993.591_577_804_217_8),
    ] {
        assert_close(log_probability(k, n, p), expected, 1e-12, &format!("{k} of {n} at {p}"));
    }
    // All of them together are certain.
    for (n, p) in [(1.0, 0.3), (2.0, 0.5), (15.0, 0.01), (16.0, 0.9), (17.0, 0.5), (500.0, 0.02)] {
        let (mut sum, mut k) = (0.0, 0.0);
        while k <= n {
            sum += log_probability(k, n, p).exp();
            k += 1.0;
        }
        assert_close(sum, 1.0, 1e-12, &format!("{n} at {p}"));
    }
}

#[track_caller]
fn assert_certain(logarithm: f64) {
    assert!(logarithm.is_infinite() && logarithm > 0.0, "{logarithm}");
}

#[test]
fn what_is_impossible_is_excluded_for_certain() {
    let proportion = |events, requests| Proportion::new(Counts::new(events, requests).unwrap());
    assert_certain(proportion(1, BILLION).log_evidence_against(0.0));
    assert_certain(proportion(0, BILLION).log_evidence_against(1.0));
    assert_certain(proportion(1, BILLION).log_evidence_above(0.0));
    // No traffic shows that there is never an error.
    assert!(proportion(0, BILLION).log_evidence_below(0.0) <= 0.0);
    // What was seen is evidence in one direction.
    assert!(proportion(0, 1000).log_evidence_above(0.1) <= 0.0);
    assert!(proportion(1000, 1000).log_evidence_below(0.1) <= 0.0);
}

#[test]
fn nothing_is_no_evidence() {
    for counts in [(0, 0, 0, 0), (0, 0, 5, 100), (5, 100, 0, 0), (0, 100, 0, 900), (7, 7, 0, 0)] {
        let (mut worse, mut not_worse) = (Worse::default(), NotWorse::new(2.0));
        worse.add(&block(counts));
        not_worse.add(&block(counts));
        assert_close(worse.log_evidence(), 0.0, 1e-15, &format!("{counts:?}"));
        assert_close(not_worse.log_evidence(), 0.0, 1e-15, &format!("{counts:?}"));
    }
    let nothing = Proportion::new(Counts::default());
    assert!(nothing.log_evidence_against(0.3).abs() < 1e-15);
}

#[test]
fn the_largest_counts_are_numbers_still() {
    let all = Counts::new(u64::MAX, u64::MAX).unwrap();
    assert_eq!(all.plus(all), all);
    let mut dispersion = Dispersion::default();
    let (mut worse, mut not_worse) = (Worse::default(), NotWorse::new(2.0));
    let most = block((u64::MAX, u64::MAX, 1, u64::MAX));
    for _ in 0..100 {
        worse.add(&most);
        not_worse.add(&most);
        dispersion.add(most.stable);
    }
    assert!(worse.log_evidence().is_finite() && not_worse.log_evidence().is_finite());
    assert!(dispersion.factor().is_finite());
    let interval = Proportion::new(most.stable).interval(0.01, 0.05);
    assert!(interval.lower > 0.0 && interval.upper < 1e-17, "{interval:?}");
}

#[test]
fn more_events_than_requests_are_refused() {
    assert_eq!(Counts::new(2, 1), None);
    let read = |json| serde_json::from_str::<Counts>(json).map_err(|error| error.to_string());
    assert_eq!(read("[1,10]"), Ok(Counts::new(1, 10).unwrap()));
    assert_eq!(read("[10,1]"), Err("10 events of 1 requests".to_owned()));
}

#[test]
fn the_dispersion_is_pearsons() {
    let of = |blocks: &[(u64, u64)]| {
        let mut dispersion = Dispersion::default();
        for (events, requests) in blocks {
            dispersion.add(Counts::new(*events, *requests).unwrap());
        }
        dispersion
    };
    for (blocks, expected) in [
        (vec![], None),
        (vec![(1, 10)], None),
        (vec![(0, 10), (0, 10)], None),
        (vec![(10, 10), (10, 10)], None),
        // p 0.1, each block off by 1: 2 / (10·0.1·0.9) / 1
        (vec![(0, 10), (2, 10)], Some(2.0 / 0.9)),
        (vec![(0, 10), (0, 0), (2, 10)], Some(2.0 / 0.9)),
        // The same with one block as it is to be; over pairs there is one pair, which says nothing.
        (vec![(1, 10), (0, 10), (2, 10)], Some(2.0 / 0.9 / 2.0)),
        // p 0.5, over blocks 4·25 / 2.5 / 3, over pairs 2·100 / 5: the larger one.
        (vec![(0, 10), (0, 10), (10, 10), (10, 10)], Some(200.0 / 5.0)),
        // A billion requests, as they are to be: the same 1000 of 1e9 each time.
        (vec![(1000, BILLION); 3], Some(0.0)),
        (vec![(0, BILLION), (2, BILLION)], Some(2.0 / (1.0 - 1e-9))),
    ] {
        let value = of(&blocks).value();
        match (value, expected) {
            (Some(value), Some(expected)) => {
                assert_close(value, expected, 1e-12, &format!("{blocks:?}"));
            }
            (value, expected) => assert_eq!(value, expected, "{blocks:?}"),
        }
        assert!(of(&blocks).factor() >= 1.0, "{blocks:?}");
    }
}
