//! An Envoy process with one worker, natively or under callgrind; it ends with its handle.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use envoy::proxy::Admin;
use envoy::proxy::envoy::tail;
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use crate::bootstrap;

/// How long Envoy may take to start: under callgrind 1000 regexes take half a minute.
const PATIENCE: Duration = Duration::from_mins(5);
const POLL: Duration = Duration::from_millis(20);

/// A running Envoy.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    admin: Admin,
    /// Drives questions to the admin interface.
    asking: Runtime,
    folder: TempDir,
}

/// How it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Under {
    /// As it is.
    Nothing,
    /// Valgrind's callgrind, which does not count yet.
    Callgrind,
}

/// Callgrind as it is started. The code that V8 makes changes under it; what it counted is asked for, not written.
const CALLGRIND: [&str; 6] = [
    "--tool=callgrind",
    "--instr-atstart=no",
    "--smc-check=all-non-file",
    "--vgdb=yes",
    "--callgrind-out-file=/dev/null",
    "--quiet",
];

impl Process {
    /// Starts it and waits until it takes requests.
    pub(crate) fn start(envoy: &Path, config: &Value, under: Under) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("serin-bench-").tempdir()?;
        let written = folder.path().join("envoy.json");
        fs::write(&written, serde_json::to_vec(config)?)?;
        let log = File::create(folder.path().join("envoy.log"))?;
        let mut command = match under {
            Under::Nothing => Command::new(envoy),
            Under::Callgrind => {
                let mut command = Command::new("valgrind");
                command.args(CALLGRIND);
                command.arg(format!("--vgdb-prefix={}", folder.path().join("vgdb").display()));
                command.arg(envoy);
                command
            }
        };
        command
            .arg("--config-path")
            .arg(&written)
            .arg("--admin-address-path")
            .arg(folder.path().join("admin"))
            .args(["--disable-hot-restart", "--concurrency", "1", "--log-level", "error"])
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        let asking = Builder::new_current_thread().enable_all().build()?;
        let child = command.spawn().with_context(|| format!("cannot run {command:?}"))?;
        let admin = Admin::new(bootstrap::nowhere());
        let mut process = Self { child, admin, asking, folder };
        process.wait_ready()?;
        Ok(process)
    }

    fn wait_ready(&mut self) -> anyhow::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait()? {
                bail!("Envoy ended with {status} instead of starting:\n{}", self.log_tail());
            }
            let written = fs::read_to_string(self.folder.path().join("admin")).unwrap_or_default();
            if let Ok(address) = written.trim().parse() {
                self.admin = Admin::new(address);
                if self.asking.block_on(self.admin.is_ready()).unwrap_or(false) {
                    return Ok(());
                }
            }
            ensure!(Instant::now() < deadline, "Envoy does not get ready:\n{}", self.log_tail());
            sleep(POLL);
        }
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// What valgrind's own pipes begin with.
    pub(crate) fn vgdb_prefix(&self) -> PathBuf {
        self.folder.path().join("vgdb")
    }

    /// The addresses of its listeners, by name.
    pub(crate) fn listeners(&self) -> anyhow::Result<BTreeMap<String, SocketAddr>> {
        self.asking.block_on(self.admin.listeners())
    }

    /// What its log says of what went wrong.
    pub(crate) fn log_tail(&self) -> String {
        let log = fs::read(self.folder.path().join("envoy.log")).unwrap_or_default();
        tail(&String::from_utf8_lossy(&log))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // What has ended already is what was wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
