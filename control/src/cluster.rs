//! The cluster: what the Kubernetes API and the mesh's control plane know, and what is changed there. The only place
//! that knows how they are talked to.
//!
//! Objects are what the API says of them ([`Object`]), whole: a field that this program has never heard of is kept.
//! Every request has a bounded time, and is made again while the API server is not there. Nothing is remembered.

mod error;
mod identity;
pub(crate) mod istiod;
mod request;

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use kube::config::{Config, KubeConfigOptions, Kubeconfig};

pub use crate::drive::cluster::{
    Creation, Deployment, INSTALL, MADE_FOR, Object, Resource, autoscaler, consent, endpoints,
    mesh_objects, proxies,
};
pub use error::Error;
pub(crate) use error::label;
pub use request::{How, MANAGER};

/// The answer to a request takes no longer than this.
const TIMEOUT: Duration = Duration::from_secs(15);
/// The connection to the API server takes no longer than this.
const CONNECT: Duration = Duration::from_secs(5);

/// Which cluster, and how long it may be away.
#[derive(Clone, Debug)]
pub struct Options {
    /// The file that says where it is; none: that of `KUBECONFIG` or `~/.kube/config`, or, in a pod, its own cluster.
    pub kubeconfig: Option<PathBuf>,
    /// Which of its contexts; none: the current one.
    pub context: Option<String>,
    /// The namespace; none: that of the context.
    pub namespace: Option<String>,
    /// For how long requests are made again while nobody answers.
    pub patience: Duration,
    /// The namespace of the mesh's control plane.
    pub istio_namespace: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            kubeconfig: None,
            context: None,
            namespace: None,
            patience: Duration::from_mins(1),
            istio_namespace: "istio-system".to_owned(),
        }
    }
}

/// What happens meanwhile, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Nobody answered; it is tried again after this long.
    Retrying {
        /// What went wrong.
        error: Error,
        /// How long.
        after: Duration,
    },
    /// Somebody answers again.
    Answered,
    /// Whether proxies have what was applied cannot be learned; said once.
    Blind {
        /// Why.
        reason: String,
        /// How long each change waits instead.
        wait: Duration,
    },
    /// These proxies do not have yet what was applied, but are none of those that the Release names; it goes on.
    Lagging {
        /// `<name>.<namespace>` of each.
        proxies: Vec<String>,
    },
}

/// Who is told.
pub type Tell = Arc<dyn Fn(&Notice) + Send + Sync>;

/// A cluster, as somebody may use it.
#[derive(Clone)]
pub struct Cluster {
    client: kube::Client,
    server: String,
    namespace: String,
    istio_namespace: String,
    patience: Duration,
    tell: Tell,
    /// Why istiod cannot be asked, once that is known.
    pub(crate) blind: Arc<OnceLock<String>>,
}

impl fmt::Debug for Cluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cluster")
            .field("server", &self.server)
            .field("istio_namespace", &self.istio_namespace)
            .finish_non_exhaustive()
    }
}

impl Cluster {
    /// Finds out which cluster is meant; nothing is asked of it yet.
    ///
    /// # Errors
    /// When no configuration can be read.
    pub async fn connect(options: &Options, tell: Tell) -> Result<Self, Error> {
        let mut config = config(options).await?;
        config.connect_timeout = Some(CONNECT);
        // Requests are made again here, where somebody is told of it.
        config.default_retry = false;
        let namespace =
            options.namespace.clone().unwrap_or_else(|| config.default_namespace.clone());
        let server = config.cluster_url.to_string();
        let client = kube::Client::try_from(config)
            .map_err(|error| Error::Configuration { message: error.to_string() })?;
        Ok(Self {
            client,
            server: server.trim_end_matches('/').to_owned(),
            namespace,
            istio_namespace: options.istio_namespace.clone(),
            patience: options.patience,
            tell,
            blind: Arc::default(),
        })
    }

    /// The namespace to use where none is written.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Where the API server is.
    #[must_use]
    pub fn server(&self) -> &str {
        &self.server
    }

    /// The namespace of the mesh's control plane.
    #[must_use]
    pub fn istio_namespace(&self) -> &str {
        &self.istio_namespace
    }

    pub(crate) fn tell(&self, notice: &Notice) {
        (self.tell)(notice);
    }
}

async fn config(options: &Options) -> Result<Config, Error> {
    let unusable = |error: kube::config::KubeconfigError| Error::Configuration {
        message: error::chain(&error),
    };
    let chosen =
        KubeConfigOptions { context: options.context.clone(), ..KubeConfigOptions::default() };
    if let Some(path) = &options.kubeconfig {
        let kubeconfig = Kubeconfig::read_from(path).map_err(unusable)?;
        return Config::from_custom_kubeconfig(kubeconfig, &chosen).await.map_err(unusable);
    }
    match Config::from_kubeconfig(&chosen).await {
        Ok(config) => Ok(config),
        // A pod has no such file, but a cluster around it.
        Err(error) if options.context.is_none() => Config::incluster().map_err(|_| unusable(error)),
        Err(error) => Err(unusable(error)),
    }
}
