//! A rollout, as it is asked for, driven and ended from outside.

use jiff::Timestamp;

use super::analyzer::Analyzer;
use super::clock::Clock;
use super::cluster::Cluster;
use super::compiler::Compiler;
use super::failure::Failure;
use super::live::Live;

/// The rollout of a Release in a cluster: everything that is done with one is done by this.
#[derive(Clone, Copy, Debug)]
pub struct Rollout<'a> {
    /// Where.
    pub cluster: &'a dyn Cluster,
    /// When.
    pub clock: &'a dyn Clock,
    /// By what Releases are read.
    pub compiler: &'a Compiler,
    /// The Release's namespace.
    pub namespace: &'a str,
    /// The Release's name.
    pub name: &'a str,
    /// The controller's namespace, which may freeze all rollouts.
    pub system: &'a str,
    /// What knows how its candidate does.
    pub analyzer: &'a Analyzer<'a>,
}

impl Rollout<'_> {
    /// The time of day, as it is written down.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.cluster.now(self.clock)
    }

    /// The Release as it is now.
    ///
    /// # Errors
    /// When the cluster has none, or what it has cannot be read.
    pub async fn live(&self) -> Result<Live, Failure> {
        Live::get(self.cluster, self.compiler, self.namespace, self.name).await
    }
}
