//! The commands of a rollout: what a person wants of a Release that is in a cluster.
//!
//! Each verb writes down what is wanted (`policy::rollout::apply`), with who and why, and then drives: it does what
//! is to be done, step by step, until nothing is left, somebody has to decide, or its time is over. Any of them can be
//! ended at any point and asked again.

pub mod apply;
pub mod delete;
pub mod history;
pub mod progress;
pub mod run;
pub mod status;
pub mod verb;
pub mod version;
pub mod watch;

mod absent;
mod act;
mod age;
mod columns;
pub(in crate::command) mod connection;
mod dry_run;
mod ending;
mod events;
pub mod format;
mod look;
mod moves;
mod preview;
mod target;

use clap::ArgAction;
use document::report::Length;

use crate::command::metrics::MetricsArgs;

pub use absent::AbsentArgs;
pub use connection::Connection;
pub use dry_run::{DryRun, DryRunArgs};
pub(super) use events::Printer;
pub use format::{ObjectFormat, ObjectFormatArgs};
pub use target::Target;
pub(super) use target::in_cluster;

/// How a verb is carried out.
#[derive(Clone, Debug, clap::Args)]
pub struct RolloutArgs {
    /// The reason, for the history
    #[arg(long, value_name = "TEXT")]
    pub why: Option<String>,
    /// How to try it.
    #[command(flatten)]
    pub dry_run: DryRunArgs,
    /// Show how the objects of the mesh change
    #[arg(long, action = ArgAction::SetTrue)]
    pub diff: bool,
    /// Record the request and exit: the controller, or a running `serin rollout run`, carries it out
    #[arg(long, action = ArgAction::SetTrue)]
    pub no_wait: bool,
    /// How long to wait for conditions such as pod readiness
    #[arg(long, value_name = "LENGTH", default_value = "10m")]
    pub timeout: Length,
    /// Where the counts of requests come from.
    #[command(flatten)]
    pub metrics: MetricsArgs,
    /// The output format.
    #[command(flatten)]
    pub output: ObjectFormatArgs,
}

/// A Release of the cluster.
#[derive(Clone, Debug, clap::Args)]
pub struct Named {
    /// The name of the Release
    #[arg(value_name = "NAME", value_parser = format::parse_name)]
    pub name: String,
    /// The cluster.
    #[command(flatten)]
    pub connection: Connection,
}
