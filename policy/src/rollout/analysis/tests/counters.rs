//! What two readings of counters add up to.

use super::fixture::{histogram, of, scrape, source};
use crate::rollout::analysis::{
    Counts, Dropped, Edge, Measure, Scrape, Series, Source, increments,
};

fn started(second: u64, source: Source) -> Source {
    Source { started: Some(second * 1000), ..source }
}

/// Errors and requests from second 100 to second 115.
fn errors(before: &[(&str, Source)], now: &[(&str, Source)]) -> (u64, u64) {
    let counts = increments(&scrape(100, before), &scrape(115, now)).errors();
    (counts.events(), counts.requests())
}

#[test]
fn counters_add_up_as_they_do_in_prometheus_but_from_their_first_value() {
    let only = |measure, value| of(&[(measure, value)]);
    for (case, before, now, expected) in [
        ("nothing to count", vec![], vec![], (0, 0)),
        ("a source without series", vec![("a", of(&[]))], vec![("a", of(&[]))], (0, 0)),
        ("more", vec![("a", source(90, 10))], vec![("a", source(190, 15))], (5, 105)),
        ("the same", vec![("a", source(90, 10))], vec![("a", source(90, 10))], (0, 0)),
        ("a reset counts from 0", vec![("a", source(90, 10))], vec![("a", source(7, 2))], (2, 9)),
        ("a reset to 0", vec![("a", source(90, 10))], vec![("a", source(0, 0))], (0, 0)),
        (
            "one of two series is reset",
            vec![("a", source(90, 10))],
            vec![("a", source(100, 3))],
            (3, 13),
        ),
        (
            "a process that began anew, and has more than before",
            vec![("a", started(1, source(90, 10)))],
            vec![("a", started(105, source(95, 12)))],
            (12, 107),
        ),
        (
            "a start that is told a little differently",
            vec![("a", started(10, source(90, 10)))],
            vec![("a", started(11, source(95, 12)))],
            (2, 7),
        ),
        (
            "the first error makes a series",
            vec![("a", only(Measure::Success, 90))],
            vec![("a", source(100, 3))],
            (3, 13),
        ),
        (
            "the first request makes a series",
            vec![("a", of(&[]))],
            vec![("a", source(100, 3))],
            (3, 103),
        ),
        (
            "a series that goes and comes again",
            vec![("a", source(90, 10))],
            vec![("a", only(Measure::Success, 95))],
            (0, 5),
        ),
        ("a pod that goes with its counters", vec![("a", source(90, 10))], vec![], (0, 0)),
        (
            "one of two pods goes",
            vec![("a", source(90, 10)), ("b", source(50, 5))],
            vec![("b", source(60, 6))],
            (1, 11),
        ),
        ("a source that may be older", vec![], vec![("a", source(1_000_000, 1000))], (0, 0)),
        ("one that is older", vec![], vec![("a", started(50, source(1000, 9)))], (0, 0)),
        ("one that began since", vec![], vec![("a", started(101, source(100, 3)))], (3, 103)),
        (
            "a pod in place of another",
            vec![("a", started(1, source(90, 10)))],
            vec![("b", started(110, source(6, 1)))],
            (1, 7),
        ),
        (
            "as many as there can be",
            vec![("a", source(0, 0)), ("b", source(0, 0))],
            vec![("a", source(0, u64::MAX)), ("b", source(u64::MAX, 1))],
            (u64::MAX, u64::MAX),
        ),
    ] {
        assert_eq!(errors(&before, &now), expected, "{case}");
    }
}

#[test]
fn series_of_one_measure_are_counted_each() {
    let series = |code: &str, measure| Series { measure, labels: format!("code={code}") };
    let scrape = |second: u64, counters: &[(&str, Measure, u64)]| {
        let named =
            |(code, measure, value): &(&str, Measure, u64)| (series(code, *measure), *value);
        let source = Source { started: None, series: counters.iter().map(named).collect() };
        Scrape { at: second * 1000, sources: [("a".to_owned(), source)].into() }
    };
    let (ok, error) = (Measure::Success, Measure::Error);
    let before = scrape(0, &[("200", ok, 100), ("404", ok, 7), ("503", error, 40)]);
    let now =
        scrape(15, &[("200", ok, 150), ("404", ok, 2), ("500", error, 4), ("503", error, 41)]);
    // 50 and 2, a reset; 4 of a new series and 1.
    assert_eq!(increments(&before, &now).errors(), Counts::new(5, 57).unwrap());
    assert_eq!(now.totals().errors(), Counts::new(45, 197).unwrap());
}

#[test]
fn durations_are_counted_by_edge() {
    let slower = |before: &[(&str, Source)], now: &[(&str, Source)], edge| {
        increments(&scrape(0, before), &scrape(15, now)).slower(Edge(edge))
    };
    let before =
        [("a", histogram(100, &[(1, 50), (5, 90)])), ("b", histogram(10, &[(1, 1), (5, 9)]))];
    let now =
        [("a", histogram(200, &[(1, 130), (5, 190)])), ("b", histogram(12, &[(1, 2), (5, 10)]))];
    assert_eq!(slower(&before, &now, 1), Ok(Counts::new(21, 102).unwrap()));
    assert_eq!(slower(&before, &now, 5), Ok(Counts::new(1, 102).unwrap()));
    assert_eq!(slower(&before, &now, 2), Err(Dropped::OtherEdges));
    // Without a request there is no histogram, and nothing slower.
    assert_eq!(slower(&[("a", of(&[]))], &[("a", of(&[]))], 1), Ok(Counts::default()));
    assert_eq!(slower(&before, &before, 2), Ok(Counts::default()));
    // One source with other buckets: of the sum only the edges that all have are known.
    let other =
        [("a", histogram(200, &[(1, 130), (5, 190)])), ("b", histogram(12, &[(2, 2), (5, 10)]))];
    assert_eq!(slower(&before, &other, 1), Err(Dropped::OtherEdges));
    assert_eq!(slower(&before, &other, 2), Err(Dropped::OtherEdges));
    assert_eq!(slower(&before, &other, 5), Ok(Counts::new(1, 102).unwrap()));
    // More within an edge than in all.
    let torn = [("a", histogram(101, &[(1, 90), (5, 95)]))];
    assert_eq!(slower(&before, &torn, 1), Err(Dropped::Inconsistent));
}
