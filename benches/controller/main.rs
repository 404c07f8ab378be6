//! What a controller costs a cluster: requests and memory with many Releases at rest, the time to catch up after a
//! start, and the time from a verb to the first object that changes.
//!
//! It runs on a real Kubernetes API and istiod, as the mesh tests do, with kwok's pods and no proxies.

mod api;
mod controller;
mod objects;
mod verbs;

use std::fmt::Write as _;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::Parser;
use harness::mesh::Mesh;
use tokio::time::sleep;

use controller::Controller;

/// The options.
#[derive(Debug, Parser)]
struct Options {
    /// How many Releases there are
    #[arg(long, default_value_t = 1000)]
    releases: u32,
    /// How many of them are started, to see how long that takes
    #[arg(long, default_value_t = 40)]
    verbs: u32,
    /// How long requests are counted at rest, in seconds
    #[arg(long, default_value_t = 120)]
    rest: u64,
    /// The folder for the results
    #[arg(long)]
    output: Option<PathBuf>,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            say(&format!("cannot start threads: {error}"));
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(&options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(options: &Options) -> anyhow::Result<()> {
    let mesh = Mesh::start().await?;
    let mut table = vec![("Releases".to_owned(), options.releases.to_string())];
    let mut note = |what: &str, found: String| {
        say(&format!("{what}: {found}"));
        table.push((what.to_owned(), found));
    };
    objects::define(&mesh).await?;
    objects::services(&mesh, options.releases).await?;
    objects::releases(&mesh, options.releases).await?;

    let began = Instant::now();
    let controller = Controller::start(&mesh)?;
    controller.ready().await?;
    controller.rests(options.releases).await?;
    note("all taken up and rendered (s)", seconds(began.elapsed()));
    note("memory afterwards (MiB)", controller.memory()?);
    let requests = rate(&mesh, options.rest).await?;
    note("memory at rest (MiB)", controller.memory()?);
    controller.end().await?;
    let without = rate(&mesh, options.rest).await?;
    note("requests a minute to the API server at rest", format!("{:.1}", requests - without));
    note("the same of all other clients", format!("{without:.1}"));

    let began = Instant::now();
    let controller = Controller::start(&mesh)?;
    controller.ready().await?;
    note("from start to ready (s)", seconds(began.elapsed()));
    controller.rests(options.releases).await?;
    note("from start until all were looked at (s)", seconds(began.elapsed()));
    note("memory after a start (MiB)", controller.memory()?);

    let times = verbs::times(&mesh, options.verbs.min(options.releases)).await?;
    for (name, part) in [("p50", 50), ("p99", 99)] {
        let at = (times.len().saturating_sub(1) * part).div_ceil(100);
        let time = times.get(at).context("no verb was timed")?;
        note(
            &format!("from a verb to the first object changed, {name} (ms)"),
            time.as_millis().to_string(),
        );
    }
    note("memory at its most (MiB)", controller.peak()?);
    controller.end().await?;
    write(options, &table)
}

/// The requests that the API server answers in a minute.
async fn rate(mesh: &Mesh, length: u64) -> anyhow::Result<f64> {
    let before = api::requests(mesh).await?;
    let began = Instant::now();
    sleep(Duration::from_secs(length)).await;
    let after = api::requests(mesh).await?;
    // Each look is a request, too.
    Ok((after - before - 1.0) / began.elapsed().as_secs_f64() * 60.0)
}

fn seconds(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64())
}

fn write(options: &Options, table: &[(String, String)]) -> anyhow::Result<()> {
    let mut text = String::from("what,found\n");
    for (what, found) in table {
        let _ = writeln!(text, "\"{what}\",{found}");
    }
    if let Some(folder) = &options.output {
        std::fs::create_dir_all(folder)?;
        std::fs::write(folder.join("controller.csv"), text)?;
    }
    Ok(())
}

fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
