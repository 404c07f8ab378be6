//! The kubeconfig: which cluster is meant, its context, and who asks.

mod fault;
mod files;

use std::env;
use std::path::PathBuf;

use hyper::Uri;
use hyper::http::HeaderValue;
use kube::config::{AuthInfo, Cluster, Config, ExecAuthCluster};
use rollout::drive::cluster::Error;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use secrecy::ExposeSecret;

use super::Options;
use super::login::Login;
use super::masked;
use super::proxy::{self, Proxy};

pub(super) use fault::unusable;
use files::Files;

/// What a kubeconfig says of a cluster.
pub(super) struct Found {
    pub(super) config: Config,
    /// None: the cluster around this pod.
    pub(super) context: Option<String>,
    pub(super) proxy: Option<Proxy>,
    /// What logs the user in.
    pub(super) login: Option<Login>,
    /// The file that names the user.
    file: Option<PathBuf>,
}

impl Found {
    /// A configuration without a file.
    #[cfg(test)]
    pub(super) fn of(config: Config, login: Option<Login>) -> Self {
        Self { config, context: None, proxy: None, login, file: None }
    }

    /// Whether it is that of the pod in which this program runs.
    pub(super) fn is_inside(&self) -> bool {
        self.context.is_none() && self.file.is_none()
    }

    /// What is wrong with it, behind the name of its file.
    pub(super) fn fault(&self, message: &str) -> Error {
        let message = match &self.file {
            Some(file) => format!("{}: {message}", file.display()),
            None => message.to_owned(),
        };
        Error::Configuration { message }
    }
}

/// The configuration, and its context.
///
/// # Errors
/// When there is none, or it cannot be used.
pub(super) fn read(options: &Options) -> Result<Found, Error> {
    let is_named = options.kubeconfig.is_some() || options.context.is_some();
    match of_files(options) {
        // A pod has no kubeconfig, but runs in a cluster.
        Err(error) if !is_named => Config::incluster().map_err(|_| error).map(|config| Found {
            config,
            context: None,
            proxy: None,
            login: None,
            file: None,
        }),
        found => found,
    }
}

fn of_files(options: &Options) -> Result<Found, Error> {
    let files = Files::read(options.kubeconfig.as_ref())?;
    let context = files.context(options.context.as_deref())?;
    let (cluster_file, cluster) = files.cluster(&context.value.cluster)?;
    let refused = |message: String| fault::of_file(cluster_file, &message);
    let url = server(cluster).map_err(refused)?;
    let mut config = Config::new(url);
    config.root_cert = authorities(cluster).map_err(refused)?;
    config.accept_invalid_certs = cluster.insecure_skip_tls_verify.unwrap_or(false);
    config.disable_compression = cluster.disable_compression.unwrap_or(false);
    config.tls_server_name.clone_from(&cluster.tls_server_name);
    let variable = |name: &str| env::var(name).ok();
    let proxy = proxy::of(cluster.proxy_url.as_deref(), &config.cluster_url, &variable);
    // A bad variable is not the fault of the file.
    let is_own = cluster.proxy_url.as_deref().is_some_and(|text| !text.trim().is_empty());
    let proxy = proxy
        .map_err(|message| if is_own { refused(message) } else { fault::of_variable(&message) })?;
    config.proxy_url = proxy.as_ref().map(|proxy| proxy.url.clone());
    let (user_file, user) = files.user(&context)?;
    config.auth_info =
        credentials(user, cluster).map_err(|message| fault::of_file(user_file, &message))?;
    let name = context.value.user.as_deref().unwrap_or_default();
    let login = Login::of(&mut config.auth_info, name)
        .map_err(|message| fault::of_file(user_file, &message))?;
    let namespace = context.value.namespace.as_ref().filter(|name| !name.is_empty());
    config.default_namespace = namespace.map_or_else(|| "default".to_owned(), Clone::clone);
    let context = Some(context.name);
    Ok(Found { config, context, proxy, login, file: Some(user_file.to_owned()) })
}

/// The address of the API server: what the client would panic at is refused.
fn server(cluster: &Cluster) -> Result<Uri, String> {
    let text = cluster.server.as_deref().filter(|text| !text.is_empty());
    let text = text.ok_or("the context's cluster has no `server`")?;
    let refused = |what: &str| {
        format!(
            "`server` of the context's cluster is {what}: expected a URL such as `https://HOST:PORT`"
        )
    };
    // What cannot be shown has no port that is a number, or a password with a `#`: no URL, whatever a parser takes of it.
    let shown = masked::shown(text).ok_or_else(|| refused("not a URL"))?;
    let url: Uri = text.parse().map_err(|_| refused(&format!("not a URL: `{shown}`")))?;
    if !matches!(url.scheme_str(), Some("http" | "https")) || url.host().is_none() {
        let shown = masked::shown(&url.to_string()).unwrap_or(shown);
        return Err(refused(&format!("`{shown}`")));
    }
    Ok(url)
}

/// The certificates that sign that of the server; none: those of this machine do.
fn authorities(cluster: &Cluster) -> Result<Option<Vec<Vec<u8>>>, String> {
    const FIELD: &str = "certificate-authority";
    if cluster.certificate_authority_data.is_none() {
        let file = cluster.certificate_authority.as_deref();
        files::check(file).map_err(|reason| fault::of_field(FIELD, file, &reason))?;
    }
    // What plugins are told of a cluster has its certificates read.
    let read = ExecAuthCluster::try_from(cluster).map_err(|error| unusable(&error))?;
    let Some(text) = read.certificate_authority_data else { return Ok(None) };
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    match certificates {
        Ok(certificates) if !certificates.is_empty() => {
            Ok(Some(certificates.iter().map(|certificate| certificate.to_vec()).collect()))
        }
        _ => Err(format!("`{FIELD}` has no certificate in PEM format")),
    }
}

/// Who asks: what would be waited for, or cannot be sent, is refused.
fn credentials(user: Option<&AuthInfo>, cluster: &Cluster) -> Result<AuthInfo, String> {
    let Some(user) = user else { return Ok(AuthInfo::default()) };
    let token = user.token.as_ref().map(ExposeSecret::expose_secret);
    if token.is_some_and(|token| HeaderValue::from_str(token).is_err()) {
        return Err("`token` of the context's user has a line break, or another character that \
                    cannot be sent"
            .to_owned());
    }
    for (field, file, is_there) in [
        ("client-certificate", &user.client_certificate, user.client_certificate_data.is_some()),
        ("client-key", &user.client_key, user.client_key_data.is_some()),
        ("tokenFile", &user.token_file, token.is_some()),
    ] {
        if !is_there {
            let file = file.as_deref();
            files::check(file).map_err(|reason| fault::of_field(field, file, &reason))?;
        }
    }
    let mut user = user.clone();
    if let Some(exec) = &mut user.exec
        && exec.provide_cluster_info
    {
        exec.cluster = ExecAuthCluster::try_from(cluster).ok();
    }
    Ok(user)
}
