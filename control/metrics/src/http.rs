//! The HTTP client of what is outside of the mesh: TLS with the authorities of the machine or of a file, no redirects.

use std::path::Path;
use std::time::Duration;

use hyper::Uri;
use hyper::body::{Body, Bytes};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

/// A client that sends such bodies.
pub type HttpClient<B> = Client<HttpsConnector<HttpConnector>, B>;

/// A client for `url`, whose certificate is from one of the authorities in the file `roots`, or of this machine.
///
/// # Errors
/// When there are no authorities.
pub fn client<B>(url: &Uri, roots: Option<&Path>) -> Result<HttpClient<B>, String>
where
    B: Body<Data = Bytes> + Send,
{
    let is_https = url.scheme_str() == Some("https");
    let roots = if is_https { authorities(roots)? } else { RootCertStore::empty() };
    let provider = rustls::crypto::ring::default_provider();
    let tls = ClientConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = HttpsConnectorBuilder::new().with_tls_config(tls);
    let connector = if is_https { connector.https_only() } else { connector.https_or_http() };
    let mut builder = Client::builder(TokioExecutor::new());
    builder.pool_timer(TokioTimer::new()).pool_idle_timeout(Duration::from_secs(30));
    Ok(builder.build(connector.enable_http1().build()))
}

/// Who may vouch for a server.
fn authorities(file: Option<&Path>) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    let Some(file) = file else {
        let found = rustls_native_certs::load_native_certs();
        roots.add_parsable_certificates(found.certs);
        if roots.is_empty() {
            return Err("this machine has no certificate authorities".to_owned());
        }
        return Ok(roots);
    };
    let certificates = CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| format!("cannot read the certificates in {}: {error}", file.display()))?;
    let count = certificates.len();
    let (added, _) = roots.add_parsable_certificates(certificates);
    if added == 0 || added < count {
        let file = file.display();
        return Err(format!("expected certificates in {file}, {added} of {count} can be read"));
    }
    Ok(roots)
}

/// An error and what is behind it, in one line.
#[must_use]
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}
