//! The versions of a service.

use serde::Serialize;

use super::entries::Entries;
use super::fields::{self, Shape, optional, required_text, text};
use crate::node::Node;
use crate::path::Path;
use crate::problem::Problems;

const SUBSET: Shape =
    Shape { of: "a subset", known: &["name", "labels", "workload", "key"], later: &[] };
const WORKLOAD: Shape = Shape { of: "a workload", known: &["deployment"], later: &[] };

/// A version of the service.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Subset {
    /// Its name, as in a DestinationRule.
    pub name: String,
    /// The labels of its pods; none written: an existing DestinationRule has them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<Entries<String>>,
    /// What runs it; only rollouts need it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workload: Option<Workload>,
    /// What the split hashes in place of the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// What runs a subset.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Workload {
    /// The name of a Deployment.
    pub deployment: String,
}

pub(super) fn read(node: &Node, path: &Path, problems: &mut Problems) -> Subset {
    let Some(subset) = fields::fields(node, path, &SUBSET, problems) else {
        return Subset::default();
    };
    Subset {
        name: required_text(&subset, "name", problems),
        labels: optional(&subset, "labels", problems, read_labels),
        workload: optional(&subset, "workload", problems, read_workload),
        key: text(&subset, "key", problems),
    }
}

fn read_workload(node: &Node, path: &Path, problems: &mut Problems) -> Workload {
    let workload = fields::fields(node, path, &WORKLOAD, problems);
    workload
        .map(|fields| Workload { deployment: required_text(&fields, "deployment", problems) })
        .unwrap_or_default()
}

pub(super) fn read_labels(node: &Node, path: &Path, problems: &mut Problems) -> Entries<String> {
    fields::entries(node, path, "a map of labels", problems, fields::string)
}
