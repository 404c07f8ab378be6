//! `serin controller`: carries out rollouts inside the cluster.

#[cfg(feature = "cluster")]
mod client;
#[cfg(not(feature = "cluster"))]
mod none;
mod notify;

use std::net::SocketAddr;

use clap::ValueEnum;
use clap::builder::PossibleValuesParser;
use document::report::Console;
use istio::render::mode::Mode;

use super::mesh_options::MeshArgs;
use super::metrics::MetricsArgs;
use super::number;
use super::rollout::connection::Connection;
use crate::exit::Exit;
use crate::help;
use notify::NotifyArgs;

const EXAMPLES: &str = "\
Examples:
  serin controller --log-format text               on your machine, as you
  serin controller --module-file /etc/serin.wasm   also what kubectl applied

Watches Releases and what they depend on, and drives each rollout as `serin rollout run` does. Of several controllers \
the one that holds the Lease `serin-controller` acts. While one does, the other commands only record what you want and \
show what the controller does.

A Release that was applied with kubectl or by a GitOps tool is rendered with the mesh options given here; without \
them it waits for `serin apply`.

The log is one JSON object a line: time, level and message, and of a Release namespace and release.

On SIGTERM it finishes what it has begun and gives the Lease up.";

/// A name in the Lease: an empty one would say that no controller holds it.
fn identity(text: &str) -> Result<String, &'static str> {
    let is_name = (1..=253).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
    if is_name { Ok(text.to_owned()) } else { Err("expected 1 to 253 visible characters of ASCII") }
}

/// How the log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One JSON object a line
    #[default]
    Json,
    /// Lines for people
    Text,
}

/// The arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = help::of_group(EXAMPLES))]
pub struct Args {
    /// The name of this controller in the Lease [default: the host name and a random number]
    #[arg(long, value_name = "NAME", value_parser = identity)]
    pub identity: Option<String>,
    /// Where to answer `/healthz`, `/readyz` and `/metrics`
    #[arg(long, value_name = "ADDRESS", default_value = "0.0.0.0:8080")]
    pub listen: SocketAddr,
    /// How many Releases to reconcile at the same time
    #[arg(long, value_name = "NUMBER", default_value_t = 16)]
    #[arg(value_parser = number::within::<u16>(1..=256), allow_negative_numbers = true)]
    pub workers: u16,
    /// How to write the log
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub log_format: LogFormat,
    /// Whom else it tells.
    #[command(flatten)]
    pub notify: NotifyArgs,
    /// Where the counts of requests come from.
    #[command(flatten)]
    pub metrics: MetricsArgs,
    /// The route mode of Releases that were applied with kubectl, as of `serin apply`
    #[arg(long, value_name = "ROUTE", hide_possible_values = true, help_heading = "For a mesh")]
    #[arg(value_parser = PossibleValuesParser::new(Mode::ALL.map(Mode::name)))]
    pub route: Option<String>,
    /// What the mesh objects of Releases that were applied with kubectl are made of.
    #[command(flatten)]
    pub mesh: MeshArgs,
    /// The cluster.
    #[command(flatten)]
    pub connection: Connection,
}

/// Runs the controller until it is told to end.
///
/// # Errors
/// When no threads can be started.
pub fn run(args: &Args, console: &mut Console) -> anyhow::Result<Exit> {
    #[cfg(feature = "cluster")]
    return client::run(args, console);
    #[cfg(not(feature = "cluster"))]
    return none::run(args, console);
}
