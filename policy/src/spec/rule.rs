//! Rules: which requests, and how they are split.

use serde::Serialize;

use super::conditions::{self, Block};
use super::entries::Entries;
use super::fields::{self, Shape, optional, required_text};
use super::number;
use crate::node::Node;
use crate::path::Path;
use crate::problem::Problems;

const RULE: Shape =
    Shape { of: "a rule", known: &["name", "match", "split", "sticky"], later: &[] };

/// Requests, and how they are split.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rule {
    /// Its name, for people and counters.
    pub name: String,
    /// Which requests: those that meet all of any block.
    #[serde(rename = "match")]
    pub blocks: Vec<Block>,
    /// Percent per subset.
    #[serde(serialize_with = "number::all")]
    pub split: Entries<f64>,
    /// Whether a user stays in a subset; the Release's where none is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sticky: Option<bool>,
}

pub(super) fn read(node: &Node, path: &Path, problems: &mut Problems) -> Rule {
    let Some(rule) = fields::fields(node, path, &RULE, problems) else {
        return Rule::default();
    };
    let name = required_text(&rule, "name", problems);
    let blocks = rule.require("match", problems);
    let blocks = blocks.map(|(node, path)| {
        fields::list(node, &path, "a list of blocks", problems, conditions::read_block)
    });
    let split = rule.require("split", problems);
    let split = split.map(|(node, path)| read_split(node, &path, problems));
    Rule {
        name,
        blocks: blocks.unwrap_or_default(),
        split: split.unwrap_or_default(),
        sticky: optional(&rule, "sticky", problems, fields::boolean),
    }
}

pub(super) fn read_split(node: &Node, path: &Path, problems: &mut Problems) -> Entries<f64> {
    fields::entries(
        node,
        path,
        "a map of percentages by subset",
        problems,
        |node, path, problems| fields::number(node, path, "a percentage", problems),
    )
}
