//! How soon a candidate that is worse is rolled back: within 60 looks at a minute's distance.

use super::fixture::{block, errors};
use super::sampling::binomial;
use crate::rollout::analysis::tally::Tally;
use crate::split::Generator;

const LOOKS: usize = 60;

/// The part of candidates that is rolled back, and the median of the minutes it takes; the first figures are without
/// regard to dispersion.
fn found(runs: usize, requests: u64, share: f64, rate: f64, stable: f64) -> [(f64, usize); 2] {
    let mut dice = Generator::new(3);
    let mut minutes = [vec![], vec![]];
    for _ in 0..runs {
        let mut tally = Tally::new(&errors(), None);
        let mut open = [true; 2];
        for minute in 1..=LOOKS {
            let n = binomial(&mut dice, requests, share);
            let (k, others) = (binomial(&mut dice, n, rate), requests - n);
            tally.add(&block((k, n, binomial(&mut dice, others, stable), others)));
            let (tempered, factor) = (tally.worse(), tally.dispersion.factor());
            for (which, evidence) in [tempered * factor, tempered].into_iter().enumerate() {
                if open[which] && evidence >= 100_f64.ln() {
                    open[which] = false;
                    minutes[which].push(minute);
                }
            }
            if open == [false; 2] {
                break;
            }
        }
    }
    minutes.map(|mut minutes| {
        minutes.sort_unstable();
        let part = |count: usize| f64::from(u32::try_from(count).unwrap());
        (part(minutes.len()) / part(runs), minutes.get(runs / 2).copied().unwrap_or(usize::MAX))
    })
}

/// Per row: requests a minute, share; per column: the candidate's rate and stable's, what is found without regard to
/// dispersion (the table of the design) and with it.
#[test]
fn a_candidate_that_is_worse_is_found_in_time() {
    let never = usize::MAX;
    for (requests, share, rate, stable, untempered, tempered, runs) in [
        (60, 0.1, 0.01, 0.01, (0.002, never), (0.0, never), 400),
        (60, 0.1, 0.03, 0.01, (0.33, never), (0.22, never), 400),
        (60, 0.1, 0.05, 0.005, (0.99, 17), (0.97, 19), 400),
        (60, 0.1, 0.2, 0.005, (1.0, 3), (1.0, 3), 400),
        (600, 0.05, 0.01, 0.01, (0.002, never), (0.0, never), 200),
        (600, 0.05, 0.03, 0.01, (1.0, 17), (0.97, 21), 200),
        (600, 0.05, 0.05, 0.005, (1.0, 4), (1.0, 4), 200),
        (600, 0.05, 0.2, 0.005, (1.0, 1), (1.0, 1), 200),
        (6000, 0.1, 0.01, 0.01, (0.001, never), (0.0, never), 50),
        (6000, 0.1, 0.03, 0.01, (1.0, 1), (1.0, 2), 100),
        (6000, 0.1, 0.05, 0.005, (1.0, 1), (1.0, 1), 100),
        (6000, 0.1, 0.2, 0.005, (1.0, 1), (1.0, 1), 100),
    ] {
        let found = found(runs, requests, share, rate, stable);
        let case = format!("{requests} a minute, {share}, {rate} against {stable}");
        println!("{case}: {found:?}");
        for ((part, median), (expected, expected_median)) in
            found.into_iter().zip([untempered, tempered])
        {
            let deviation =
                (expected * (1.0 - expected) / f64::from(u32::try_from(runs).unwrap())).sqrt();
            assert!(
                (part - expected).abs() <= 0.02 + 2.5 * deviation,
                "{case}: {part}, {expected}"
            );
            let is_near = median == expected_median
                || median.abs_diff(expected_median) <= 1 + expected_median / 8;
            assert!(is_near, "{case}: minute {median}, {expected_median}");
        }
    }
}
