//! An Envoy process: started from a bootstrap, asked through its admin interface, ended with its handle.

use std::fmt;
use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, bail};
use document::load::reason;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

use super::admin::Admin;
use super::watcher::Watcher;

/// How often what is waited for is looked at again.
const POLL: Duration = Duration::from_millis(10);
/// How long a process may take to check its configuration, or to end.
const PATIENCE: Duration = Duration::from_mins(1);
/// Puts the admin interface on a port of its own, whatever the bootstrap says about it.
const ADMIN: &str = "admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}";
/// Two workers, so that decisions that differ between workers are seen.
const WORKERS: &str = "2";
/// The lines of the log that an error quotes, and their characters.
const QUOTED: usize = 6;
const MAX_LINE: usize = 400;

/// A running Envoy.
#[derive(Debug)]
pub struct Envoy {
    process: Child,
    /// None once the process has ended.
    watcher: Option<Watcher>,
    log: PathBuf,
    admin_file: PathBuf,
    admin: Option<Admin>,
}

/// Why Envoy refuses a bootstrap: its log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused(pub String);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Envoy refuses the bootstrap:\n{}", tail(&self.0))
    }
}

impl std::error::Error for Refused {}

impl Envoy {
    /// Starts the program `binary` with the text of a bootstrap. Into `folder` go `envoy.yaml`, `envoy.log` and
    /// `admin.address`; it must be the process's own, and outlive it.
    ///
    /// # Errors
    /// When the program cannot be run, or the folder not be written.
    pub fn start(binary: &Path, bootstrap: &str, folder: &Path) -> anyhow::Result<Self> {
        Self::start_watched(binary, bootstrap, folder, Watcher::start(None))
    }

    /// As [`Envoy::start`], in a folder that is removed if this program is killed. Its path must be absolute.
    ///
    /// # Errors
    /// Those of [`Envoy::start`].
    pub fn start_temporary(binary: &Path, bootstrap: &str, folder: &Path) -> anyhow::Result<Self> {
        Self::start_watched(binary, bootstrap, folder, Watcher::start(Some(folder)))
    }

    fn start_watched(
        binary: &Path,
        bootstrap: &str,
        folder: &Path,
        watcher: Option<Watcher>,
    ) -> anyhow::Result<Self> {
        let config = folder.join("envoy.yaml");
        let log = folder.join("envoy.log");
        let admin_file = folder.join("admin.address");
        fs::write(&config, bootstrap)
            .with_context(|| format!("cannot write `{}`", config.display()))?;
        if admin_file.exists() {
            fs::remove_file(&admin_file)
                .context("cannot remove the address of an earlier Envoy")?;
        }
        let output =
            File::create(&log).with_context(|| format!("cannot write `{}`", log.display()))?;
        let unrunnable = || format!("cannot run `{}`", binary.display());
        let mut command = if let Some(watcher) = &watcher {
            watcher.command(binary).with_context(unrunnable)?
        } else {
            let mut command = Command::new(binary);
            command.stdin(Stdio::null());
            command
        };
        let process = command
            .arg("--config-path")
            .arg(&config)
            .args(["--config-yaml", ADMIN, "--admin-address-path"])
            .arg(&admin_file)
            // No shared memory and no sockets that a killed process would leave behind.
            .args(["--disable-hot-restart", "--concurrency", WORKERS, "--log-level", "info"])
            .stdout(output.try_clone()?)
            .stderr(output)
            .kill_on_drop(true)
            .spawn()
            .with_context(unrunnable)?;
        Ok(Self { process, watcher, log, admin_file, admin: None })
    }

