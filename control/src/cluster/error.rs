//! What the errors of requests mean.

mod status;

use kube::client::UpgradeConnectionError;

use crate::drive::cluster::{Error, Resource, title};

/// What was asked of the API server.
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

    /// What the error of the request means.
    pub(super) fn error(&self, error: &kube::Error, server: &str) -> Error {
        match error {
            kube::Error::Api(status) => status::error(status, self),
            // The answer to an upgrade that is not one comes without its words.
            kube::Error::UpgradeConnection(UpgradeConnectionError::ProtocolSwitch(code))
                if code.as_u16() == 403 =>
            {
                status::forbidden(self)
            }
            other => unreachable(&chain(other), server),
        }
    }
}

/// Nobody answers.
pub(super) fn unreachable(what: &str, server: &str) -> Error {
    Error::Unreachable {
        what: format!("the API server at {server} does not answer: {what}"),
        help: "try again when it does: nothing is lost, and doing it twice is as doing it once"
            .to_owned(),
    }
}

/// All that an error says, its causes too.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let words = error.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        cause = error.source();
    }
    text
}
