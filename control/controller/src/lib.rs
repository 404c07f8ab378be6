//! The controller: watches Releases and what they depend on, and has each of them be as it is to be.
//!
//! What is done for a Release is [`rollout::drive::reconcile`]: the very turns of a command in the foreground. Here is
//! only when it is done, and by which of several controllers. It knows no Kubernetes client: the cluster is a
//! [`Backend`].

mod cache;
mod dependents;
mod events;
mod log;
mod metrics;
pub mod notify;
mod options;
mod queue;
mod run;
mod serve;
#[cfg(test)]
mod tests;
mod together;
mod work;

use std::fmt;

use rollout::drive::cluster::{Cluster, Object, Watch};

pub use log::{Format, Log};
pub use options::Options;
pub use run::{Error, run};

/// A cluster that tells what changes.
pub trait Backend: Cluster + Watch {}

impl<T: Cluster + Watch> Backend for T {}

/// Names a Release.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    /// Its namespace.
    pub(crate) namespace: String,
    /// Its name.
    pub(crate) name: String,
}

impl Key {
    fn of(object: &Object) -> Self {
        Self { namespace: object.namespace().to_owned(), name: object.name().to_owned() }
    }
}

/// `<namespace>/<name>`.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}
