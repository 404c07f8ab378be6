//! What Serin costs in a real Envoy: instructions per request over a plain route, beside native routes and Lua.
//!
//! Every row is a listener of its own in one Envoy under callgrind, with the plain route beside it; see
//! `measure` for how a figure comes about and `scenes` for what is compared.

mod bootstrap;
mod callgrind;
mod connection;
mod figures;
mod load;
mod measure;
mod options;
mod process;
mod progress;
mod report;
mod request;
mod row;
mod scenes;
mod start;
mod upstream;
mod wall;

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use harness::measured as release;

use options::Options;
use progress::say;
use report::Results;
use upstream::Upstream;

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> anyhow::Result<()> {
    let scenes = scenes::all(options)?;
    let upstream = Upstream::start(&options.envoy).context("the upstream")?;
    let figures = measure::all(options, &scenes, &upstream)?;
    let times = wall::all(options, &scenes, &upstream).context("latency and throughput")?;
    let starts = if options.no_starts {
        Vec::new()
    } else {
        start::all(options, &scenes, &upstream).context("starts")?
    };
    let left_out = scenes.into_iter().flat_map(|scene| scene.refused).collect();
    let results = Results { figures, times, starts, left_out };
    let mut out = std::io::stdout();
    out.write_all(report::readme::tables(&results).as_bytes())?;
    if let Some(folder) = &options.output {
        report::write(options, &results, folder)?;
        say(&format!("wrote {}", folder.display()));
    }
    Ok(())
}
