//! A receiver behind a URL.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::{Method, Request, StatusCode, Uri, header};
use jiff::{Timestamp, fmt::rfc2822};
use metrics::http::{self, HttpClient};

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
    client: HttpClient<Full<Bytes>>,
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
        let client = http::client(&url, roots)?;
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
            Err(error) => return Outcome::Down(http::chain(&error), None),
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

#[cfg(test)]
mod tests;
