//! What tells users apart.

use serde::Serialize;

use super::fields::{self, Shape, one_of};
use super::later;
use crate::node::Node;
use crate::path::Path;
use crate::problem::Problems;

const IDENTITY: Shape =
    Shape { of: "an entry of `identity`", known: &["cookie", "header"], later: later::IDENTITY };

/// What tells users apart.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Identity {
    /// The value of a cookie.
    Cookie(String),
    /// The value of a header.
    Header(String),
}

/// An entry of `identity`; where it cannot be read, one that keeps its place in the list.
pub(super) fn read(node: &Node, path: &Path, problems: &mut Problems) -> Identity {
    let entry = fields::fields(node, path, &IDENTITY, problems);
    match entry.and_then(|entry| one_of(&entry, IDENTITY.known, problems)) {
        Some(("cookie", node, path)) => Identity::Cookie(fields::string(node, &path, problems)),
        Some((_, node, path)) => Identity::Header(fields::string(node, &path, problems)),
        None => Identity::Header(String::new()),
    }
}
