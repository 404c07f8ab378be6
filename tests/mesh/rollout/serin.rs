//! `serin`, as somebody runs it at the mesh: bounded in time, and killed where a case wants it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, ensure};
use serin_harness::mesh::{ApiProxy, Fired};
use serin_harness::patience::patience;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::scene::Scene;

/// How long a command may take: each ends by itself, or when a person must decide.
const LIMIT: Duration = patience(Duration::from_secs(30));

/// Somebody who runs `serin` in a scene's folder.
#[derive(Clone)]
pub(crate) struct Serin {
    program: PathBuf,
    config: PathBuf,
    folder: PathBuf,
}

impl Serin {
    /// Runs it as a user.
    pub(crate) fn of(scene: &Scene<'_>, user: &str) -> Self {
        Self {
            program: scene.programs().serin.clone(),
            config: scene.mesh.kubeconfig(user),
            folder: scene.folder.clone(),
        }
    }

    /// The same with a reverse proxy between it and the API.
    pub(crate) fn through(&self, proxy: &ApiProxy) -> Self {
        Self { config: proxy.config().to_owned(), ..self.clone() }
    }

    /// The same with another kubeconfig.
    pub(crate) fn with_config(&self, config: PathBuf) -> Self {
        Self { config, ..self.clone() }
    }

    /// The folder in which it runs.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Runs it until it ends.
    pub(crate) async fn run(&self, arguments: &[&str]) -> anyhow::Result<Ran> {
        self.start(arguments)?.end().await
    }

    /// Starts it.
    pub(crate) fn start(&self, arguments: &[&str]) -> anyhow::Result<Running> {
        let mut child = Command::new(&self.program)
            .args(arguments)
            .current_dir(&self.folder)
            .env("KUBECONFIG", &self.config)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("cannot run serin")?;
        let (stdout, stderr) =
            (Output::read(child.stdout.take()), Output::read(child.stderr.take()));
        Ok(Running { command: format!("serin {}", arguments.join(" ")), child, stdout, stderr })
    }

    /// Runs it, and kills it when a write that is waited for is halted: none where it was killed.
    pub(crate) async fn run_until(
        &self,
        arguments: &[&str],
        fired: Fired,
    ) -> anyhow::Result<Option<Ran>> {
        let mut running = self.start(arguments)?;
        let ended = tokio::select! {
            status = running.wait() => return Ok(Some(running.ran(status?).await?)),
            Ok(ended) = fired => ended,
        };
        running.child.kill().await?;
        // It may be that nobody waits any more.
        let _ = ended.send(());
        Ok(None)
    }
}

/// What is written, while it is written.
struct Output {
    written: Arc<Mutex<Vec<u8>>>,
    reading: JoinHandle<()>,
}

impl Output {
    fn read(output: Option<impl AsyncRead + Unpin + Send + 'static>) -> Self {
        let written = Arc::<Mutex<Vec<u8>>>::default();
        let writing = Arc::clone(&written);
        let reading = tokio::spawn(async move {
            let Some(mut output) = output else { return };
            let mut some = [0; 4096];
            while let Ok(count @ 1..) = output.read(&mut some).await {
                let mut written = writing.lock().unwrap_or_else(PoisonError::into_inner);
                written.extend_from_slice(&some[..count]);
            }
        });
        Self { written, reading }
    }

    fn so_far(&self) -> String {
        let written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&written).into_owned()
    }

    async fn all(mut self) -> anyhow::Result<String> {
        (&mut self.reading).await?;
        Ok(self.so_far())
    }
}

/// One that runs; it is killed when this is dropped.
pub(crate) struct Running {
    command: String,
    child: Child,
    stdout: Output,
    stderr: Output,
}

impl Running {
    /// Waits until it ends.
    pub(crate) async fn end(mut self) -> anyhow::Result<Ran> {
        let status = self.wait().await?;
        self.ran(status).await
    }

    /// What it said so far.
    pub(crate) fn log(&self) -> String {
        [self.stdout.so_far(), self.stderr.so_far()].concat()
    }

    /// Its process; none once it has ended.
    pub(crate) fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Whether it has ended.
    pub(crate) fn has_ended(&mut self) -> anyhow::Result<bool> {
        Ok(self.child.try_wait()?.is_some())
    }

    /// What it wrote to its standard output so far: a line for each change.
    pub(crate) fn changes(&self) -> String {
        self.stdout.so_far()
    }

    async fn wait(&mut self) -> anyhow::Result<ExitStatus> {
        let waiting = timeout(LIMIT, self.child.wait()).await;
        Ok(waiting
            .with_context(|| format!("`{}` does not end:\n{}", self.command, self.log()))??)
    }

    async fn ran(self, status: ExitStatus) -> anyhow::Result<Ran> {
        let Self { command, stdout, stderr, .. } = self;
        let (stdout, stderr) = (stdout.all().await?, stderr.all().await?);
        Ok(Ran { command, code: status.code(), stdout, stderr })
    }
}

/// One that ended.
#[derive(Clone, Debug)]
pub(crate) struct Ran {
    command: String,
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// That it ended with this code.
    pub(crate) fn code(self, expected: i32) -> anyhow::Result<Self> {
        ensure!(self.code == Some(expected), "expected exit code {expected}: {self}");
        Ok(self)
    }

    /// That it said all of this.
    pub(crate) fn says(self, texts: &[&str]) -> anyhow::Result<Self> {
        for text in texts {
            ensure!(self.text().contains(text), "it does not say `{text}`: {self}");
        }
        Ok(self)
    }

    /// What it wrote, notes last.
    pub(crate) fn text(&self) -> String {
        [self.stdout.as_str(), &self.stderr].concat()
    }
}

impl fmt::Display for Ran {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.code.map_or_else(|| "by a signal".to_owned(), |code| code.to_string());
        write!(f, "`{}` ended with {code}:\n{}", self.command, self.text().trim_end())
    }
}
