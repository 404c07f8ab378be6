//! Latency and throughput without callgrind: on machines like these only as ratios to the plain route in the same
//! round, and only with their spread.

use std::time::Instant;

use anyhow::Context;

use crate::bootstrap::{self, PLAIN};
use crate::figures::count;
use crate::load::Load;
use crate::measure::CONNECTIONS;
use crate::options::Options;
use crate::process::{Process, Under};
use crate::release::STABLE;
use crate::request::Request;
use crate::row::{Row, Scene};
use crate::scenes::{floor, gate, lua, native, serin};
use crate::upstream::Upstream;

/// Requests of a round, one after another, and in the closed loop.
const ONE_BY_ONE: usize = 200;
const IN_FLIGHT: usize = 400;

/// What is asked for: rows by name, rules and request.
const SUBJECTS: [(&str, usize, &str); 14] = [
    (native::REGEX, 1, "canary"),
    (native::REGEX, 10, "canary"),
    (native::REGEX, 50, "canary"),
    (native::COOKIES, 1, "canary"),
    (lua::PATTERNS, 1, "canary"),
    (lua::SCAN, 1, "canary"),
    (floor::STATE, 1, "canary"),
    (gate::STATE, 1, "unnamed"),
    (serin::STATE, 1, "no cookie"),
    (serin::STATE, 1, "default"),
    (serin::STATE, 1, "canary"),
    (serin::HEADER, 1, "canary"),
    (serin::STATE, 1000, "canary"),
    (serin::REGEX, 1000, "canary"),
];

/// A row in time, as ratios to the plain route's.
#[derive(Clone, Debug)]
pub(crate) struct Timed {
    pub(crate) row: Row,
    pub(crate) p50: Quartiles,
    pub(crate) p99: Quartiles,
    pub(crate) throughput: Quartiles,
}

/// The plain route itself, and all that was compared with it.
#[derive(Clone, Debug)]
pub(crate) struct Times {
    pub(crate) rounds: usize,
    /// Seconds of the median request of the median round.
    pub(crate) plain_p50: f64,
    /// Requests a second in the median round.
    pub(crate) plain_throughput: f64,
    pub(crate) rows: Vec<Timed>,
}

/// The median of rounds, and what half of them lie between.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quartiles {
    pub(crate) lower: f64,
    pub(crate) median: f64,
    pub(crate) upper: f64,
}

/// One round of one subject.
#[derive(Clone, Copy)]
struct Round {
    p50: f64,
    p99: f64,
    throughput: f64,
}

/// Times what there is of the subjects; none: nothing of them is wanted.
pub(crate) fn all(
    options: &Options,
    scenes: &[Scene],
    upstream: &Upstream,
) -> anyhow::Result<Option<Times>> {
    let is_subject = |row: &&Row| {
        SUBJECTS.contains(&(row.name, row.rules, row.request.name)) && options.rounds > 0
    };
    let rows: Vec<&Row> = scenes.iter().flat_map(|scene| &scene.rows).filter(is_subject).collect();
    if rows.is_empty() {
        return Ok(None);
    }
    let listeners = scenes.iter().flat_map(|scene| &scene.listeners);
    let needed = |name: &str| rows.iter().any(|row| row.listener() == name);
    let listeners = listeners.filter(|listener| listener["name"].as_str().is_some_and(needed));
    let listeners: Vec<_> = listeners.cloned().collect();
    let bootstrap = bootstrap::whole(&listeners, upstream.addresses)?;
    let process = Process::start(&options.envoy, &bootstrap, Under::Nothing)?;
    let addresses = process.listeners()?;

    let mut subjects = Vec::new();
    let requests =
        [Request::canary(), Request::default(), Request::unnamed(), Request::no_cookie()];
    for request in requests {
        let plain = Row { name: PLAIN, rules: 0, request, expected: STABLE, costly: 1 };
        subjects.push(plain);
    }
    subjects.extend(rows.into_iter().cloned());
    let mut timed = Vec::new();
    for row in subjects {
        let address = addresses.get(&row.listener());
        let address = address.with_context(|| format!("no listener `{}`", row.listener()))?;
        let subject = Subject {
            one: Load::open(*address, 1)?,
            many: Load::open(*address, CONNECTIONS)?,
            row,
            rounds: Vec::new(),
        };
        timed.push(subject);
    }
    // The first round warms up.
    for round in 0..=options.rounds {
        // None always comes after the same one.
        let first = round % timed.len();
        timed.rotate_left(first);
        for subject in &mut timed {
            let measured = subject.round().with_context(|| format!("row `{}`", subject.row))?;
            if round > 0 {
                subject.rounds.push(measured);
            }
        }
        timed.rotate_right(first);
    }
    Ok(Some(Times::of(options.rounds, &timed)))
}

struct Subject {
    row: Row,
    one: Load,
    many: Load,
    rounds: Vec<Round>,
}

impl Subject {
    fn round(&mut self) -> anyhow::Result<Round> {
        let Row { request, expected, .. } = &self.row;
        let mut latencies = Vec::with_capacity(ONE_BY_ONE);
        for _ in 0..ONE_BY_ONE {
            let start = Instant::now();
            self.one.run(request, expected, 1)?;
            latencies.push(start.elapsed().as_secs_f64());
        }
        let start = Instant::now();
        self.many.run(request, expected, IN_FLIGHT)?;
        let throughput = count(IN_FLIGHT) / start.elapsed().as_secs_f64();
        latencies.sort_by(f64::total_cmp);
        Ok(Round { p50: quantile(&latencies, 50), p99: quantile(&latencies, 99), throughput })
    }
}

impl Times {
    fn of(rounds: usize, subjects: &[Subject]) -> Self {
        let (plain, others): (Vec<_>, Vec<_>) =
            subjects.iter().partition(|subject| subject.row.name == PLAIN);
        let over_plain = |subject: &&Subject| {
            let plain = plain.iter().find(|plain| plain.row.request == subject.row.request)?;
            let ratios = |of: fn(&Round) -> f64| {
                let pairs = subject.rounds.iter().zip(&plain.rounds);
                Quartiles::of(pairs.map(|(row, plain)| of(row) / of(plain)).collect())
            };
            Some(Timed {
                row: subject.row.clone(),
                p50: ratios(|round| round.p50),
                p99: ratios(|round| round.p99),
                throughput: ratios(|round| round.throughput),
            })
        };
        let median = |of: fn(&Round) -> f64| {
            let first = plain.first().map(|plain| plain.rounds.iter().map(of).collect());
            first.map_or(0.0, |rounds| Quartiles::of(rounds).median)
        };
        Self {
            rounds,
            plain_p50: median(|round| round.p50),
            plain_throughput: median(|round| round.throughput),
            rows: others.iter().filter_map(over_plain).collect(),
        }
    }
}

impl Quartiles {
    fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        Self {
            lower: quantile(&values, 25),
            median: quantile(&values, 50),
            upper: quantile(&values, 75),
        }
    }
}

/// The value that so many percent of the sorted ones do not pass.
fn quantile(sorted: &[f64], percent: usize) -> f64 {
    let index = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(index).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_values_that_were_measured() {
        let sorted: Vec<f64> = (1_u32..=200).map(f64::from).collect();
        let found = [25, 50, 99, 100].map(|percent| quantile(&sorted, percent));
        assert_eq!(found.map(|value| value.to_string()), ["50", "100", "198", "200"]);
        assert!(quantile(&[], 50).abs() < f64::EPSILON);
    }
}
