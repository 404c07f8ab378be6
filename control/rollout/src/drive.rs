//! Drives a rollout: observes the cluster, asks [`policy::rollout::step`] what is to be done, does it, and again.
//!
//! Whatever is done is said as an [`Event`] to the caller.

pub mod analyzer;
pub mod apply;
pub mod clock;
pub mod cluster;
pub mod compiler;
pub mod delete;
pub mod event;
pub mod failure;
#[cfg(test)]
pub(crate) mod fake;
mod fence;
mod follow;
mod labels;
pub mod lease;
pub mod live;
pub mod manifests;
pub mod mesh;
pub mod observe;
pub mod options;
pub mod perform;
pub mod proxy_stats;
pub mod reconcile;
pub mod recorder;
pub mod rollout;
pub mod run;
pub mod subject;
pub mod turn;
pub mod uninstall;
mod unrecorded;
pub mod verb;

#[cfg(test)]
mod tests;

pub use analyzer::Analyzer;
pub use clock::{Clock, SystemClock};
pub use cluster::Cluster;
pub use compiler::{Compiled, Compiler};
pub use event::{End, Event, Note, Report};
pub use failure::{Blocker, Failure};
pub use options::{Direction, Options};
pub use proxy_stats::ProxyStats;
pub use rollout::Rollout;
pub use turn::Next;
pub use verb::{Recorded, VerbRequest};

use std::time::Duration;

/// Between two looks at what passes by itself.
const POLL: Duration = Duration::from_millis(500);
/// Between two looks at what a person has to do first.
const LONG_POLL: Duration = Duration::from_secs(3);
