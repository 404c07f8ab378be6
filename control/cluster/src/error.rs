//! Errors of requests.

mod login;
mod proxied;
mod redirect;
mod status;
mod tls;
mod transport;

use kube::client::UpgradeConnectionError;
use kube::core::Status;
use rollout::drive::cluster::{Error, Resource, title};
use serde_json::Value;

use super::contact::Contact;

pub(super) use login::unusable;
pub(super) use redirect::redirected;
pub(super) use transport::{late, not_kubernetes, unfinished};

/// A request to the API server.
#[derive(Clone, Debug)]
pub(super) struct Subject<'a> {
    pub(super) verb: &'static str,
    pub(super) resource: &'a Resource,
    /// Its part, such as `status`.
    pub(super) part: Option<&'static str>,
    pub(super) namespace: Option<&'a str>,
    pub(super) name: Option<&'a str>,
}

impl Subject<'_> {
    /// `<kind> <namespace>/<name>`.
    pub(super) fn title(&self) -> String {
        title(self.resource.kind, self.namespace, self.name)
    }

    /// The error of the request.
    pub(super) fn error(&self, error: &kube::Error, contact: &Contact) -> Error {
        match error {
            kube::Error::Api(status) => self.refused(status, contact),
            // The answer to an upgrade that is not one comes without its words.
            kube::Error::UpgradeConnection(UpgradeConnectionError::ProtocolSwitch(code))
                if code.as_u16() == 403 =>
            {
                status::forbidden(self)
            }
            other => transport::error(other, contact),
        }
    }

    /// The error of an answer with this code, in whatever words.
    pub(super) fn refusal(&self, code: u16, body: &[u8], contact: &Contact) -> Error {
        let text = String::from_utf8_lossy(body);
        let answer = serde_json::from_str::<Value>(&text).ok();
        if answer.as_ref().is_some_and(|answer| answer.get("kind") == Some(&"Status".into()))
            && let Ok(mut status) = serde_json::from_str::<Status>(&text)
        {
            if status.code == 0 {
                status.code = code;
            }
            contact.made();
            return status::error(&status, self);
        }
        let status = |words: &str| Status::failure(words, "").with_code(code);
        match answer {
            // A gateway says so in an object of its own.
            Some(answer @ (Value::Object(_) | Value::Array(_))) if code >= 500 || code == 429 => {
                let said = ["message", "error", "detail"]
                    .iter()
                    .find_map(|key| answer.get(*key)?.as_str());
                status::error(&status(said.unwrap_or_default()), self)
            }
            Some(Value::Object(_) | Value::Array(_)) => not_kubernetes(contact),
            _ => self.refused(&status(text.trim()), contact),
        }
    }

    /// The error of an answer that may be another server's.
    fn refused(&self, status: &Status, contact: &Contact) -> Error {
        transport::foreign(status, contact).unwrap_or_else(|| {
            if status.code < 500 {
                contact.made();
            }
            status::error(status, self)
        })
    }
}
