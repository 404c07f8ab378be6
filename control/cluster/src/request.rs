//! Requests to the API: each has a bounded time, and is made again while no answer comes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http_body_util::{BodyExt, Limited};
use hyper::Request;
use hyper::body::Bytes;
use hyper::header::{HeaderMap, RETRY_AFTER};
use hyper::http::response::Parts;
use kube::client::Body;
use kube::core::request;
use rollout::drive::cluster::{Error, Notice};
use serde_json::Value;
use tokio::time::timeout;

use super::contact::Bound;
use super::error::{Subject, late, not_kubernetes, redirected, unfinished};
use super::{Client, TIMEOUT};

/// The first pause before a request is made again; each is twice as long as the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// The longest, unless the server asks for more.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// The largest answer that is read, in bytes: a list of thousands of pods has less.
const MAX_ANSWER: usize = 64 * 1024 * 1024;

/// A request as kube makes it, unless it cannot be made.
pub(super) type Made = Result<Request<Vec<u8>>, request::Error>;

/// Why a request came to nothing.
struct Failed {
    error: Error,
    /// When the server wants to be asked again.
    after: Option<Duration>,
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self { error, after: None }
    }
}

impl Client {
    /// Makes a request, again and again while no answer comes, as long as patience lasts.
    pub(super) async fn call(&self, subject: &Subject<'_>, made: Made) -> Result<Value, Error> {
        let request = made.map_err(|error| Error::Refused {
            object: subject.title(),
            message: error.to_string(),
        })?;
        let mut pause = FIRST_PAUSE;
        let mut is_told = false;
        loop {
            // A person may have to log in: that takes nothing of the time for an answer.
            let kube = self.kube().await?;
            let begun = self.clock.uptime();
            let bound = self.contact.bound(begun, self.patience);
            let failed = match self.once(subject, &kube, request.clone(), bound).await {
                Err(failed) if self.passes(&failed.error) => failed,
                answer => {
                    self.contact.answered();
                    if is_told && answer.is_ok() {
                        (self.tell)(&Notice::Answered);
                    }
                    return answer.map_err(|failed| failed.error);
                }
            };
            // What answered just now may have been the first that ever did.
            let bound = if bound.is_first && !self.contact.is_made() {
                bound
            } else {
                self.contact.lost(begun);
                let patience = failed.error.patience(self.patience);
                self.contact.bound(self.clock.uptime(), patience)
            };
            let after = failed.after.unwrap_or_default().max(pause);
            let left = bound.last_try.saturating_sub(self.clock.uptime());
            if after >= left {
                return Err(failed.given_up(left));
            }
            if !bound.is_first {
                is_told = true;
                (self.tell)(&Notice::Retrying { error: failed.error, after });
            }
            self.clock.sleep(after).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Whether the same request may work a little later. Where a Kubernetes API has answered before, whatever else
    /// answers stands in for it.
    fn passes(&self, error: &Error) -> bool {
        let is_stand_in = matches!(error, Error::WrongServer { .. });
        error.is_passing() || (is_stand_in && self.contact.is_made())
    }

    async fn once(
        &self,
        subject: &Subject<'_>,
        kube: &kube::Client,
        request: Request<Vec<u8>>,
        bound: Bound,
    ) -> Result<Value, Failed> {
        let left = bound.end.saturating_sub(self.clock.uptime());
        let left = if bound.is_first { left } else { TIMEOUT.min(left) };
        let has_begun = AtomicBool::new(false);
        let exchange = self.exchange(kube, request, &has_begun);
        let Ok(answer) = timeout(self.contact.limit(left), exchange).await else {
            let error = if has_begun.load(Ordering::Relaxed) {
                unfinished(left, &self.contact)
            } else {
                late(left, &self.contact).await
            };
            return Err(error.into());
        };
        let (head, body) = answer.map_err(|error| subject.error(&error, &self.contact))?;
        if head.status.is_client_error() || head.status.is_server_error() {
            let error = subject.refusal(head.status.as_u16(), &body, &self.contact);
            return Err(Failed { error, after: retry_after(&head.headers) });
        }
        if head.status.is_redirection() {
            return Err(redirected(&head, &self.contact).into());
        }
        let value: Value = serde_json::from_slice(&body)
            .map_err(|error| subject.error(&kube::Error::SerdeError(error), &self.contact))?;
        if !is_kubernetes(&value) {
            return Err(not_kubernetes(&self.contact).into());
        }
        self.contact.made();
        Ok(value)
    }

    /// The answer to a request, whatever it is; whether it `has_begun`.
    async fn exchange(
        &self,
        kube: &kube::Client,
        request: Request<Vec<u8>>,
        has_begun: &AtomicBool,
    ) -> Result<(Parts, Bytes), kube::Error> {
        let answer = kube.send(request.map(Body::from)).await?;
        has_begun.store(true, Ordering::Relaxed);
        let (head, body) = answer.into_parts();
        self.date.answered(&head.headers, self.clock.uptime());
        let body = Limited::new(body, MAX_ANSWER)
            .collect()
            .await
            .map_err(|error| error.downcast().map_or_else(kube::Error::Service, |error| *error))?;
        Ok((head, body.to_bytes()))
    }
}

impl Failed {
    /// The error, where there is only so much time left: the server may ask for more.
    fn given_up(self, left: Duration) -> Error {
        match (self.error, self.after) {
            (Error::Unreachable { what, .. }, Some(after)) if after >= left => {
                let help = format!("try again in {} s: the server asks for that", after.as_secs());
                Error::Unreachable { what, help }
            }
            (error, _) => error,
        }
    }
}

/// How long the server asks to wait, in seconds; an API server never names a date.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds)).filter(|length| !length.is_zero())
}

/// Whether an API server of Kubernetes answers this: all but `/version` say what they are.
fn is_kubernetes(answer: &Value) -> bool {
    ["kind", "gitVersion"].iter().any(|field| answer.get(field).is_some_and(Value::is_string))
}
