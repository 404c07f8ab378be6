//! The client of a cluster: what [`drive::Cluster`](rollout::drive::Cluster) asks, asked of the Kubernetes API and of the
//! mesh's control plane. The only place that knows how they are talked to.
//!
//! Every request has a bounded time, and is made again while the API server is not there. Nothing is remembered, but
//! for a while that istiod cannot be asked.

mod blind;
mod client;
mod contact;
mod date;
mod error;
mod istiod;
mod kubeconfig;
mod login;
mod masked;
mod proxy;
mod request;
mod resource;
mod session;
mod stats;
#[cfg(test)]
mod tests;
mod watch;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use blind::Blind;
use contact::Contact;
use date::Date;
use rollout::drive::clock::{Clock, SystemClock};
use rollout::drive::cluster::{Error, Notice};
use session::Session;

/// The answer to a request takes no longer than this.
const TIMEOUT: Duration = Duration::from_secs(15);
/// The connection to the API server takes no longer than this, unless more is allowed for the first answer.
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
    /// How long an outage is waited for: from its first request without an answer on, whichever asks later.
    pub patience: Duration,
    /// How long the first answer may take, if less than that: where nothing ever answered, the address is more often
    /// wrong than the server away, and a person waits to be told.
    pub contact: Option<Duration>,
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
            contact: None,
            istio_namespace: "istio-system".to_owned(),
        }
    }
}

/// Who is told what happens meanwhile.
pub type Tell = Arc<dyn Fn(&Notice) + Send + Sync>;

/// The client of a cluster.
#[derive(Clone)]
pub struct Client {
    session: Arc<Session>,
    clock: Arc<dyn Clock>,
    contact: Arc<Contact>,
    date: Arc<Date>,
    namespace: String,
    istio_namespace: String,
    patience: Duration,
    tell: Tell,
    /// Whether this program runs in a pod of the cluster.
    is_inside: bool,
    /// Why istiod cannot be asked.
    blind: Arc<Blind>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("contact", &self.contact)
            .field("istio_namespace", &self.istio_namespace)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Finds out which cluster is meant, and logs in where a plugin is needed for that; nothing is asked of it yet.
    ///
    /// # Errors
    /// When no configuration can be read, or the plugin gives no credential.
    pub async fn connect(options: &Options, tell: Tell) -> Result<Self, Error> {
        let mut found = kubeconfig::read(options)?;
        let config = &mut found.config;
        config.connect_timeout = Some(CONNECT.max(options.contact.unwrap_or_default()));
        // Requests are made again here, where the user is told of it.
        config.default_retry = false;
        let namespace =
            options.namespace.clone().unwrap_or_else(|| config.default_namespace.clone());
        let server = config.cluster_url.clone();
        let contact =
            Contact::new(&server, found.context.as_deref(), found.proxy.clone(), options.contact);
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let is_inside = found.is_inside();
        let session = Session::open(found, &*clock, &tell).await?;
        Ok(Self {
            session: Arc::new(session),
            clock,
            contact: Arc::new(contact),
            date: Arc::default(),
            namespace,
            istio_namespace: options.istio_namespace.clone(),
            patience: options.patience,
            tell,
            is_inside,
            blind: Arc::default(),
        })
    }

    /// The client of kube, which is logged in.
    async fn kube(&self) -> Result<kube::Client, Error> {
        self.session.client(&*self.clock, &self.tell).await
    }
}