    /// Asks the program `binary` whether it would start with the text of a bootstrap (`--mode validate`: it loads
    /// the module and configures it).
    ///
    /// # Errors
    /// `Ok(Err(log))` when it would not; `Err` when the program cannot be run.
    pub async fn validate(
        binary: &Path,
        bootstrap: &str,
        folder: &Path,
    ) -> anyhow::Result<Result<(), Refused>> {
        let config = folder.join("validate.yaml");
        fs::write(&config, bootstrap)
            .with_context(|| format!("cannot write `{}`", config.display()))?;
        let running = Command::new(binary)
            .args(["--mode", "validate", "--config-path"])
            .arg(&config)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output();
        let output =
            timeout(PATIENCE, running).await.context("Envoy did not finish `--mode validate`")?;
        let output = output.with_context(|| format!("cannot run `{}`", binary.display()))?;
        if output.status.success() {
            return Ok(Ok(()));
        }
        let log = [output.stdout, output.stderr].concat();
        Ok(Err(Refused(String::from_utf8_lossy(&log).into_owned())))
    }

    /// Waits until it takes requests, and returns its admin interface.
    ///
    /// # Errors
    /// When it ends before that, or is not there in time; the error quotes the end of its log.
    pub async fn wait_ready(&mut self, patience: Duration) -> anyhow::Result<Admin> {
        let deadline = Instant::now() + patience;
        loop {
            if let Some(status) = self.ended()? {
                bail!("Envoy ended with {status} instead of starting:\n{}", self.log_tail());
            }
            if let Some(admin) = self.admin()
                && admin.is_ready().await.unwrap_or(false)
            {
                return Ok(admin);
            }
            if Instant::now() > deadline {
                bail!("Envoy was not ready after {} s:\n{}", patience.as_secs(), self.log_tail());
            }
            sleep(POLL).await;
        }
    }

    /// Its admin interface, as soon as that has an address.
    pub fn admin(&mut self) -> Option<Admin> {
        if self.admin.is_none() {
            // Envoy may be about to write it: what does not parse yet will.
            let written = fs::read_to_string(&self.admin_file).ok()?;
            self.admin = Some(Admin::new(written.trim().parse::<SocketAddr>().ok()?));
        }
        self.admin
    }

    /// The file that it logs to.
    #[must_use]
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// The [`tail`] of its log.
    #[must_use]
    pub fn log_tail(&self) -> String {
        match fs::read(&self.log) {
            Ok(log) => tail(&String::from_utf8_lossy(&log)),
            Err(error) => format!("its log cannot be read: {}", reason::io(&error)),
        }
    }

    /// The number of its process, while it runs.
    #[must_use]
    pub fn process(&self) -> Option<u32> {
        self.process.id()
    }

    /// How it ended, if it did by itself.
    ///
    /// # Errors
    /// When the process cannot be watched.
    pub fn ended(&mut self) -> anyhow::Result<Option<ExitStatus>> {
        let ended = self.process.try_wait().context("cannot watch Envoy")?;
        if ended.is_some() {
            self.watcher = None;
        }
        Ok(ended)
    }

    /// Ends it, and waits until it has ended.
    ///
    /// # Errors
    /// When the process cannot be ended.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        timeout(PATIENCE, self.process.kill())
            .await
            .context("Envoy did not stop")?
            .context("cannot stop Envoy")
    }
}

/// The last lines of a log that tell what went wrong, or else its very last ones.
#[must_use]
pub fn tail(log: &str) -> String {
    let lines: Vec<&str> = log.lines().filter(|line| !line.trim().is_empty()).collect();
    let tells =
        |line: &&str| ["[critical]", "[error]", "rejected"].iter().any(|sign| line.contains(sign));
    let telling: Vec<&str> = lines.iter().copied().filter(tells).collect();
    let chosen = if telling.is_empty() { lines } else { telling };
    if chosen.is_empty() {
        return "  (it logged nothing)".to_owned();
    }
    let last = chosen.iter().skip(chosen.len().saturating_sub(QUOTED));
    let shortened = |line: &&str| line.chars().take(MAX_LINE).collect::<String>();
    last.map(|line| format!("  {}", shortened(line))).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_of_a_log_tells_what_is_wrong() {
        let log = "[info] a\n[error] no such module\n[info] b\n\n[critical] exiting\n[info] c\n";
        assert_eq!(tail(log), "  [error] no such module\n  [critical] exiting");
        assert_eq!(tail("one\ntwo\n"), "  one\n  two");
        assert_eq!(tail(""), "  (it logged nothing)");
    }
}
