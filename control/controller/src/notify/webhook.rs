//! A receiver behind a URL.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::{Method, Request, StatusCode, Uri, header};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use jiff::{Timestamp, fmt::rfc2822};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

use super::notification::{Format, Notification};
use super::signature::Secret;
use super::sink::{Outcome, Sink, Told};

/// How long a receiver has.
const LIMIT: Duration = Duration::from_secs(10);
/// Answers that ask to come back later.
const LATER: [u16; 3] = [408, 425, 429];
/// So much of an answer is read, so that the connection can be used again.
const ANSWER: usize = 64 * 1024;

/// A receiver behind a URL.
pub struct Webhook {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    url: Uri,
    format: Format,
    secret: Option<Secret>,
    limit: Duration,
}

/// Neither the URL nor the secret: both may be one.
impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook").field("format", &self.format).finish_non_exhaustive()
    }
}

impl Webhook {
    /// The receiver at `url`, whose certificate is from one of the authorities in the file `roots`, or of this machine.
    ///
    /// # Errors
    /// When there are no authorities.
    pub fn new(
        url: Uri,
        format: Format,
        secret: Option<Secret>,
        roots: Option<&Path>,
    ) -> Result<Self, String> {
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
        let client = builder.build(connector.enable_http1().build());
        Ok(Self { client, url, format, secret, limit: LIMIT })
    }

    async fn post(&self, notification: &Notification) -> Outcome {
        let (kind, body) = notification.written(self.format);
        let now = Timestamp::now();
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(self.url.clone())
            .header(header::CONTENT_TYPE, kind)
            .header(header::USER_AGENT, concat!("serin/", env!("CARGO_PKG_VERSION")))
            .header("webhook-id", &notification.id)
            .header("webhook-timestamp", now.as_second());
        if let Some(secret) = &self.secret {
            let signature = secret.sign(&notification.id, now.as_second(), &body);
            request = request.header("webhook-signature", signature);
        }
        let request = match request.body(Full::new(Bytes::from(body))) {
            Ok(request) => request,
            Err(error) => return Outcome::Refused(error.to_string()),
        };
        let answer = match self.client.request(request).await {
            Ok(answer) => answer,
            Err(error) => return Outcome::Down(chain(&error), None),
        };
        let status = answer.status();
        let asked = answer.headers().get(header::RETRY_AFTER);
        let asked = asked.and_then(|value| retry_after(value.to_str().ok()?, now));
        // An answer that breaks off was one.
        let _ = Limited::new(answer.into_body(), ANSWER).collect().await;
        outcome(status, asked)
    }
}

impl Sink for Webhook {
    fn tell<'a>(&'a self, notification: &'a Notification) -> Told<'a> {
        Box::pin(async {
            let told = tokio::time::timeout(self.limit, self.post(notification)).await;
            told.unwrap_or_else(|_| {
                let limit = self.limit.as_secs();
                Outcome::Down(format!("no answer within {limit} s"), None)
            })
        })
    }
}

/// What an answer means. A redirect is not followed: what is signed is for one receiver.
fn outcome(status: StatusCode, asked: Option<Duration>) -> Outcome {
    let why = || format!("it answers {status}");
    match status.as_u16() {
        200..=299 => Outcome::Taken,
        code @ 400..=499 if !LATER.contains(&code) => Outcome::Refused(why()),
        _ => Outcome::Down(why(), asked),
    }
}

/// How long to wait: seconds, or a date.
fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = rfc2822::parse(value).ok()?.timestamp();
    Some(Duration::try_from(date.duration_since(now)).unwrap_or_default())
}

/// Who may vouch for a receiver.
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
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}

#[cfg(test)]
mod tests;
