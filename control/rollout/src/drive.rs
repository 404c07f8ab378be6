//! Drives a rollout: observes the cluster, asks [`policy::rollout::step`] what is to be done, does it, and again.
//!
//! Whatever is done is said as an [`Event`] to the caller.

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
mod labels;
pub mod live;
pub mod manifests;
pub mod mesh;
pub mod observe;
pub mod options;
pub mod perform;
pub mod rollout;
pub mod run;
pub mod subject;
mod unrecorded;
pub mod verb;

#[cfg(test)]
mod tests;

pub use clock::{Clock, SystemClock};
pub use cluster::Cluster;
pub use compiler::{Compiled, Compiler};
pub use event::{End, Event, Note, Report};
pub use failure::{Blocker, Failure};
pub use options::{Direction, Options};
pub use rollout::Rollout;
pub use verb::{Recorded, VerbRequest};
