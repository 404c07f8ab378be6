//! The kubeconfig: which cluster is meant, and under which name people know it.

use document::load::reason;
use kube::config::{Config, KubeConfigOptions, Kubeconfig, KubeconfigError};
use rollout::drive::cluster::Error;

use super::Options;

/// The configuration, and the context that it is of; none: the cluster around this pod.
///
/// # Errors
/// When there is none, or it cannot be used.
pub(super) async fn read(options: &Options) -> Result<(Config, Option<String>), Error> {
    let is_named = options.kubeconfig.is_some() || options.context.is_some();
    match of_file(options).await {
        // A pod has no such file, but a cluster around it.
        Err(message) if !is_named => Config::incluster()
            .map(|config| (config, None))
            .map_err(|_| Error::Configuration { message }),
        found => found.map_err(|message| Error::Configuration { message }),
    }
}

async fn of_file(options: &Options) -> Result<(Config, Option<String>), String> {
    let read = match &options.kubeconfig {
        Some(path) => Kubeconfig::read_from(path),
        None => Kubeconfig::read(),
    };
    let kubeconfig = read.map_err(|error| unusable(&error, &[]))?;
    let context = options.context.clone().or_else(|| kubeconfig.current_context.clone());
    let contexts: Vec<String> =
        kubeconfig.contexts.iter().map(|context| context.name.clone()).collect();
    let chosen =
        KubeConfigOptions { context: options.context.clone(), ..KubeConfigOptions::default() };
    let config = Config::from_custom_kubeconfig(kubeconfig, &chosen).await;
    config.map(|config| (config, context)).map_err(|error| unusable(&error, &contexts))
}

/// Why a kubeconfig with these contexts cannot be used.
fn unusable(error: &KubeconfigError, contexts: &[String]) -> String {
    match error {
        KubeconfigError::ReadConfig(error, path) => {
            format!("cannot read the kubeconfig `{}`: {}", path.display(), reason::io(error))
        }
        KubeconfigError::FindPath => "there is no kubeconfig".to_owned(),
        KubeconfigError::CurrentContextNotSet => {
            format!("the kubeconfig has no current context{}", among(contexts))
        }
        KubeconfigError::LoadContext(name) => {
            format!("the kubeconfig has no context `{name}`{}", among(contexts))
        }
        KubeconfigError::LoadClusterOfContext(name) => {
            format!("the kubeconfig has no cluster `{name}`, which the context names")
        }
        other => reason::chain(other),
    }
}

fn among(contexts: &[String]) -> String {
    let names: Vec<String> = contexts.iter().map(|name| format!("`{name}`")).collect();
    if names.is_empty() { String::new() } else { format!(", but {}", names.join(", ")) }
}
