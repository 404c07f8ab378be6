//! `serin controller`, as a process.

use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use harness::mesh::Mesh;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::sleep;

/// Where it answers: the namespace is the bench's own.
const ADDRESS: &str = "127.0.0.1:18080";
/// How long anything may take.
const LIMIT: Duration = Duration::from_mins(30);
/// It rests once nothing was due for so long.
const QUIET: Duration = Duration::from_secs(3);

/// A controller; it is killed when this is dropped.
pub(crate) struct Controller {
    child: Child,
}

impl Controller {
    pub(crate) fn start(mesh: &Mesh) -> anyhow::Result<Self> {
        let log = std::fs::File::create(mesh.folder("controller")?.join("log"))?;
        let child = Command::new(&mesh.programs().serin)
            .args(["controller", "--listen", ADDRESS, "--route", "matcher"])
            .args(["--module-file", "/var/local/serin/serin.wasm"])
            .env("KUBECONFIG", mesh.kubeconfig("alice"))
            .stdin(Stdio::null())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .context("cannot run serin")?;
        Ok(Self { child })
    }

    /// Waits until it says that it is ready.
    pub(crate) async fn ready(&self) -> anyhow::Result<()> {
        wait("it is ready", async || {
            Ok(get("/readyz").await.is_ok_and(|answer| answer.contains("200 OK")))
        })
        .await
    }

    /// Waits until so many Releases were looked at, and nothing is due.
    pub(crate) async fn rests(&self, releases: u32) -> anyhow::Result<()> {
        let mut quiet = None;
        wait("it rests", async || {
            let metrics = get("/metrics").await?;
            let value = |name: &str| value(&metrics, name);
            let looked_at = value("serin_reconciles_total{outcome=\"rest\"}").unwrap_or(0.0);
            let is_quiet = looked_at >= f64::from(releases)
                && value("serin_queue_depth") == Some(0.0)
                && value("serin_reconciles_running") == Some(0.0);
            if !is_quiet {
                quiet = None;
                return Ok(false);
            }
            Ok(quiet.get_or_insert_with(Instant::now).elapsed() > QUIET)
        })
        .await
    }

    /// What it has of memory.
    pub(crate) fn memory(&self) -> anyhow::Result<String> {
        self.status("VmRSS:")
    }

    /// The most that it ever had.
    pub(crate) fn peak(&self) -> anyhow::Result<String> {
        self.status("VmHWM:")
    }

    fn status(&self, field: &str) -> anyhow::Result<String> {
        let id = self.child.id().context("it has ended")?;
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let line = status.lines().find(|line| line.starts_with(field)).context("no such field")?;
        let kilobytes: f64 = line.split_whitespace().nth(1).context("no value")?.parse()?;
        Ok(format!("{:.1}", kilobytes / 1024.0))
    }

    /// Tells it to end, and waits until it has.
    pub(crate) async fn end(mut self) -> anyhow::Result<()> {
        let id = self.child.id().context("it has ended")?.to_string();
        Command::new("kill").args(["-TERM", &id]).status().await?;
        let status = self.child.wait().await?;
        ensure!(status.success(), "the controller ended with {status}");
        Ok(())
    }
}

async fn wait(
    what: &str,
    mut probe: impl AsyncFnMut() -> anyhow::Result<bool>,
) -> anyhow::Result<()> {
    let began = Instant::now();
    while !probe().await? {
        if began.elapsed() > LIMIT {
            bail!("waited in vain until {what}");
        }
        sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

/// The value of a metric.
fn value(metrics: &str, name: &str) -> Option<f64> {
    let line = metrics
        .lines()
        .find(|line| line.starts_with(name) && line[name.len()..].starts_with(' '))?;
    line.rsplit(' ').next()?.parse().ok()
}

async fn get(path: &str) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect(ADDRESS).await?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: controller\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}
