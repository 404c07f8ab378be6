//! Ctrl-C, and the other ways to ask a process to end.

use anyhow::Context;
use tokio::signal::unix::{SignalKind, signal};

/// Waits until somebody asks the process to end.
///
/// # Errors
/// When the process cannot listen for that.
pub async fn interrupted() -> anyhow::Result<()> {
    let listen = |kind| signal(kind).context("cannot listen for signals");
    let mut interrupt = listen(SignalKind::interrupt())?;
    let mut terminate = listen(SignalKind::terminate())?;
    let mut hang_up = listen(SignalKind::hangup())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hang_up.recv() => {}
    }
    Ok(())
}
