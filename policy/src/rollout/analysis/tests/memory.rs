//! What is kept in the status: nothing is lost by it, and nothing counts twice.

use proptest::prelude::*;

use super::fixture::{TOLERANCE, assert_close, errors, histogram, look, scrape};
use crate::rollout::analysis::{
    AtMost, Check, Comparison, Dropped, Evidence, Finding, Look, Scrape, Verdict,
};

fn checks() -> Vec<Check> {
    let durations = Check::DurationWorseThanStable(Comparison::default());
    vec![errors(), Check::ErrorsAtMost(AtMost::new(0.01)), durations]
}

/// Written to JSON, and read by another process.
fn reread(evidence: &Evidence) -> Evidence {
    serde_json::from_str(&serde_json::to_string(evidence).unwrap()).unwrap()
}

/// Looks at a minute's distance with these errors and slow requests of the candidate, and of stable.
fn looks(minutes: &[[u64; 4]]) -> Vec<Look> {
    let mut sums = [0_u64; 4];
    let mut looks = Vec::new();
    for minute in 0..=minutes.len() {
        let second = 60 * minute as u64;
        let requests = [100 * minute as u64 + 1000, 900 * minute as u64 + 9000];
        let side = |requests: u64, errors: u64, slow: u64, counted: Option<Scrape>| {
            let within = [(1000, requests / 2 - slow), (5000, requests - slow), (10_000, requests)];
            let durations = scrape(second, &[("histogram", histogram(requests, &within))]);
            let mut counted = counted.unwrap();
            assert!(errors <= requests);
            counted.sources.extend(durations.sources);
            Some(counted)
        };
        let counts = |requests: u64, errors: u64| (requests - errors, errors);
        let plain = look(second, counts(requests[0], sums[0]), counts(requests[1], sums[2]));
        looks.push(Look {
            candidate: side(requests[0], sums[0], sums[1], plain.candidate),
            stable: side(requests[1], sums[2], sums[3], plain.stable),
            ..plain
        });
        if let Some(counts) = minutes.get(minute) {
            sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        }
    }
    looks
}

/// The same, but for the last digit of numbers that were written as text.
fn assert_same(found: &Verdict, expected: &Verdict) {
    assert_eq!((found.until, found.blocks), (expected.until, expected.blocks));
    for (found, expected) in found.findings.iter().zip(&expected.findings) {
        let counts = |finding: &Finding| (finding.candidate, finding.stable);
        assert_eq!((found.outcome, counts(found)), (expected.outcome, counts(expected)));
        for weight in [|finding: &Finding| finding.worse, |finding: &Finding| finding.healthy] {
            let (found, expected) = (weight(found).logarithm, weight(expected).logarithm);
            if found.to_bits() != expected.to_bits() {
                assert_close(found, expected, 1e-12, "evidence");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// Killed after any block, the next process comes to the same evidence, even if it does not know whether the block
    /// was written down.
    #[test]
    fn a_killed_process_goes_on_with_nothing_counted_twice(
        minutes in proptest::collection::vec([0_u64..9, 0_u64..9, 0_u64..60, 0_u64..60], 1..40),
        killed in proptest::collection::vec(any::<bool>(), 40),
    ) {
        let looks = looks(&minutes);
        let mut undisturbed = Evidence::new(&checks(), 0);
        let mut disturbed = undisturbed.clone();
        for (pair, killed) in looks.windows(2).zip(killed) {
            prop_assert_eq!(undisturbed.take(&pair[0], &pair[1], TOLERANCE), Ok(()));
            prop_assert_eq!(disturbed.take(&pair[0], &pair[1], TOLERANCE), Ok(()));
            if killed {
                let mut again = reread(&disturbed);
                // The next process does not know that this block was taken.
                prop_assert_eq!(again.take(&pair[0], &pair[1], TOLERANCE), Err(Dropped::Counted));
                disturbed = reread(&disturbed);
                for other in [&again, &disturbed] {
                    assert_same(&other.verdict(), &undisturbed.verdict());
                }
            }
        }
        prop_assert!(disturbed.answers(&checks()));
        let size = serde_json::to_string(&disturbed).unwrap().len();
        prop_assert!(size < 8_000, "{} bytes", size);
    }
}

#[test]
fn blocks_that_overlap_what_was_counted_are_refused() {
    let looks = looks(&[[1, 1, 9, 9]; 4]);
    let mut evidence = Evidence::new(&checks(), 0);
    assert_eq!(evidence.take(&looks[0], &looks[2], TOLERANCE), Ok(()));
    let so_far = evidence.verdict().findings;
    for (from, to) in [(0, 1), (1, 2), (1, 3), (0, 4)] {
        let taken = evidence.take(&looks[from], &looks[to], TOLERANCE);
        assert_eq!(taken, Err(Dropped::Counted), "{from} to {to}");
    }
    assert_eq!(evidence.verdict().findings, so_far);
    assert_eq!(evidence.take(&looks[2], &looks[4], TOLERANCE), Ok(()));
    assert_eq!(evidence.until(), 240_000);
}

#[test]
fn the_next_step_knows_stable_and_nothing_of_the_candidate() {
    let looks = looks(&[[1, 1, 9, 9], [1, 1, 0, 0], [1, 1, 60, 60]]);
    let mut evidence = Evidence::new(&checks(), 0);
    for pair in looks.windows(2) {
        evidence.take(&pair[0], &pair[1], TOLERANCE).unwrap();
    }
    let next = evidence.next(&checks(), 180_000);
    let (before, after) = (evidence.verdict(), next.verdict());
    assert_eq!((after.since, after.until, after.blocks), (180_000, 180_000, 0));
    for (before, after) in before.findings.iter().zip(after.findings) {
        assert!(before.dispersion.is_some());
        assert_eq!(
            (before.dispersion, before.edge.is_some()),
            (after.dispersion, after.edge.is_some())
        );
        assert_eq!((after.candidate.requests(), after.stable.requests()), (0, 0));
        assert!(after.worse.logarithm <= 0.0 && after.healthy.logarithm <= 0.0);
    }
    // Another check has nothing to go on.
    let other = evidence.next(&[], 180_000);
    assert!(other.answers(&[]) && !other.answers(&checks()) && next.answers(&checks()));
}

#[test]
fn a_later_version_may_have_written_more() {
    let mut value = serde_json::to_value(Evidence::new(&checks(), 7)).unwrap();
    value["later"] = true.into();
    value["cases"][0]["later"] = true.into();
    let read: Evidence = serde_json::from_value(value).unwrap();
    assert_eq!(read, Evidence::new(&checks(), 7));
}

#[test]
fn what_is_kept_is_short_and_plain() {
    let mut evidence = Evidence::new(&[errors()], 0);
    evidence.take(&look(0, (0, 0), (0, 0)), &look(60, (10, 0), (90, 0)), TOLERANCE).unwrap();
    let json = serde_json::to_string_pretty(&evidence).unwrap();
    assert!(json.contains("\"until\": 60000") && json.len() < 3_000, "{json}");
}
