//! What a team does with files in a scene: renders them, and has them be in the mesh.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::Value;
use tokio::process::Command;
use tokio::time::sleep;

use super::Scene;
use crate::rollout::serin::Serin;

/// What is waited for objects of which istiod tells nothing: whatever needs them waits until it sees them.
const OTHERS: Duration = Duration::from_millis(500);

impl Scene<'_> {
    /// Runs `serin` in the scene's folder; what it says on standard error.
    pub(crate) async fn serin(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let running = Command::new(&self.programs().serin)
            .args(arguments)
            .current_dir(&self.folder)
            .kill_on_drop(true)
            .output();
        let output = running.await.context("cannot run serin")?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(output.status.success(), "`serin {}`: {said}", arguments.join(" "));
        Ok(said)
    }

    /// Renders a Release into `folder`; the files, in the order of applying.
    pub(crate) async fn render(
        &self,
        release: &Value,
        folder: &str,
        options: &[&str],
    ) -> anyhow::Result<Vec<PathBuf>> {
        let module = self.programs().module.to_string_lossy().into_owned();
        self.render_with(release, folder, &module, options).await
    }

    /// The same with another module.
    pub(crate) async fn render_with(
        &self,
        release: &Value,
        folder: &str,
        module: &str,
        options: &[&str],
    ) -> anyhow::Result<Vec<PathBuf>> {
        self.render_only(release, folder, &[&["--module-file", module], options].concat()).await
    }

    /// The same without a word of where the module is.
    pub(crate) async fn render_only(
        &self,
        release: &Value,
        folder: &str,
        options: &[&str],
    ) -> anyhow::Result<Vec<PathBuf>> {
        let file = format!("{folder}.release.yaml");
        self.write(&file, &serde_json::to_string_pretty(release)?)?;
        let mut arguments = vec!["render", &file, "--output", folder];
        arguments.extend(options);
        self.serin(&arguments).await?;
        files(&self.folder.join(folder))
    }

    /// Applies files one after the other, each after the proxies have the one before: as the docs say it.
    pub(crate) async fn apply(&self, files: &[PathBuf]) -> anyhow::Result<()> {
        for files in files.chunk_by(|one, other| is_rendered(one) && is_rendered(other)) {
            if files.iter().all(|file| is_rendered(file)) {
                self.in_mesh("apply", files).await?;
                continue;
            }
            for file in files {
                self.mesh.kubectl().apply_file(file).await?;
                self.follow(file).await?;
            }
        }
        Ok(())
    }

    /// Removes what files hold, the last first.
    pub(crate) async fn remove(&self, files: &[PathBuf]) -> anyhow::Result<()> {
        let files: Vec<PathBuf> = files.iter().rev().cloned().collect();
        for files in files.chunk_by(|one, other| is_rendered(one) && is_rendered(other)) {
            if files.iter().all(|file| is_rendered(file)) {
                self.in_mesh("delete", files).await?;
                continue;
            }
            for file in files {
                self.mesh.kubectl().delete_file(file).await?;
                sleep(OTHERS).await;
            }
        }
        Ok(())
    }

    /// Waits until the proxies have the objects of a file that serin did not render.
    async fn follow(&self, file: &Path) -> anyhow::Result<()> {
        let text = std::fs::read_to_string(file)?;
        let kinds = ["VirtualService", "DestinationRule", "EnvoyFilter"];
        if kinds.iter().any(|kind| text.contains(kind)) {
            return self.in_mesh("wait", &[file.to_owned()]).await;
        }
        sleep(OTHERS).await;
        Ok(())
    }

    /// `serin mesh`, as an administrator runs it.
    async fn in_mesh(&self, command: &str, files: &[PathBuf]) -> anyhow::Result<()> {
        let mut arguments = vec!["mesh", command];
        if command != "wait" {
            arguments.push("--force");
        }
        for file in files {
            arguments.push(file.to_str().context("a path that is no text")?);
        }
        Serin::of(self, "admin").run(&arguments).await?.code(0).map(drop)
    }
}

/// The rendered files with one of the team's, which goes in before the filter is switched on.
pub(crate) fn in_order(files: &[PathBuf], own: &Path) -> Vec<PathBuf> {
    let mut ordered = files.to_vec();
    let switches = |path: &PathBuf| path.to_string_lossy().contains("-switch-");
    let at = files.iter().position(switches).unwrap_or(files.len());
    ordered.insert(at, own.to_owned());
    ordered
}

/// Whether serin rendered a file.
fn is_rendered(file: &Path) -> bool {
    std::fs::read_to_string(file).is_ok_and(|text| text.starts_with("# made by `serin render`"))
}

/// The files of a folder, by name.
fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
    let mut files = entries.collect::<std::io::Result<Vec<_>>>()?;
    files.sort();
    Ok(files)
}
