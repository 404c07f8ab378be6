//! Where the programs are: `make test-mesh` says so in the environment.

use std::env;
use std::path::PathBuf;

use anyhow::{Context, ensure};

/// The programs that a mesh is made of.
#[derive(Clone, Debug)]
pub struct Programs {
    /// The folder with Istio's programs and CRDs.
    pub istio: PathBuf,
    /// The folder with the programs of Kubernetes.
    pub kube: PathBuf,
    /// Envoy.
    pub envoy: PathBuf,
    /// The CLI.
    pub serin: PathBuf,
    /// The filter's module.
    pub module: PathBuf,
}

impl Programs {
    /// Reads the environment.
    ///
    /// # Errors
    /// When a variable is missing, or names nothing that exists.
    pub fn find() -> anyhow::Result<Self> {
        Ok(Self {
            istio: path("SERIN_MESH_ISTIO")?,
            kube: path("SERIN_MESH_KUBE")?,
            envoy: path("ENVOY")?,
            serin: path("SERIN_BIN")?,
            module: path("SERIN_MODULE")?,
        })
    }

    /// Helm, which only one case runs.
    ///
    /// # Errors
    /// When the environment does not say where it is.
    pub fn helm(&self) -> anyhow::Result<PathBuf> {
        Ok(path("SERIN_MESH_HELM")?.join("helm"))
    }

    /// Prometheus, likewise.
    ///
    /// # Errors
    /// When the environment does not say where it is.
    pub fn prometheus(&self) -> anyhow::Result<PathBuf> {
        Ok(path("SERIN_MESH_PROMETHEUS")?.join("prometheus"))
    }
}

fn path(variable: &str) -> anyhow::Result<PathBuf> {
    let path = env::var_os(variable)
        .map(PathBuf::from)
        .with_context(|| format!("`{variable}` is not set: run `make test-mesh`"))?;
    ensure!(path.exists(), "`{variable}` names `{}`, which does not exist", path.display());
    Ok(path)
}
