//! The client of the cluster that a command line names, and what is said while it is used.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use cluster::{Client, Tell};
use document::report::{Color, Console, text};
use rollout::drive::Failure;
use rollout::drive::cluster::{Cluster, Notice};
use tokio::runtime::Runtime;

use super::Connection;

/// Does something with the cluster.
///
/// # Errors
/// When no threads can be started.
pub(in super::super) fn with<T>(
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
