//! The options that select a cluster and a namespace.

#[cfg(feature = "cluster")]
mod client;
#[cfg(not(feature = "cluster"))]
mod none;

use std::path::PathBuf;

use document::report::{Console, Length};
use rollout::drive::Failure;
use rollout::drive::cluster::Error;

use crate::exit::Exit;

#[cfg(feature = "cluster")]
pub(super) use client::with;
#[cfg(not(feature = "cluster"))]
pub(super) use none::with;

/// The options that name a cluster, as `kubectl` has them.
#[derive(Clone, Debug, clap::Args)]
pub struct Connection {
    /// The namespace [default: that of the context]
    #[arg(long, short, value_name = "NAMESPACE", help_heading = "Cluster")]
    pub namespace: Option<String>,
    /// The context of the kubeconfig [default: the current one]
    #[arg(long, value_name = "NAME", help_heading = "Cluster")]
    pub context: Option<String>,
    /// The kubeconfig [default: `$KUBECONFIG`, `~/.kube/config`, or the cluster of this pod]
    #[arg(long, value_name = "FILE", help_heading = "Cluster")]
    pub kubeconfig: Option<PathBuf>,
    /// The namespace of istiod, which knows whether proxies have what was applied
    #[arg(
        long,
        value_name = "NAMESPACE",
        default_value = "istio-system",
        help_heading = "Cluster"
    )]
    pub istio_namespace: String,
    /// How long to wait for the first answer of the API server
    #[arg(long, value_name = "LENGTH", default_value = "4s", help_heading = "Cluster")]
    pub request_timeout: Length,
}

/// Prints what failed; the exit code.
pub(super) fn failed(failure: &Failure, console: &mut Console) -> Exit {
    for message in failure.messages() {
        console.fail(&message);
    }
    match failure {
        Failure::Cluster(
            Error::Unconfigured { .. }
            | Error::Configuration { .. }
            | Error::Unreachable { .. }
            | Error::WrongServer { .. }
            | Error::Unauthorized { .. }
            | Error::Forbidden { .. }
            | Error::KindMissing { .. }
            | Error::CrdMissing
            | Error::CrdOlder { .. },
        ) => Exit::FAILURE,
        _ => Exit::PROBLEMS,
    }
}
