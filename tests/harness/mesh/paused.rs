//! An Envoy whose process is stopped for a while.

use std::process::Command;

use anyhow::{Context, ensure};
use envoy::proxy::Envoy;

/// It is stopped until this is dropped.
#[derive(Debug)]
pub struct Paused<'e> {
    process: u32,
    /// The number is another process's when this one has ended.
    _envoy: &'e Envoy,
}

impl<'e> Paused<'e> {
    pub(super) fn start(envoy: &'e Envoy) -> anyhow::Result<Self> {
        let process = envoy.process().context("Envoy has ended")?;
        signal("STOP", process)?;
        Ok(Self { process, _envoy: envoy })
    }
}

impl Drop for Paused<'_> {
    fn drop(&mut self) {
        // One that was killed meanwhile has nothing to go on with.
        let _ = signal("CONT", self.process);
    }
}

fn signal(name: &str, process: u32) -> anyhow::Result<()> {
    let arguments = ["-c", r#"kill -s "$0" "$1""#, name, &process.to_string()];
    let output = Command::new("sh").args(arguments).output().context("cannot run `sh`")?;
    let error = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "cannot send SIG{name} to {process}: {}", error.trim());
    Ok(())
}
