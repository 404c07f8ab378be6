//! What Serin costs in a real Envoy: instructions per request over a plain route, beside native routes and Lua.
//!
//! Every row is a listener of its own in one Envoy under callgrind, with the plain route beside it; see
//! `measure` for how a figure comes about and `scenes` for what is compared.

mod bootstrap;
mod callgrind;
mod connection;
mod load;
mod measure;
mod options;
mod process;
mod release;
mod request;
mod row;
mod scenes;
mod upstream;

use std::process::ExitCode;

use clap::Parser;

use options::Options;

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            #[expect(clippy::print_stderr, reason = "the program's last words")]
            {
                eprintln!("bench-envoy: {error:#}");
            }
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> anyhow::Result<()> {
    let scenes = scenes::all(options)?;
    for refused in scenes.iter().flat_map(|scene| &scene.refused) { eprintln!("left out: {refused}"); }
    let figures = measure::all(options, &scenes)?;
    #[expect(clippy::print_stdout, reason = "what the program is for")]
    for figure in figures {
        println!(
            "{:60} {:>6} {:>8} {:>10.0} {:>9.0} {:>9.0}  +-{:.0}",
            figure.row.name,
            figure.row.rules,
            figure.row.request.name,
            figure.total,
            figure.plain,
            figure.added(),
            figure.spread
        );
    }
    Ok(())
}
