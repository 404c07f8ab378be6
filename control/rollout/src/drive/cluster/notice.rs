//! Notices about requests that are retried and proxies that are late, for people.

use std::time::Duration;

use super::Error;

/// A notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// No answer came; the request is retried after this long.
    Retrying {
        /// What went wrong.
        error: Error,
        /// How long.
        after: Duration,
    },
    /// A plugin that logs the user in takes its time.
    LoggingIn {
        /// Which.
        plugin: String,
    },
    /// The API server answers again.
    Answered,
    /// istiod cannot be queried, so it is unknown whether proxies have what was applied; printed once.
    Blind {
        /// Why.
        reason: String,
        /// How long each change waits instead.
        wait: Duration,
    },
    /// It takes some time until these proxies have what was applied.
    Waiting {
        /// `<name>.<namespace>` of each, or the control plane.
        proxies: Vec<String>,
        /// What was applied.
        what: String,
    },
    /// These proxies do not have yet what was applied. The Release does not name them, so the rollout continues.
    Lagging {
        /// `<name>.<namespace>` of each.
        proxies: Vec<String>,
    },
}
