//! Requests to the API: each has a bounded time, and is made again while no answer comes.

use std::time::Duration;

use hyper::Request;
use kube::core::request;
use rollout::drive::cluster::{Error, Notice};
use serde_json::Value;
use tokio::time::timeout;

use super::contact::Bound;
use super::error::{Subject, late, not_kubernetes};
use super::{Client, TIMEOUT};

/// The first pause before a request is made again; each is twice as long as the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// The longest.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// A request as kube makes it, unless it cannot be made.
pub(super) type Made = Result<Request<Vec<u8>>, request::Error>;

impl Client {
    /// Makes a request, again and again while no answer comes, as long as patience lasts.
    pub(super) async fn call(&self, subject: &Subject<'_>, made: Made) -> Result<Value, Error> {
        let request = made.map_err(|error| Error::Refused {
            object: subject.title(),
            message: error.to_string(),
        })?;
        let bound = self.contact.bound(self.clock.uptime(), self.patience);
        let mut pause = FIRST_PAUSE;
        let mut is_away = false;
        loop {
            let error = match self.once(subject, request.clone(), bound).await {
                Err(error)
                    if self.passes(&error) && self.clock.uptime() + pause < bound.last_try =>
                {
                    error
                }
                answer => {
                    if is_away && answer.is_ok() {
                        (self.tell)(&Notice::Answered);
                    }
                    return answer;
                }
            };
            is_away = true;
            if !bound.is_first {
                (self.tell)(&Notice::Retrying { error, after: pause });
            }
            self.clock.sleep(pause).await;
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
        request: Request<Vec<u8>>,
        bound: Bound,
    ) -> Result<Value, Error> {
        let limit = TIMEOUT.min(bound.end.saturating_sub(self.clock.uptime()));
        match timeout(limit, self.kube.request::<Value>(request)).await {
            Ok(Ok(value)) if is_kubernetes(&value) => {
                self.contact.made();
                Ok(value)
            }
            Ok(Ok(_)) => Err(not_kubernetes(&self.contact)),
            Ok(Err(error)) => Err(subject.error(&error, &self.contact)),
            Err(_) => Err(late(limit, &self.contact)),
        }
    }
}

/// Whether an API server of Kubernetes answers this: all but `/version` say what they are.
fn is_kubernetes(answer: &Value) -> bool {
    ["kind", "gitVersion"].iter().any(|field| answer.get(field).is_some_and(Value::is_string))
}
