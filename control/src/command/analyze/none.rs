//! In the place of the metrics, where the program is built without a client.

use anyhow::bail;
use document::report::Console;

use super::Args;
use crate::exit::Exit;

/// Says that there is no client.
///
/// # Errors
/// Always.
pub(super) fn run(_: &Args, _: &mut Console) -> anyhow::Result<Exit> {
    bail!("this command needs a serin built with the feature `cluster`")
}
