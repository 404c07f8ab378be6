//! Which cluster, which namespace of it, and what goes wrong there.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use document::report::{Color, Console, text};
use tokio::runtime::Runtime;

use crate::cluster::{self, Client, Tell};
use crate::drive::Failure;
use crate::drive::cluster::{Cluster, Error, Notice};
use crate::exit::Exit;

/// The options that name a cluster, as `kubectl` has them.
#[derive(Clone, Debug, Default, clap::Args)]
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
        istio_namespace: connection.istio_namespace.clone(),
        ..cluster::Options::default()
    };
    Ok(runtime.block_on(async {
        let cluster = Client::connect(&options, tell()).await?;
        act(&cluster).await
    }))
}

/// Says on standard error what happens meanwhile.
fn tell() -> Tell {
    Arc::new(|notice: &Notice| {
        let note = format!("note: {}\n", text::printable(&said(notice)));
        Console::new(Color::Never).note(&note);
    })
}

/// What happened meanwhile, in words.
fn said(notice: &Notice) -> String {
    let seconds = |length: &Duration| format!("{} s", length.as_secs_f32());
    match notice {
        Notice::Retrying { error, after } => {
            format!("{error}; trying again in {}", seconds(after))
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
            | Error::Unauthorized { .. }
            | Error::Forbidden { .. }
            | Error::KindMissing { .. }
            | Error::CrdMissing
            | Error::CrdOlder { .. },
        ) => Exit::FAILURE,
        _ => Exit::PROBLEMS,
    }
}
