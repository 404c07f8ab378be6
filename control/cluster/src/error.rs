//! Errors of requests.

mod login;
mod status;
mod transport;

use kube::client::UpgradeConnectionError;
use rollout::drive::cluster::{Error, Resource, title};

use super::contact::Contact;

pub(super) use login::unusable;
pub(super) use transport::{late, not_kubernetes};

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
            kube::Error::Api(status) => transport::foreign(status, contact).unwrap_or_else(|| {
                contact.made();
                status::error(status, self)
            }),
            // The answer to an upgrade that is not one comes without its words.
            kube::Error::UpgradeConnection(UpgradeConnectionError::ProtocolSwitch(code))
                if code.as_u16() == 403 =>
            {
                status::forbidden(self)
            }
            other => transport::error(other, contact),
        }
    }
}
