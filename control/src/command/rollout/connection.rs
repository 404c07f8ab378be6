//! Which cluster, which namespace of it, and what goes wrong there.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use cluster::{Client, Tell};
use document::report::{Color, Console, Length, text};
use rollout::drive::Failure;
use rollout::drive::cluster::{Cluster, Error, Notice};
use tokio::runtime::Runtime;

use crate::exit::Exit;

/// The options that name a cluster, as `kubectl` has them.
#[derive(Clone, Debug, clap::Args)]
pub struct Connection {
    /// The namespace; otherwise that of the context
    #[arg(long, short, value_name = "NAMESPACE", help_heading = "The cluster")]
    pub namespace: Option<String>,
    /// The context of the kubeconfig; otherwise the current one
    #[arg(long, value_name = "NAME", help_heading = "The cluster")]
    pub context: Option<String>,
    /// The kubeconfig; otherwise `$KUBECONFIG`, `~/.kube/config`, or the cluster that this runs in
    #[arg(long, value_name = "FILE", help_heading = "The cluster")]
    pub kubeconfig: Option<PathBuf>,
    /// The namespace of istiod, which says whether proxies have what was applied
    #[arg(
        long,
        value_name = "NAMESPACE",
        default_value = "istio-system",
        help_heading = "The cluster"
    )]
    pub istio_namespace: String,
    /// How long the API server may take to answer at first
    #[arg(long, value_name = "LENGTH", default_value = "4s", help_heading = "The cluster")]
    pub request_timeout: Length,
}

/// Does something with the cluster.
///
/// # Errors
/// When no threads can be started.
pub(super) fn with<T>(
    connection: &Connection,
    act: impl AsyncFnOnce(&dyn Cluster) -> Result<T, Failure>,
) -> anyhow::Result<Result<T, Failure>> {
    let runtime = Runtime::new().context("cannot start threads")?;
    let options = cluster::Options {
        kubeconfig: connection.kubeconfig.clone(),
        context: connection.context.clone(),
        namespace: connection.namespace.clone(),
        contact: Some(connection.request_timeout.0),
        istio_namespace: connection.istio_namespace.clone(),
        ..cluster::Options::default()
    };
    let acted = runtime.block_on(async {
        let cluster = Client::connect(&options, tell(options.patience)).await?;
        act(&cluster).await
    });
    // A name may still be asked for by a thread that nothing can wake.
    runtime.shutdown_background();
    Ok(acted)
}

/// Says on standard error what happens meanwhile; the same once only, until something else is said.
fn tell(patience: Duration) -> Tell {
    let last = Mutex::new(String::new());
    Arc::new(move |notice: &Notice| {
        let note = format!("note: {}\n", text::printable(&said(notice, patience)));
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        if *last != note {
            Console::new(Color::Never).note(&note);
            *last = note;
        }
    })
}

/// What happened meanwhile, in words.
fn said(notice: &Notice, patience: Duration) -> String {
    let seconds = |length: &Duration| format!("{} s", length.as_secs_f32());
    match notice {
        // Not when the next try is: each has another pause before it.
        Notice::Retrying { error, .. } => {
            format!("{error}; trying again for up to {}", seconds(&patience))
        }
        Notice::Answered => "the API server answers again".to_owned(),
        Notice::Blind { reason, wait } => format!(
            "istiod does not say whether proxies have what was applied ({reason}): each change waits {} instead",
            seconds(wait)
        ),
        Notice::Lagging { proxies } => {
            format!(
                "these proxies do not have it yet, and are not waited for: {}",
                proxies.join(", ")
            )
        }
    }
}

/// Says what went wrong.
pub(super) fn failed(failure: &Failure, console: &mut Console) -> Exit {
    for message in failure.messages() {
        console.fail(&message);
    }
    match failure {
        Failure::Cluster(
            Error::Configuration { .. }
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
