//! Copies of requests for a subset that does not answer them.

use serde::Serialize;

use super::fields::{self, Shape, required_text};
use super::number;
use crate::node::Node;
use crate::path::Path;
use crate::problem::Problems;

const MIRROR: Shape = Shape { of: "`mirror`", known: &["to", "percent"], later: &[] };

/// Copies of requests for a subset that does not answer them.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Mirror {
    /// The subset that gets the copies. Its answers are dropped.
    pub to: String,
    /// How many of the requests are copied, in percent.
    #[serde(serialize_with = "number::one")]
    pub percent: f64,
}

pub(super) fn read(node: &Node, path: &Path, problems: &mut Problems) -> Mirror {
    let Some(mirror) = fields::fields(node, path, &MIRROR, problems) else {
        return Mirror::default();
    };
    let to = required_text(&mirror, "to", problems);
    let percent = mirror.require("percent", problems);
    let percent = percent.map(|(node, path)| fields::number(node, &path, "a percentage", problems));
    Mirror { to, percent: percent.unwrap_or_default() }
}
