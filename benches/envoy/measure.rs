//! How a figure comes about: exact numbers of requests, between two readings of what callgrind counted.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

use crate::bootstrap::{self, PLAIN};
use crate::callgrind;
use crate::figures::{Figure, Figures, count};
use crate::load::Load;
use crate::options::Options;
use crate::process::{Process, Under};
use crate::progress::say;
use crate::release::STABLE;
use crate::row::{Row, Scene};
use crate::upstream::Upstream;

/// Requests in flight.
pub(crate) const CONNECTIONS: usize = 4;
/// What Envoy does after the last answer is over after this.
const SETTLE: Duration = Duration::from_millis(50);
/// How long the idle process is watched.
const IDLE: Duration = Duration::from_secs(1);

/// Measures all scenes.
pub(crate) fn all(
    options: &Options,
    scenes: &[Scene],
    upstream: &Upstream,
) -> anyhow::Result<Figures> {
    let mut figures = Figures::default();
    for scene in scenes {
        let start = Instant::now();
        let measured = measure(options, scene, upstream);
        figures.0.extend(measured.with_context(|| format!("scene `{}`", scene.name))?);
        say(&format!(
            "{}: {} rows, {:.0} s",
            scene.name,
            scene.rows.len(),
            start.elapsed().as_secs_f64()
        ));
    }
    Ok(figures)
}

fn measure(options: &Options, scene: &Scene, upstream: &Upstream) -> anyhow::Result<Vec<Figure>> {
    let bootstrap = bootstrap::whole(&scene.listeners, upstream.addresses)?;
    let process = Process::start(&options.envoy, &bootstrap, Under::Callgrind)?;
    callgrind::switch_on(&process)?;
    let meter = Meter::new(&process, options)?;
    let plain = |row: &Row| {
        let plain = Row { name: PLAIN, rules: 0, expected: STABLE, ..row.clone() };
        Ok::<_, anyhow::Error>(meter.measure(&plain)?.mean)
    };
    // Before and after the rows: what drifts does so by some hundred instructions.
    let mut before: Vec<(&Row, f64)> = Vec::new();
    for row in &scene.rows {
        if !before.iter().any(|(known, _)| known.request == row.request) {
            before.push((row, plain(row)?));
        }
    }
    let rows = scene.rows.iter().map(|row| Ok((row, meter.measure(row)?)));
    let rows = rows.collect::<anyhow::Result<Vec<_>>>()?;
    let mut both = Vec::new();
    for (row, before) in before {
        both.push((&row.request, before, plain(row)?));
    }
    let figures = rows.into_iter().filter_map(|(row, measured)| {
        let (_, before, after) = both.iter().find(|(request, ..)| **request == row.request)?;
        Some(Figure {
            scene: scene.name,
            row: row.clone(),
            total: measured.mean,
            plain: f64::midpoint(*before, *after),
            spread: measured.spread,
            drift: (after - before) / 2.0,
            requests: measured.requests,
        })
    });
    Ok(figures.collect())
}

/// Instructions per request.
struct Measured {
    mean: f64,
    spread: f64,
    requests: usize,
}

/// Counts the instructions of requests.
struct Meter<'a> {
    process: &'a Process,
    listeners: BTreeMap<String, SocketAddr>,
    options: &'a Options,
    /// Instructions per second of a process that gets no requests.
    idle: f64,
}

/// What had been counted at a moment.
#[derive(Clone, Copy)]
struct Reading {
    instructions: u64,
    at: Instant,
}

impl<'a> Meter<'a> {
    fn new(process: &'a Process, options: &'a Options) -> anyhow::Result<Self> {
        let listeners = process.listeners()?;
        let mut meter = Self { process, listeners, options, idle: 0.0 };
        let before = meter.read()?;
        sleep(IDLE);
        let after = meter.read()?;
        meter.idle = meter.between(before, after)? / (after.at - before.at).as_secs_f64();
        Ok(meter)
    }

    fn measure(&self, row: &Row) -> anyhow::Result<Measured> {
        let address = self.listeners.get(&row.listener());
        let address = address.with_context(|| format!("no listener `{}`", row.listener()))?;
        let requests = (self.options.requests / row.costly).max(1);
        self.windows(row, *address, requests).with_context(|| format!("row `{row}`"))
    }

    /// The mean of all windows, and half of what lies between them.
    fn windows(&self, row: &Row, address: SocketAddr, requests: usize) -> anyhow::Result<Measured> {
        let mut load = Load::open(address, CONNECTIONS)?;
        // Not counted: connections are opened, and what learns has learned.
        load.run(&row.request, row.expected, requests)?;
        let windows = self.options.windows;
        ensure!(windows > 0, "no windows were asked for");
        let (mut sum, mut least, mut most) = (0.0, f64::MAX, f64::MIN);
        let mut before = self.read()?;
        for _ in 0..windows {
            load.run(&row.request, row.expected, requests)?;
            let after = self.read()?;
            let each = self.between(before, after)? / count(requests);
            (sum, least, most) = (sum + each, each.min(least), each.max(most));
            before = after;
        }
        let mean = sum / count(windows);
        Ok(Measured { mean, spread: (most - least) / 2.0, requests: requests * windows })
    }

    fn read(&self) -> anyhow::Result<Reading> {
        sleep(SETTLE);
        let at = Instant::now();
        Ok(Reading { instructions: callgrind::instructions(self.process)?, at })
    }

    /// The instructions between two readings, less those that run anyway.
    fn between(&self, before: Reading, after: Reading) -> anyhow::Result<f64> {
        let counted = after.instructions.saturating_sub(before.instructions);
        let counted = count(usize::try_from(counted)?);
        Ok(counted - self.idle * (after.at - before.at).as_secs_f64())
    }
}
