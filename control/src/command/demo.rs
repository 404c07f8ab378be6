//! `serin demo`: Releases at work on a real Envoy, with the shares that users get.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context;
use clap::ArgAction;
use clap::builder::PossibleValuesParser;
use document::load::reason;
use document::report::{Console, Format, text};
use envoy::demo::scenario::{ALL, SHIFT};
use envoy::demo::stage::Stage;
use envoy::demo::{After, Demo, Outcome, Scenario, Shift, keep, locate, table};
use serde::Serialize;
use tokio::runtime::Runtime;

use super::number;
use super::options::FormatArgs;
use crate::exit::{self, Exit};
use crate::help;
use crate::interrupt::{Interrupted, interrupted};

const EXAMPLES: &str = "\
Examples:
  serin demo                           all, then a shift of 10, 50, 100 %
  serin demo cookie-tutorial shift     some of them
  serin demo --keep cookie-tutorial    leave Envoy running, print curl commands
  serin demo --format json | jq .scenarios

Envoy is taken from --envoy, $ENVOY, PATH, or `.cache/envoy.env` in the current folder, which `make setup` writes; \
the module from --module, $SERIN_MODULE, or `serin.wasm` next to \
this program or in the folder above; the module without the regex engine from --lite-module, $SERIN_MODULE_LITE, \
or `serin-lite.wasm` next to the other one. The users are the same in every run, so the shares repeat to the \
digit.

A share passes if a fair draw would be this far off at least once in a million runs; 0 % and 100 % must be exact. \
A failed request is a problem, and so is a user served by two subsets. Ctrl-C ends the demo with the exit code 130, \
and with --keep, while the Envoys run on, with that of the results.

With --format json the output is one object:
  scenarios  each has name, host, stable and groups: group, users, requests,
             errors (the number by kind), moved (users served by two subsets),
             and by subset a share in subsets: nominal and actual percent,
             users, and the least and most users that chance explains
  shift      null if it was not run; scenario, candidate, users, connections
             and steps: share, requests, errors, connections (that followed),
             moved and movedWrongly (users), firstMillis and allMillis (until
             the first answer shows the change, and every connection; null for
             the first step)
  logs       folders with the configuration and log of each Envoy with a
             problem
  requests, failed, ok, seconds
             of the whole demo";

/// The arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = help::after(EXAMPLES, &exit::CHECKS))]
pub struct Args {
    /// The scenarios to run [default: all]
    #[arg(value_name = "SCENARIO", value_parser = PossibleValuesParser::new(names()))]
    pub scenarios: Vec<String>,
    /// The Envoy binary
    #[arg(long, value_name = "PATH")]
    pub envoy: Option<PathBuf>,
    /// The filter's module
    #[arg(long, value_name = "PATH")]
    pub module: Option<PathBuf>,
    /// The module without the regex engine, used for Releases that do not need it
    #[arg(long, value_name = "PATH")]
    pub lite_module: Option<PathBuf>,
    /// The number of users in each group, instead of the scenarios' own numbers
    #[arg(long, value_name = "N", value_parser = number::within::<u32>(1..=100_000))]
    #[arg(allow_negative_numbers = true)]
    pub users: Option<u32>,
    /// Keep the Envoys running until Ctrl-C, or until standard input ends
    #[arg(long, action = ArgAction::SetTrue)]
    pub keep: bool,
    /// The output format.
    #[command(flatten)]
    pub output: FormatArgs,
}

fn names() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|scenario| scenario.name).chain([SHIFT])
}

/// Runs the demo.
///
/// # Errors
/// When Envoy or the module is not found, or something cannot be started or printed.
pub fn run(args: &Args, console: &mut Console) -> anyhow::Result<Exit> {
    let demo = demo(args)?;
    let runtime = Runtime::new().context("cannot start threads")?;
    let exit = runtime.block_on(play(&demo, args.output.format, console)).or_else(|error| {
        if error.is::<Interrupted>() { Err(error) } else { unfold(&error, console) }
    });
    // Standard input may be waited for by a thread that nothing can wake.
    runtime.shutdown_background();
    exit
}

fn demo(args: &Args) -> anyhow::Result<Demo> {
    let is_chosen = |name: &str| {
        args.scenarios.is_empty() || args.scenarios.iter().any(|chosen| chosen == name)
    };
    let scenarios: Vec<&'static Scenario> =
        ALL.iter().filter(|scenario| is_chosen(scenario.name)).collect();
    Ok(Demo {
        envoy: locate::envoy(args.envoy.as_deref())?,
        modules: locate::modules(args.module.as_deref(), args.lite_module.as_deref())?,
        scenarios,
        shift: if is_chosen(SHIFT) { Shift::Run } else { Shift::Skip },
        users: args.users,
        after: if args.keep { After::Keep } else { After::End },
    })
}

/// An error that quotes a log: the quote stands behind the message, line by line.
fn unfold(error: &anyhow::Error, console: &mut Console) -> anyhow::Result<Exit> {
    let message = reason::chain(error.as_ref());
    let Some((first, quote)) = message.split_once('\n') else {
        anyhow::bail!("{message}");
    };
    console.note(&text::failure(first.trim_end_matches(':'), None));
    for line in quote.lines() {
        console.note(&format!("{}\n", text::printable(line)));
    }
    Ok(Exit::FAILURE)
}

async fn play(demo: &Demo, format: Format, console: &mut Console) -> anyhow::Result<Exit> {
    let start = Instant::now();
    // What was started ends when the future that started it is dropped.
    let (outcome, kept) = tokio::select! {
        // Signals are listened for before anything is started.
        biased;
        interrupted = interrupted() => return Err(interrupted?.into()),
        played = demo.run() => played?,
    };
    let printed = match format {
        Format::Text => table::render(&outcome, start.elapsed()),
        Format::Data(data) => data.document(&report(&outcome, start))?,
    };
    console.print(&printed).context("cannot write to standard output")?;
    if !kept.is_empty() {
        linger(&kept, console).await?;
    }
    for stage in kept {
        stage.stop().await?;
    }
    Ok(if outcome.is_ok() { Exit::OK } else { Exit::PROBLEMS })
}

async fn linger(kept: &[Stage], console: &mut Console) -> anyhow::Result<()> {
    let mut text = String::from("\nrunning until Ctrl-C; try:\n");
    for stage in kept {
        text.push_str(&stage.greeting());
    }
    console.note(&text);
    tokio::select! {
        ended = keep::until_input_ends() => ended.context("cannot read standard input"),
        interrupted = interrupted() => interrupted.map(|_| ()),
    }
}

/// The outcome for programs.
#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    outcome: &'a Outcome,
    requests: u64,
    failed: u64,
    ok: bool,
    seconds: f64,
}

fn report(outcome: &Outcome, start: Instant) -> Report<'_> {
    let (requests, failed) = outcome.requests();
    let seconds = (start.elapsed().as_secs_f64() * 10.0).round() / 10.0;
    Report { outcome, requests, failed, ok: outcome.is_ok(), seconds }
}
