//! What a module costs before the first request: memory, and the time to take its configuration.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use anyhow::Context;

use crate::bootstrap::{self, PLAIN};
use crate::load::Load;
use crate::measure::CONNECTIONS;
use crate::options::Options;
use crate::process::{Process, Under};
use crate::release::STABLE;
use crate::request::Request;
use crate::row::{Row, Scene};
use crate::scenes::{floor, lua, serin};
use crate::upstream::Upstream;

/// What is started, each alone: listeners by name and number of rules, and which of them with one rule runs the same
/// module, from which the time to configure is counted.
const SUBJECTS: [(&str, usize, Option<&str>); 8] = [
    (lua::SCAN, 1000, None),
    (floor::STATE, 1, None),
    (serin::STATE, 1, None),
    (serin::STATE, 1000, Some(serin::STATE)),
    (serin::RAW, 1000, Some(serin::STATE)),
    (serin::REGEX, 1, None),
    (serin::REGEX, 1000, Some(serin::REGEX)),
    (serin::AUTOMATA, 1000, Some(serin::REGEX)),
];
/// Starts of each; the median counts.
const STARTS: usize = 3;
/// Requests before memory is looked at.
const REQUESTS: usize = 400;
const SETTLE: Duration = Duration::from_millis(300);
/// Envoy's name for the thread of its only worker.
const WORKER: &str = "wrk:worker_0";

/// An Envoy with one listener, after its start.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Started {
    pub(crate) name: &'static str,
    pub(crate) rules: usize,
    /// The row with one rule from which the time to configure is counted.
    pub(crate) over: Option<&'static str>,
    /// Resident memory, in KiB.
    pub(crate) rss: f64,
    /// What the worker's thread has worked before the first request, in seconds: its virtual machine is made, and
    /// takes the configuration.
    pub(crate) worker: f64,
    /// What all threads have worked until then, in seconds.
    pub(crate) cpu: f64,
}

/// Starts what is wanted of the subjects, and the plain one first.
pub(crate) fn all(
    options: &Options,
    scenes: &[Scene],
    upstream: &Upstream,
) -> anyhow::Result<Vec<Started>> {
    let rows = scenes.iter().flat_map(|scene| scene.rows.iter().map(move |row| (scene, row)));
    let mut listeners = vec![(PLAIN, 0, None, Vec::new())];
    for (name, rules, over) in SUBJECTS {
        let wanted = |(_, row): &(&Scene, &Row)| (row.name, row.rules) == (name, rules);
        if let Some((scene, row)) = rows.clone().find(wanted) {
            let named =
                scene.listeners.iter().filter(|listener| listener["name"] == row.listener());
            listeners.push((name, rules, over, named.cloned().collect()));
        }
    }
    if listeners.len() == 1 {
        return Ok(Vec::new());
    }
    let mut started = Vec::new();
    for (name, rules, over, listeners) in listeners {
        let bootstrap = bootstrap::whole(&listeners, upstream.addresses)?;
        let mut starts = Vec::new();
        for _ in 0..STARTS {
            let start = start(options, (name, rules, over), &bootstrap);
            starts.push(start.with_context(|| format!("the start of `{name}`"))?);
        }
        started.push(median(&starts).context("nothing was started")?);
    }
    Ok(started)
}

fn start(
    options: &Options,
    (name, rules, over): (&'static str, usize, Option<&'static str>),
    bootstrap: &serde_json::Value,
) -> anyhow::Result<Started> {
    let process = Process::start(&options.envoy, bootstrap, Under::Nothing)?;
    sleep(SETTLE);
    let (worker, cpu) = worked(process.id())?;
    let listeners = process.listeners()?;
    let own = listeners.get(&crate::row::listener(name, rules)).context("no such listener")?;
    Load::open(*own, CONNECTIONS)?.run(&Request::default(), STABLE, REQUESTS)?;
    sleep(SETTLE);
    Ok(Started { name, rules, over, rss: resident(process.id())?, worker, cpu })
}

/// Each figure's own median.
fn median(starts: &[Started]) -> Option<Started> {
    let first = starts.first()?;
    let middle = starts.len() / 2;
    let (mut rss, mut worker, mut cpu): (Vec<_>, Vec<_>, Vec<_>) = Default::default();
    for start in starts {
        rss.push(start.rss);
        worker.push(start.worker);
        cpu.push(start.cpu);
    }
    rss.sort_by(f64::total_cmp);
    worker.sort_by(f64::total_cmp);
    cpu.sort_by(f64::total_cmp);
    Some(Started {
        rss: *rss.get(middle)?,
        worker: *worker.get(middle)?,
        cpu: *cpu.get(middle)?,
        ..*first
    })
}

/// Resident memory of a process, in KiB.
fn resident(process: u32) -> anyhow::Result<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let size = line.and_then(|line| line.trim().strip_suffix("kB"));
    size.and_then(|size| size.trim().parse().ok()).context("the kernel does not tell the memory")
}

/// Seconds that the worker's thread, and all threads, have worked.
fn worked(process: u32) -> anyhow::Result<(f64, f64)> {
    let (mut worker, mut all) = (None, 0.0);
    for thread in fs::read_dir(format!("/proc/{process}/task"))? {
        let thread = thread?.path();
        let name = fs::read_to_string(thread.join("comm"))?;
        // Nanoseconds on a processor, waiting for one, and how often.
        let times = fs::read_to_string(thread.join("schedstat"))?;
        let time = times.split(' ').next().and_then(|time| time.parse::<f64>().ok());
        let time = time.context("the kernel does not tell the time of a thread")? / 1e9;
        all += time;
        if name.trim() == WORKER {
            worker = Some(time);
        }
    }
    Ok((worker.context("Envoy has no thread of a worker")?, all))
}
