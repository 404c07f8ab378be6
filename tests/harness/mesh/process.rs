//! A process of the mesh: its output goes to a file, and it is killed with its handle.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, bail};
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep};

use super::{PATIENCE, POLL};

/// The lines of a log that an error quotes.
const QUOTED: usize = 8;

#[derive(Debug)]
pub(super) struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts `program` with its log in `folder`.
    pub(super) fn start<A: AsRef<OsStr>>(
        program: &Path,
        arguments: &[A],
        environment: &[(&str, &str)],
        folder: &Path,
    ) -> anyhow::Result<Self> {
        let name = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let log = folder.join(format!("{name}.log"));
        let output = File::create(&log)?;
        let child = Command::new(program)
            .args(arguments)
            .envs(environment.iter().copied())
            // Kubernetes' clients look into it.
            .env("HOME", folder)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot run `{}`", program.display()))?;
        Ok(Self { name, child, log })
    }

    /// Waits until `probe` says that it is there.
    pub(super) async fn wait(
        &mut self,
        mut probe: impl AsyncFnMut() -> bool,
    ) -> anyhow::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while !probe().await {
            if let Some(status) = self.child.try_wait()? {
                bail!("{} ended with {status} instead of starting:\n{}", self.name, self.tail());
            }
            if Instant::now() > deadline {
                bail!(
                    "{} is not ready after {} s:\n{}",
                    self.name,
                    PATIENCE.as_secs(),
                    self.tail()
                );
            }
            sleep(POLL).await;
        }
        Ok(())
    }

    /// Kills it, and waits until it is gone.
    pub(super) async fn kill(&mut self) -> anyhow::Result<()> {
        self.child.kill().await.with_context(|| format!("cannot kill {}", self.name))
    }

    /// The file with what it writes.
    pub(super) fn log(&self) -> &Path {
        &self.log
    }

    fn tail(&self) -> String {
        let log = fs::read(&self.log).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = log.lines().collect();
        let last = lines.iter().skip(lines.len().saturating_sub(QUOTED));
        last.map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
    }
}
