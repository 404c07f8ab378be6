//! What happens between this program and a cluster, for people.

use std::time::Duration;

use super::Error;

/// What happens meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// No answer came; it is tried again after this long.
    Retrying {
        /// What went wrong.
        error: Error,
        /// How long.
        after: Duration,
    },
    /// The API server answers again.
    Answered,
    /// Whether proxies have what was applied cannot be learned; said once.
    Blind {
        /// Why.
        reason: String,
        /// How long each change waits instead.
        wait: Duration,
    },
    /// These proxies do not have yet what was applied, but are none of those that the Release names; it goes on.
    Lagging {
        /// `<name>.<namespace>` of each.
        proxies: Vec<String>,
    },
}
