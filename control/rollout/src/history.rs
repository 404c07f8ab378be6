//! What was done to a rollout, by whom and why.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The entries that are kept.
pub const KEPT: usize = 50;

/// Who did what nobody asked for.
pub const ITSELF: &str = "serin";

/// Something that was done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Entry {
    /// When, RFC 3339.
    pub time: String,
    /// Who, in the API server's word; `serin` where nobody asked for it.
    pub by: String,
    /// The verb: `start`, `approve` …
    pub verb: String,
    /// What came of it.
    pub what: String,
    /// Why, in that person's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// Adds `entry`, the newest one, and drops the oldest ones beyond [`KEPT`].
pub fn append(history: &mut Vec<Entry>, entry: Entry) {
    history.push(entry);
    history.drain(..history.len().saturating_sub(KEPT));
}
