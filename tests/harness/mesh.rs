//! A mesh: a Kubernetes API, Istio's control plane on it, and Envoys that it configures.
//!
//! The parts are the real ones (`setup/mesh.sh` builds them), but there are no containers. kwok tells the API that
//! pods run, [`Pods`] answers for them at their addresses, and a [`Proxy`] is an Envoy that introduces itself to istiod
//! as the sidecar or gateway of a pod. All of it stands in a network namespace of its own (`make test-mesh`), so that
//! pods can have addresses and ports are always the same.

mod agent;
mod api_proxy;
mod exposed;
mod https;
mod istiod;
mod kubectl;
mod kubernetes;
mod namespaces;
mod paused;
mod pods;
mod process;
mod programs;
mod prometheus;
mod proxy;
mod registry;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

pub use api_proxy::{ApiProxy, Fired, Moment, Write};
pub use exposed::Exposed;
pub use https::Https;
pub use istiod::{ANALYZED, VERSION as ISTIO_VERSION};
pub use kubectl::Kubectl;
pub use paused::Paused;
pub use pods::{Behaviour, Pods, Seen};
pub use programs::Programs;
pub use prometheus::Prometheus;
pub use proxy::{Kind, Pod, Proxy, listen_apart};
pub use registry::Registry;

use istiod::Istiod;
use kubernetes::Kubernetes;

use crate::patience::patience;

/// How long anything may take that is waited for: the API server and istiod start in a few seconds.
pub const PATIENCE: Duration = patience(Duration::from_secs(6));
const POLL: Duration = Duration::from_millis(20);

/// A running mesh; it ends, with all its processes, when this is dropped.
#[derive(Debug)]
pub struct Mesh {
    programs: Programs,
    kubectl: Kubectl,
    // Dropped in this order: who depends on another one before it.
    istiod: Istiod,
    kubernetes: Kubernetes,
    folder: TempDir,
}

impl Mesh {
    /// Starts it all.
    ///
    /// # Errors
    /// When a program is missing or does not start; the error quotes its log.
    pub async fn start() -> anyhow::Result<Self> {
        let programs = Programs::find()?;
        let folder = tempfile::Builder::new().prefix("serin-mesh-").tempdir()?;
        namespaces::open(&programs.module).await?;
        let (kubernetes, kubectl) = Kubernetes::start(&programs, folder.path()).await?;
        let istiod = Istiod::start(&programs, &kubectl, folder.path()).await?;
        Ok(Self { programs, kubectl, istiod, kubernetes, folder })
    }

    /// The programs that it is made of.
    #[must_use]
    pub fn programs(&self) -> &Programs {
        &self.programs
    }

    /// The client of its Kubernetes API.
    #[must_use]
    pub fn kubectl(&self) -> &Kubectl {
        &self.kubectl
    }

    /// The file with which a user asks the Kubernetes API: `admin`, `alice` or `bob`, who may do
    /// everything, or `carol`, who may do what she is let.
    #[must_use]
    pub fn kubeconfig(&self, user: &str) -> PathBuf {
        kubernetes::kubeconfig(self.folder.path(), user)
    }

    /// Kills the API server, and starts it again after `pause`: no other case may run.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn restart_api(&self, pause: Duration) -> anyhow::Result<()> {
        self.kubernetes.restart_api(pause).await
    }

    /// Kills istiod, and starts it again with these variables beside its own: no other case may run.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn restart_istiod(&self, environment: &[(&str, &str)]) -> anyhow::Result<()> {
        self.istiod.restart(environment).await
    }

    /// A new folder, which ends with the mesh.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn folder(&self, name: &str) -> anyhow::Result<PathBuf> {
        let folder = self.folder.path().join(name);
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("cannot make `{}`", folder.display()))?;
        Ok(folder)
    }

    /// Whether `istioctl` finds nothing in these files; what it finds otherwise.
    ///
    /// # Errors
    /// When it finds something, or cannot be run.
    pub async fn validate(&self, files: &[PathBuf]) -> anyhow::Result<()> {
        istiod::validate(&self.programs, files).await
    }
}

/// Waits until `probe` has something, and says what was waited for if it never has.
///
/// # Errors
/// When it takes longer than [`PATIENCE`], or the probe fails.
pub async fn until<T>(
    what: &str,
    mut probe: impl AsyncFnMut() -> anyhow::Result<Option<T>>,
) -> anyhow::Result<T> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = probe().await? {
            return Ok(found);
        }
        if Instant::now() > deadline {
            bail!("waited {} s in vain until {what}", PATIENCE.as_secs());
        }
        sleep(POLL).await;
    }
}

/// A path as an argument.
fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
