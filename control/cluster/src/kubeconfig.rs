//! The kubeconfig: which cluster is meant, and its context.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::{env, fs};

use document::load::{reason, source};
use hyper::http::HeaderValue;
use kube::config::{Config, KubeConfigOptions, Kubeconfig, KubeconfigError, LoadDataError};
use rollout::drive::cluster::Error;
use secrecy::ExposeSecret;

use super::Options;

/// The configuration, and its context; none: the cluster around this pod.
///
/// # Errors
/// When there is none, or it cannot be used.
pub(super) async fn read(options: &Options) -> Result<(Config, Option<String>), Error> {
    let is_named = options.kubeconfig.is_some() || options.context.is_some();
    match of_file(options).await {
        // A pod has no kubeconfig, but runs in a cluster.
        Err(error) if !is_named => {
            Config::incluster().map(|config| (config, None)).map_err(|_| error)
        }
        found => found,
    }
}

async fn of_file(options: &Options) -> Result<(Config, Option<String>), Error> {
    let files = files(options);
    for path in files.iter().filter(|path| fs::metadata(path).is_ok()) {
        source::ordinary(path)
            .map_err(|reason| Error::Configuration { message: unread(path, &reason) })?;
    }
    let read = match &options.kubeconfig {
        Some(path) => Kubeconfig::read_from(path),
        None => Kubeconfig::read(),
    };
    let kubeconfig = read.map_err(|error| {
        let message = unusable(&error, &[]);
        if is_absent(&error) && files.is_empty() {
            Error::Unconfigured { message }
        } else {
            Error::Configuration { message }
        }
    })?;
    let context = options.context.clone().or_else(|| kubeconfig.current_context.clone());
    let contexts: Vec<String> =
        kubeconfig.contexts.iter().map(|context| context.name.clone()).collect();
    let chosen =
        KubeConfigOptions { context: options.context.clone(), ..KubeConfigOptions::default() };
    let config = Config::from_custom_kubeconfig(kubeconfig, &chosen).await;
    let config =
        config.map_err(|error| Error::Configuration { message: unusable(&error, &contexts) })?;
    sound(&config).map_err(|message| Error::Configuration { message })?;
    Ok((config, context))
}

/// Refuses what the client would panic at.
fn sound(config: &Config) -> Result<(), String> {
    let url = &config.cluster_url;
    if !matches!(url.scheme_str(), Some("http" | "https")) || url.host().is_none() {
        return Err(format!(
            "`server` of the context's cluster is `{url}`: expected a URL such as `https://HOST:PORT`"
        ));
    }
    let token = config.auth_info.token.as_ref().map(ExposeSecret::expose_secret);
    if token.is_some_and(|token| HeaderValue::from_str(token).is_err()) {
        return Err("`token` of the context's user has a line break, or another character that \
                    cannot be sent"
            .to_owned());
    }
    Ok(())
}

fn is_absent(error: &KubeconfigError) -> bool {
    match error {
        KubeconfigError::FindPath => true,
        KubeconfigError::ReadConfig(error, _) => error.kind() == ErrorKind::NotFound,
        _ => false,
    }
}

/// The files that are named; `$KUBECONFIG` can name several.
fn files(options: &Options) -> Vec<PathBuf> {
    match &options.kubeconfig {
        Some(path) => vec![path.clone()],
        None => env::var_os("KUBECONFIG")
            .map(|list| {
                env::split_paths(&list).filter(|path| !path.as_os_str().is_empty()).collect()
            })
            .unwrap_or_default(),
    }
}

fn unread(path: &Path, reason: &str) -> String {
    format!("cannot read the kubeconfig `{}`: {reason}", path.display())
}

/// Why a kubeconfig with these contexts cannot be used.
pub(super) fn unusable(error: &KubeconfigError, contexts: &[String]) -> String {
    match error {
        KubeconfigError::ReadConfig(error, path) => unread(path, &reason::io(error)),
        KubeconfigError::Parse(error) => {
            format!("the kubeconfig cannot be read: {}", of_yaml(&error.to_string()))
        }
        KubeconfigError::FindPath => "no kubeconfig found".to_owned(),
        KubeconfigError::CurrentContextNotSet => {
            format!("the kubeconfig has no current context{}", among(contexts))
        }
        KubeconfigError::LoadContext(name) => {
            format!("the kubeconfig has no context `{name}`{}", among(contexts))
        }
        KubeconfigError::LoadClusterOfContext(name) => {
            format!("the kubeconfig has no cluster `{name}`, to which the context refers")
        }
        KubeconfigError::MissingClusterUrl => "the context's cluster has no `server`".to_owned(),
        KubeconfigError::ParseClusterUrl(_) => {
            "`server` of the context's cluster is not a URL".to_owned()
        }
        KubeconfigError::ParseProxyUrl(_) => {
            "`proxy-url` of the context's cluster is not a URL".to_owned()
        }
        KubeconfigError::LoadCertificateAuthority(error) => of_data("certificate-authority", error),
        KubeconfigError::LoadClientCertificate(error) => of_data("client-certificate", error),
        KubeconfigError::LoadClientKey(error) => of_data("client-key", error),
        KubeconfigError::ParseCertificates(_) => {
            "`certificate-authority` has no certificate in PEM format".to_owned()
        }
        other => reason::chain(other),
    }
}

/// The first line of a YAML error; the rest is a drawing of the place.
fn of_yaml(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let line = line.strip_prefix("error: ").unwrap_or(line);
    line.replace("sequence start", "a list").replace("mapping start", "an object")
}

/// Why a field, its file or its data, cannot be used.
fn of_data(field: &str, error: &LoadDataError) -> String {
    match error {
        LoadDataError::DecodeBase64(_) => format!("`{field}-data` is not base64"),
        LoadDataError::ReadFile(error, path) => {
            format!("cannot read `{}`, the `{field}`: {}", path.display(), reason::io(error))
        }
        LoadDataError::NoBase64DataOrFile => format!("`{field}` is missing"),
    }
}

fn among(contexts: &[String]) -> String {
    let names: Vec<String> = contexts.iter().map(|name| format!("`{name}`")).collect();
    if names.is_empty() { String::new() } else { format!(" (contexts: {})", names.join(", ")) }
}
