//! How a figure comes about: exact numbers of requests, between two readings of what callgrind counted.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

use crate::bootstrap::{self, PLAIN};
use crate::callgrind;
use crate::load::Load;
use crate::options::Options;
use crate::process::{Process, Under};
use crate::release::STABLE;
use crate::request::Request;
use crate::row::{Row, Scene};
use crate::upstream::Upstream;

/// Requests in flight.
const CONNECTIONS: usize = 4;
/// What Envoy does after the last answer is over after this.
const SETTLE: Duration = Duration::from_millis(100);
/// How long the idle process is watched.
const IDLE: Duration = Duration::from_secs(1);

/// What a row costs.
#[derive(Clone, Debug)]
pub(crate) struct Figure {
    pub(crate) row: Row,
    /// Instructions per request.
    pub(crate) total: f64,
    /// Those of the plain route with the same request, in the same process.
    pub(crate) plain: f64,
    /// By how much the windows differ, half of it to each side.
    pub(crate) spread: f64,
}

impl Figure {
    /// Instructions per request over the plain route.
    pub(crate) fn added(&self) -> f64 {
        self.total - self.plain
    }
}

/// Measures all scenes.
pub(crate) fn all(options: &Options, scenes: &[Scene]) -> anyhow::Result<Vec<Figure>> {
    let upstream = Upstream::start(&options.envoy).context("the upstream")?;
    let mut figures = Vec::new();
    for scene in scenes {
        let measured = measure(options, scene, &upstream);
        figures.extend(measured.with_context(|| format!("scene `{}`", scene.name))?);
    }
    Ok(figures)
}

fn measure(options: &Options, scene: &Scene, upstream: &Upstream) -> anyhow::Result<Vec<Figure>> {
    let bootstrap = bootstrap::scene(scene, upstream.addresses)?;
    let process = Process::start(&options.envoy, &bootstrap, Under::Callgrind)?;
    callgrind::switch_on(&process)?;
    let meter = Meter::new(&process, options)?;
    let mut plain: Vec<(Request, f64)> = Vec::new();
    let mut figures = Vec::new();
    for row in &scene.rows {
        let known = plain.iter().find(|(request, _)| *request == row.request);
        let over = if let Some((_, known)) = known {
            *known
        } else {
            let plain_row = Row { name: PLAIN, rules: 0, expected: STABLE, ..row.clone() };
            let (total, _) = meter.measure(&plain_row)?;
            plain.push((plain_row.request, total));
            total
        };
        let (total, spread) = meter.measure(row)?;
        figures.push(Figure { row: row.clone(), total, plain: over, spread });
    }
    Ok(figures)
}

/// Counts the instructions of requests.
struct Meter<'a> {
    process: &'a Process,
    listeners: std::collections::BTreeMap<String, std::net::SocketAddr>,
    requests: usize,
    windows: usize,
    /// Instructions per second of a process that nobody asks for anything.
    idle: f64,
}

impl<'a> Meter<'a> {
    fn new(process: &'a Process, options: &Options) -> anyhow::Result<Self> {
        sleep(SETTLE);
        let before = callgrind::instructions(process)?;
        let start = Instant::now();
        sleep(IDLE);
        let idle =
            as_f64(callgrind::instructions(process)? - before) / start.elapsed().as_secs_f64();
        let listeners = process.listeners()?;
        Ok(Self { process, listeners, requests: options.requests, windows: options.windows, idle })
    }

    /// Instructions per request, the mean of all windows, and by how much they differ.
    fn measure(&self, row: &Row) -> anyhow::Result<(f64, f64)> {
        let address = self.listeners.get(&row.listener());
        let address = address.with_context(|| format!("no listener `{}`", row.listener()))?;
        let requests = (self.requests / row.costly).max(CONNECTIONS);
        self.windows_of(row, *address, requests).with_context(|| format!("row `{row}`"))
    }

    fn windows_of(
        &self,
        row: &Row,
        address: std::net::SocketAddr,
        requests: usize,
    ) -> anyhow::Result<(f64, f64)> {
        let mut load = Load::open(address, CONNECTIONS)?;
        load.run(&row.request, row.expected, requests / 2)?;
        let mut windows = Vec::new();
        for _ in 0..self.windows {
            sleep(SETTLE);
            let before = callgrind::instructions(self.process)?;
            let start = Instant::now();
            load.run(&row.request, row.expected, requests)?;
            sleep(SETTLE);
            let counted = callgrind::instructions(self.process)? - before;
            let idle = self.idle * start.elapsed().as_secs_f64();
            windows.push((as_f64(counted) - idle) / requests as f64);
        }
        ensure!(!windows.is_empty(), "no windows were asked for");
        let mean = windows.iter().sum::<f64>() / windows.len() as f64;
        let (least, most) = windows
            .iter()
            .fold((f64::MAX, f64::MIN), |(least, most), w| (least.min(*w), most.max(*w)));
        Ok((mean, (most - least) / 2.0))
    }
}

fn as_f64(count: u64) -> f64 {
    // Counts are far below 2^52.
    count as f64
}
