//! Candidates that are slower: durations with a long tail (log-normal), edges at stable's quantiles.

use super::fixture::{TOLERANCE, histogram, look, scrape};
use super::sampling::unit;
use crate::rollout::analysis::{Check, Comparison, Edge, Evidence, Look, Outcome, Scrape};
use crate::split::Generator;

/// The edges of the histogram, in microseconds.
const EDGES: [u64; 12] = [
    5_000, 10_000, 25_000, 50_000, 75_000, 100_000, 150_000, 200_000, 250_000, 500_000, 1_000_000,
    2_500_000,
];

/// Counts of one subset: within each edge, and all.
#[derive(Clone, Default)]
struct Durations {
    within: [u64; 12],
    all: u64,
}

impl Durations {
    /// So many requests with a median of 50 ms times `factor`.
    fn serve(&mut self, dice: &mut Generator, requests: u64, factor: f64) {
        for _ in 0..requests {
            // Box and Muller (1958).
            let radius = (-2.0 * (1.0 - unit(dice)).ln()).sqrt();
            let normal = radius * (std::f64::consts::TAU * unit(dice)).cos();
            let duration = 50_000.0 * factor * (0.6 * normal).exp();
            self.all += 1;
            for (count, edge) in self.within.iter_mut().zip(EDGES) {
                *count += u64::from(duration <= f64::from(u32::try_from(edge).unwrap()));
            }
        }
    }

    fn scrape(&self, second: u64) -> Scrape {
        let within: Vec<_> = EDGES.into_iter().zip(self.within).collect();
        scrape(second, &[("proxy", histogram(self.all, &within))])
    }
}

/// The outcome and the minute of it, of 60 requests a minute of which a tenth are the candidate's.
fn outcome(dice: &mut Generator, factor: f64) -> (Outcome, u64) {
    let check = Check::DurationWorseThanStable(Comparison::default());
    let (mut candidate, mut stable) = (Durations::default(), Durations::default());
    stable.serve(dice, 3_000, 1.0);
    let mut evidence = Evidence::new(&[check], 0);
    let at = |minute: u64, candidate: &Durations, stable: &Durations| Look {
        candidate: Some(candidate.scrape(60 * minute)),
        stable: Some(stable.scrape(60 * minute)),
        ..look(60 * minute, (0, 0), (0, 0))
    };
    let mut before = at(0, &candidate, &stable);
    for minute in 1..=60 {
        candidate.serve(dice, 6, factor);
        stable.serve(dice, 54, 1.0);
        let now = at(minute, &candidate, &stable);
        evidence.take(&before, &now, TOLERANCE).unwrap();
        let verdict = evidence.verdict();
        if verdict.outcome == Outcome::Worse {
            let finding = &verdict.findings[0];
            assert!(finding.edge.is_some_and(|edge| edge >= Edge(50_000)), "{finding:?}");
            assert!(finding.candidate.rate() > finding.stable.rate(), "{finding:?}");
            return (verdict.outcome, minute);
        }
        before = now;
    }
    (evidence.verdict().outcome, 60)
}

#[test]
fn a_slower_candidate_is_found_and_one_that_is_not_goes_on() {
    let mut dice = Generator::new(4);
    let mut minutes = |runs: usize, factor| -> Vec<u64> {
        let mut minutes: Vec<_> = (0..runs)
            .map(|_| outcome(&mut dice, factor))
            .filter(|(outcome, _)| *outcome == Outcome::Worse)
            .map(|(_, minute)| minute)
            .collect();
        minutes.sort_unstable();
        minutes
    };
    let slower = minutes(31, 1.5);
    println!("{slower:?}");
    assert!(slower.len() >= 29 && (10..=24).contains(&slower[15]), "{slower:?}");
    let slow = minutes(11, 3.0);
    assert!(slow.len() == 11 && slow[5] <= 4, "{slow:?}");
    assert!(minutes(40, 1.0).len() <= 1);
}

/// Shown at each edge, or not at all: the candidate's tail is seldom seen.
#[test]
fn not_slower_takes_more_requests() {
    let mut dice = Generator::new(5);
    assert!(matches!(outcome(&mut dice, 1.0), (Outcome::Inconclusive(_), 60)));
}
