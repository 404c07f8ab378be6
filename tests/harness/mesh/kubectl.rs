//! The client of the Kubernetes API.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use anyhow::{Context, ensure};
use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use super::{text, until};

/// kubectl, as the user that may do everything.
#[derive(Clone, Debug)]
pub struct Kubectl {
    program: PathBuf,
    config: PathBuf,
    /// For its cache of what the API has.
    home: PathBuf,
}

impl Kubectl {
    pub(super) fn new(programs: &Path, config: PathBuf, home: &Path) -> Self {
        Self { program: programs.join("kubectl"), config, home: home.to_owned() }
    }

    /// The file that says where the API is.
    #[must_use]
    pub fn config(&self) -> &Path {
        &self.config
    }

    /// The same with another file that says where the API is, and who asks.
    #[must_use]
    pub fn with_config(&self, config: &Path) -> Self {
        Self { config: config.to_owned(), ..self.clone() }
    }

    /// It with these arguments, to be run; it is killed when its handle is dropped.
    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--kubeconfig").arg(&self.config).args(arguments).env("HOME", &self.home);
        command.kill_on_drop(true);
        command
    }

    /// Runs it with these arguments and `input`; what it wrote, whether it worked or not.
    ///
    /// # Errors
    /// When it cannot be run.
    pub async fn output(&self, arguments: &[&str], input: &str) -> anyhow::Result<Output> {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("cannot run kubectl")?;
        if let Some(mut stdin) = child.stdin.take() {
            // It may end before it has read all: then its own words say why.
            let _ = stdin.write_all(input.as_bytes()).await;
        }
        Ok(child.wait_with_output().await?)
    }

    /// The same, where it has to work: its standard output.
    ///
    /// # Errors
    /// With what it says is wrong.
    pub async fn run(&self, arguments: &[&str], input: &str) -> anyhow::Result<String> {
        let output = self.output(arguments, input).await?;
        let error = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "`kubectl {}`: {}", arguments.join(" "), error.trim());
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Applies objects, as a user would: `kubectl apply --server-side`, with the API's schemas and istiod's webhook.
    ///
    /// # Errors
    /// When one is refused.
    pub async fn apply(&self, objects: &str) -> anyhow::Result<()> {
        self.run(&["apply", "--server-side", "--force-conflicts", "-f", "-"], objects).await?;
        Ok(())
    }

    /// Applies the objects of a file.
    ///
    /// # Errors
    /// When one is refused.
    pub async fn apply_file(&self, file: &Path) -> anyhow::Result<()> {
        self.run(&["apply", "--server-side", "--force-conflicts", "-f", &text(file)], "").await?;
        Ok(())
    }

    /// Deletes the objects of a file.
    ///
    /// # Errors
    /// When that does not work.
    pub async fn delete_file(&self, file: &Path) -> anyhow::Result<()> {
        self.run(&["delete", "--wait=false", "-f", &text(file)], "").await?;
        Ok(())
    }

    /// What the API has, as JSON: `get(&["pods", "-n", "bookinfo"])`.
    ///
    /// # Errors
    /// When it has no such thing.
    pub async fn get(&self, what: &[&str]) -> anyhow::Result<Value> {
        let arguments: Vec<&str> = [&["get", "-o", "json"], what].concat();
        Ok(serde_json::from_str(&self.run(&arguments, "").await?)?)
    }

    /// Waits until the Deployments of a namespace have all their pods ready.
    ///
    /// # Errors
    /// When they never have.
    pub async fn ready(&self, namespace: &str) -> anyhow::Result<()> {
        until(&format!("the Deployments of `{namespace}` are ready"), async || {
            let deployments = self.get(&["deployments", "-n", namespace]).await?;
            let items = deployments["items"].as_array().map(Vec::as_slice).unwrap_or_default();
            let ready = items.iter().all(|deployment| {
                let count = |pointer| deployment.pointer(pointer).and_then(Value::as_u64);
                count("/status/readyReplicas").unwrap_or(0) == count("/spec/replicas").unwrap_or(1)
            });
            Ok(ready.then_some(()))
        })
        .await
    }
}
