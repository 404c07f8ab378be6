//! Ctrl-C, and the other ways to ask a process to end.

use std::fmt;

use anyhow::Context;
use tokio::signal::unix::{SignalKind, signal};

use crate::exit::Exit;

/// The signal that asked the process to end, before it had a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interrupted(SignalKind);

impl Interrupted {
    /// The exit code that a shell gives a process which the signal ended.
    #[must_use]
    pub fn exit(self) -> Exit {
        Exit::of_signal(self.0.as_raw_value())
    }
}

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("interrupted")
    }
}

impl std::error::Error for Interrupted {}

/// Waits until a signal asks the process to end.
///
/// # Errors
/// When the process cannot listen for that.
pub async fn interrupted() -> anyhow::Result<Interrupted> {
    let listen = |kind| signal(kind).context("cannot listen for signals");
    let mut interrupt = listen(SignalKind::interrupt())?;
    let mut terminate = listen(SignalKind::terminate())?;
    let mut hang_up = listen(SignalKind::hangup())?;
    Ok(Interrupted(tokio::select! {
        _ = interrupt.recv() => SignalKind::interrupt(),
        _ = terminate.recv() => SignalKind::terminate(),
        _ = hang_up.recv() => SignalKind::hangup(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_has_the_exit_code_that_shells_give_it() {
        assert_eq!(Interrupted(SignalKind::interrupt()).exit().code(), 130);
        assert_eq!(Interrupted(SignalKind::terminate()).exit().code(), 143);
    }
}
