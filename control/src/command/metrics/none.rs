//! In the place of Prometheus' client, where the program is built without one.

use document::report::Message;
use rollout::drive::cluster::Cluster;
use rollout::drive::{Analyzer, Failure, ProxyStats};

use super::MetricsArgs;

/// Where the counts of requests come from: nothing is asked without a cluster.
#[derive(Clone, Debug)]
pub(in crate::command) struct Source;

impl Source {
    /// Nothing.
    ///
    /// # Errors
    /// Never.
    #[expect(clippy::unnecessary_wraps, reason = "as the one of a program with clusters")]
    pub(in crate::command) fn read(_: &MetricsArgs) -> Result<Self, Message> {
        Ok(Self)
    }

    /// What would judge candidates.
    ///
    /// # Errors
    /// Never.
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "as the one with clusters")]
    pub(in crate::command) fn analyzer<'c>(
        &self,
        cluster: &'c dyn Cluster,
    ) -> Result<Analyzer<'c>, Failure> {
        Ok(Analyzer::new(Box::new(ProxyStats::new(cluster))))
    }
}
