//! Which looks make a block, and why the others do not.

use super::fixture::{TOLERANCE, errors, histogram, look, scrape};
use crate::rollout::analysis::{
    Check, Comparison, Dropped, Evidence, Look, Outcome, Reason, Scrape,
};

/// A candidate that always fails, and a stable that never does, in a minute.
fn whole() -> (Look, Look) {
    (look(100, (0, 0), (0, 0)), look(160, (0, 60), (540, 0)))
}

fn at(second: u64, scrape: Option<Scrape>) -> Option<Scrape> {
    scrape.map(|scrape| Scrape { at: second * 1000, ..scrape })
}

/// What comes of two looks, and what the verdict is then.
fn outcome(before: &Look, now: &Look) -> (Result<(), Dropped>, Outcome) {
    let mut evidence = Evidence::new(&[errors()], 100_000);
    let taken = evidence.take(before, now, TOLERANCE);
    let verdict = evidence.verdict();
    let dropped = taken.err().map(|dropped| (dropped, 1));
    assert_eq!(verdict.dropped, dropped.into_iter().collect());
    assert_eq!(verdict.blocks, u64::from(taken.is_ok()));
    assert_eq!(verdict.until, if taken.is_ok() { now.at } else { 100_000 });
    (taken, verdict.outcome)
}

#[test]
fn a_whole_block_counts() {
    let (before, now) = whole();
    assert_eq!(outcome(&before, &now), (Ok(()), Outcome::Worse));
}

/// Each change would hide nothing of a candidate that always fails, but leaves it open whether both were counted at the
/// same time under the same split.
#[test]
fn what_is_not_whole_is_dropped_and_concludes_nothing() {
    type Change = fn(&mut Look, &mut Look);
    let cases: [(&str, Dropped, Change); 15] = [
        ("the split changed", Dropped::SplitChanged, |_, now| now.split = Some("v2 50 %".into())),
        ("the split is changing", Dropped::SplitChanged, |_, now| now.split = None),
        ("the split was changing", Dropped::SplitChanged, |before, _| before.split = None),
        ("the split is unknown", Dropped::SplitChanged, |before, now| {
            (before.split, now.split) = (None, None);
        }),
        ("no candidate", Dropped::CandidateMissing, |_, now| now.candidate = None),
        ("no candidate before", Dropped::CandidateMissing, |before, _| before.candidate = None),
        ("no stable", Dropped::StableMissing, |_, now| now.stable = None),
        ("no stable before", Dropped::StableMissing, |before, _| before.stable = None),
        ("Prometheus was away", Dropped::CandidateMissing, |_, now| {
            (now.candidate, now.stable) = (None, None);
        }),
        ("the candidate is late", Dropped::CandidateLate, |_, now| {
            now.candidate = at(154, now.candidate.take());
        }),
        ("stable is late", Dropped::StableLate, |_, now| {
            now.stable = at(154, now.stable.take());
        }),
        ("stable was late", Dropped::StableLate, |before, _| {
            before.stable = at(94, before.stable.take());
        }),
        ("stable is from the future", Dropped::StableLate, |_, now| {
            now.stable = at(166, now.stable.take());
        }),
        ("the same look twice", Dropped::Counted, |before, now| before.at = now.at),
        ("from before it began", Dropped::Counted, |before, _| {
            before.at = 99_000;
            (before.candidate, before.stable) =
                (at(99, before.candidate.take()), at(99, before.stable.take()));
        }),
    ];
    for (case, expected, change) in cases {
        let (mut before, mut now) = whole();
        change(&mut before, &mut now);
        let reason = match expected {
            Dropped::Counted => Reason::NoBlocks,
            dropped => Reason::Missing(dropped),
        };
        let found = outcome(&before, &now);
        assert_eq!(found, (Err(expected), Outcome::Inconclusive(reason)), "{case}");
    }
}

#[test]
fn a_scrape_within_the_tolerance_is_not_late() {
    let (before, mut now) = whole();
    now.candidate = at(155, now.candidate.take());
    now.stable = at(164, now.stable.take());
    assert_eq!(outcome(&before, &now), (Ok(()), Outcome::Worse));
}

#[test]
fn the_same_scrape_twice_is_late() {
    let (mut before, mut now) = (look(100, (0, 0), (0, 0)), look(104, (0, 60), (540, 0)));
    before.candidate = at(102, before.candidate.take());
    now.candidate = at(102, now.candidate.take());
    let late = Dropped::CandidateLate;
    assert_eq!(outcome(&before, &now), (Err(late), Outcome::Inconclusive(Reason::Missing(late))));
}

/// What one check cannot use is no news for it, and all the others take it.
#[test]
fn a_block_can_count_for_errors_alone() {
    let duration = Check::DurationWorseThanStable(Comparison::default());
    let (before, now) = whole();
    let with = |look: &Look, candidate, stable| {
        let second = look.at / 1000;
        let add = |counters: &Option<Scrape>, histogram| {
            let mut counters = counters.clone().unwrap();
            counters.sources.extend(scrape(second, &[("histogram", histogram)]).sources);
            Some(counters)
        };
        let (candidate, stable) = (add(&look.candidate, candidate), add(&look.stable, stable));
        Look { candidate, stable, ..look.clone() }
    };
    let none = || histogram(0, &[]);
    let stable = |n: u64| histogram(n, &[(1, n / 2), (5, n * 9 / 10)]);
    for (case, expected, before, now) in [
        ("no durations", Dropped::NoEdges, before.clone(), now.clone()),
        (
            "none before",
            Dropped::NoEdges,
            with(&before, none(), none()),
            with(&now, none(), stable(540)),
        ),
        (
            "other edges",
            Dropped::OtherEdges,
            with(&before, none(), stable(1000)),
            with(&now, histogram(60, &[(2, 30), (5, 54)]), stable(1540)),
        ),
        (
            "torn",
            Dropped::Inconsistent,
            with(&before, histogram(60, &[(1, 30), (5, 54)]), stable(1000)),
            with(&now, histogram(61, &[(1, 40), (5, 60)]), stable(1540)),
        ),
    ] {
        let mut evidence = Evidence::new(&[errors(), duration.clone()], 0);
        assert_eq!(evidence.take(&before, &now, TOLERANCE), Ok(()), "{case}");
        let verdict = evidence.verdict();
        assert_eq!(verdict.dropped, [(expected, 1)].into(), "{case}");
        let outcomes = [Outcome::Worse, Outcome::Inconclusive(Reason::Missing(expected))];
        assert!(verdict.findings.iter().map(|finding| finding.outcome).eq(outcomes), "{case}");
    }
}
