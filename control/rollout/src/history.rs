//! What was done to a rollout, by whom and why.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The entries that are kept.
pub const KEPT: usize = 50;

/// The user of what `serin` does without being asked.
pub const ITSELF: &str = "serin";

/// An entry of the history.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Entry {
    /// When, RFC 3339.
    pub time: String,
    /// The user, as the API server names them; `serin` for what it does by itself.
    pub by: String,
    /// The verb: `start`, `approve` …
    pub verb: String,
    /// The result.
    pub what: String,
    /// The reason that was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// Adds `entry`, the newest one, and drops the oldest ones beyond [`KEPT`].
pub fn append(history: &mut Vec<Entry>, entry: Entry) {
    history.push(entry);
    history.drain(..history.len().saturating_sub(KEPT));
}
