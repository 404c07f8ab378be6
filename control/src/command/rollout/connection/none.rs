//! In the place of the client, where the program is built without one.

use anyhow::bail;
use rollout::drive::Failure;
use rollout::drive::cluster::Cluster;

use super::{Connection, Use};

/// Says that there is no client.
///
/// # Errors
/// Always.
pub(in crate::command) fn with<T>(
    _: &Connection,
    _: Use,
    _: impl AsyncFnOnce(&dyn Cluster) -> Result<T, Failure>,
) -> anyhow::Result<Result<T, Failure>> {
    bail!("this command needs a serin built with the feature `cluster`")
}
