//! Blocks and scrapes in a few words.

use std::time::Duration;

use crate::rollout::analysis::{
    Block, Check, Comparison, Counts, Edge, Look, Measure, Scrape, Series, Source,
};

/// How late a scrape may be in these tests.
pub(super) const TOLERANCE: Duration = Duration::from_secs(5);

/// A block, as ANALYSIS has them: of the candidate events and requests, and of stable.
pub(super) fn block((kc, nc, ks, ns): (u64, u64, u64, u64)) -> Block {
    let counts = |events, requests| Counts::new(events, requests).unwrap();
    Block { candidate: counts(kc, nc), stable: counts(ks, ns) }
}

/// The check that is asked where nothing else is said.
pub(super) fn errors() -> Check {
    Check::ErrorsWorseThanStable(Comparison::default())
}

/// A source of which successes and errors are counted.
pub(super) fn source(successes: u64, errors: u64) -> Source {
    let series = [(Measure::Success, successes), (Measure::Error, errors)];
    of(&series)
}

/// A source with one series for each measure.
pub(super) fn of(series: &[(Measure, u64)]) -> Source {
    let named = |measure| Series { measure, labels: String::new() };
    let series = series.iter().map(|(measure, value)| (named(*measure), *value)).collect();
    Source { started: None, series }
}

/// A source with a histogram: requests in all, and within the edges.
pub(super) fn histogram(observed: u64, within: &[(u64, u64)]) -> Source {
    let within = within.iter().map(|(edge, count)| (Measure::Within(Edge(*edge)), *count));
    of(&within.chain([(Measure::Observed, observed)]).collect::<Vec<_>>())
}

/// What these sources had at this second.
pub(super) fn scrape(second: u64, sources: &[(&str, Source)]) -> Scrape {
    let sources = sources.iter().map(|(name, source)| ((*name).to_owned(), source.clone()));
    Scrape { at: second * 1000, sources: sources.collect() }
}

/// A look at one proxy that counts for both subsets: successes and errors of the candidate, and of stable.
pub(super) fn look(second: u64, candidate: (u64, u64), stable: (u64, u64)) -> Look {
    let one = |(successes, errors)| Some(scrape(second, &[("proxy", source(successes, errors))]));
    Look {
        at: second * 1000,
        split: Some("v2 10 %".to_owned()),
        candidate: one(candidate),
        stable: one(stable),
    }
}

/// Whether two numbers are the same to so many parts of the second, or of 1 where that is less.
#[track_caller]
pub(super) fn assert_close(found: f64, expected: f64, tolerance: f64, what: &str) {
    let distance = (found - expected).abs() / expected.abs().max(1.0);
    assert!(distance <= tolerance, "{what}: {found:e}, expected {expected:e}");
}
