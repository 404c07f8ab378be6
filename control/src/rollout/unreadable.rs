//! A status that this version cannot read.

use std::fmt;

use policy::Policy;
use serde_json::{Map, Value};

use crate::report::text::list;

/// A status that this version cannot read, or a part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// What is wrong, and where.
    pub what: String,
    /// What to do.
    pub help: String,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for Unreadable {}

impl Unreadable {
    pub(super) fn shape(field: &str, error: &serde_json::Error) -> Self {
        Self {
            what: format!("`{field}` of the Release's status cannot be read: {error}"),
            help: "another version of serin wrote it, or somebody edited it: use that version, or put it right with \
                   `kubectl edit --subresource=status`"
                .to_owned(),
        }
    }

    pub(super) fn subset(field: &str, name: &str, policy: &Policy) -> Self {
        let known: Vec<String> =
            policy.subsets().iter().map(|subset| format!("`{}`", subset.name)).collect();
        Self {
            what: format!(
                "`{field}` of the Release's status names subset `{name}`; its spec has {}",
                list(&known, "and")
            ),
            help: format!("declare `{name}` again: the status says who gets which subset now"),
        }
    }

    pub(super) fn split(written: &Map<String, Value>) -> Self {
        let written = Value::from(written.clone());
        Self {
            what: format!("`state.traffic.shifted` of the Release's status is no split: {written}"),
            help: "put it right with `kubectl edit --subresource=status`: percentages, at most 100 in all".to_owned(),
        }
    }
}
