//! How long answers took: exact percentiles, of as many answers as there can be.

use std::time::Duration;

use serde::Serialize;

/// How long answers took; four bytes for each.
#[derive(Clone, Debug, Default)]
pub struct Latencies(Vec<u32>);

/// What is said about them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Latency {
    /// Milliseconds in which half of them were there.
    pub p50_millis: f64,
    /// Milliseconds in which 99 of 100 were there.
    pub p99_millis: f64,
    /// Milliseconds that the slowest took.
    pub most_millis: f64,
}

impl Latencies {
    /// One more.
    pub fn add(&mut self, latency: Duration) {
        self.0.push(u32::try_from(latency.as_micros()).unwrap_or(u32::MAX));
    }

    /// What is said about them; none where there are none.
    #[must_use]
    pub fn summary(&self) -> Option<Latency> {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        // The nearest rank: the smallest that so many are not above.
        let rank = |percent: usize| {
            let rank = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
            sorted.get(rank).map(|micros| f64::from(*micros) / 1000.0)
        };
        Some(Latency { p50_millis: rank(50)?, p99_millis: rank(99)?, most_millis: rank(100)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_the_nearest_rank() {
        let mut latencies = Latencies::default();
        assert_eq!(latencies.summary(), None);
        for micros in (1..=200).rev() {
            latencies.add(Duration::from_micros(micros * 10));
        }
        let expected = Latency { p50_millis: 1.0, p99_millis: 1.98, most_millis: 2.0 };
        assert_eq!(latencies.summary(), Some(expected));
        let mut one = Latencies::default();
        one.add(Duration::from_hours(10));
        assert!(one.summary().is_some_and(|latency| latency.p50_millis > 4e6));
    }
}
