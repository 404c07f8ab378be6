//! Where the durations of two subsets are compared.

use super::counters::{Edge, Increments};

/// Stable's quantiles at which it is asked whether the candidate is slower.
const QUANTILES: [f64; 5] = [0.5, 0.75, 0.9, 0.95, 0.99];

/// The edges of a histogram that are nearest to the quantiles, each once, ascending; none where nothing was measured.
///
/// They are to be chosen of what stable counted before, and kept: an edge that depends on the blocks it is compared in
/// would be no fair bet. Nearest is the edge whose share of stable's requests is. An edge that all of them are slower
/// than is not taken: no candidate can do worse there. Nor is one that none of them is slower than, but for the first
/// of those where there is no other: nothing can be shown as a multiple of nothing.
#[must_use]
pub fn edges(stable: &Increments) -> Vec<Edge> {
    let shares: Vec<(Edge, f64)> = stable
        .edges()
        .filter_map(|edge| {
            let slower = stable.slower(edge).ok()?;
            let share = 1.0 - slower.rate()?;
            (share > 0.0).then_some((edge, share))
        })
        .collect();
    let passed: Vec<_> = shares.iter().copied().filter(|(_, share)| *share < 1.0).collect();
    let shares = if passed.is_empty() { shares } else { passed };
    let nearest = |quantile: f64| {
        let distance = |share: f64| (share - quantile).abs();
        let nearest = shares.iter().min_by(|a, b| distance(a.1).total_cmp(&distance(b.1)));
        nearest.map(|(edge, _)| *edge)
    };
    let mut edges: Vec<_> = QUANTILES.into_iter().filter_map(nearest).collect();
    edges.sort_unstable();
    edges.dedup();
    edges
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::rollout::analysis::{Measure, Scrape, Series, Source};

    fn chosen(observed: u64, within: &[(u64, u64)]) -> Vec<u64> {
        let series = |measure| Series { measure, labels: String::new() };
        let mut counters = BTreeMap::from([(series(Measure::Observed), observed)]);
        counters.extend(within.iter().map(|(edge, n)| (series(Measure::Within(Edge(*edge))), *n)));
        let source = Source { started: None, series: counters };
        let scrape = Scrape { at: 0, sources: [("a".to_owned(), source)].into() };
        edges(&scrape.totals()).into_iter().map(|edge| edge.0).collect()
    }

    #[test]
    fn edges_are_nearest_to_the_quantiles() {
        for (observed, within, expected) in [
            (
                1000,
                vec![(1, 500), (5, 750), (10, 900), (25, 950), (50, 990), (100, 1000)],
                vec![1, 5, 10, 25, 50],
            ),
            // A coarse histogram has fewer.
            (1000, vec![(1, 600), (5, 970), (10, 1000)], vec![1, 5]),
            // Nothing is faster than the first: no candidate could be slower.
            (1000, vec![(1, 0), (5, 990), (10, 1000)], vec![5]),
            (1000, vec![(1, 0), (5, 0)], vec![]),
            // All of stable's requests are within the first: a candidate's beyond it are news.
            (10, vec![(1, 10), (5, 10)], vec![1]),
            (0, vec![(1, 0), (5, 0)], vec![]),
            (0, vec![], vec![]),
        ] {
            assert_eq!(chosen(observed, &within), expected, "{within:?} of {observed}");
        }
    }
}
