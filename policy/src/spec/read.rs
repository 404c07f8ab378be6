//! [`Spec::read`]: a document becomes a Spec, with every mistake in its shape reported.

use super::fields::{self, Fields, Shape, optional, required_text, text};
#[cfg(feature = "rollout")]
use super::rollout;
use super::{API_VERSION, Anonymous, Fallback, KIND, Metadata, Release, Spec, later};
use super::{attach, identity, mirror, rule, subset};
use crate::node::Node;
use crate::path::Path;
use crate::problem::{Code, Problem, Problems};

const DOCUMENT: Shape = Shape {
    of: "a Release",
    known: &["apiVersion", "kind", "metadata", "spec", "status"],
    later: &[],
};
/// What the API server adds to metadata is ignored, so that an exported object is a document too.
const METADATA: Shape = Shape {
    of: "`metadata`",
    known: &[
        "name",
        "namespace",
        "labels",
        "annotations",
        "creationTimestamp",
        "deletionGracePeriodSeconds",
        "deletionTimestamp",
        "finalizers",
        "generateName",
        "generation",
        "managedFields",
        "ownerReferences",
        "resourceVersion",
        "selfLink",
        "uid",
    ],
    later: &[],
};
const RELEASE: Shape = Shape {
    of: "`spec`",
    known: &[
        "host",
        "port",
        "stable",
        "subsets",
        "attach",
        "identity",
        "rules",
        "split",
        "anonymous",
        "cohort",
        "counters",
        "sticky",
        "fallback",
        "mirror",
        #[cfg(feature = "rollout")]
        "rollout",
    ],
    later: later::RELEASE,
};
impl Spec {
    /// Reads the document `node`, which stands at `path`. What comes back is complete only when `problems`
    /// still allow it.
    #[must_use]
    pub fn read(node: &Node, path: &Path, problems: &mut Problems) -> Option<Self> {
        let document = fields::fields(node, path, &DOCUMENT, problems)?;
        let version = constant(&document, "apiVersion", API_VERSION, problems);
        let kind = constant(&document, "kind", KIND, problems);
        // Another kind of document would only bring a list of fields that it does not have.
        if !(version && kind) {
            return None;
        }
        let metadata = document.require("metadata", problems);
        let metadata = metadata.map(|(node, path)| read_metadata(node, &path, problems));
        let release = document.require("spec", problems);
        let release = release.and_then(|(node, path)| read_release(node, &path, problems));
        Some(Self {
            api_version: API_VERSION,
            kind: KIND,
            metadata: metadata.unwrap_or_default(),
            spec: release?,
        })
    }
}

fn constant(document: &Fields, name: &str, expected: &str, problems: &mut Problems) -> bool {
    let Some((node, path)) = document.require(name, problems) else {
        return false;
    };
    let right = matches!(node, Node::String(text) if text == expected);
    if !right {
        let message = format!("expected `{expected}`, found {}", node.describe());
        problems.unread(Problem::error(Code::Kind, &path, message));
    }
    right
}

fn read_metadata(node: &Node, path: &Path, problems: &mut Problems) -> Metadata {
    let Some(metadata) = fields::fields(node, path, &METADATA, problems) else {
        return Metadata::default();
    };
    let name = metadata.require("name", problems);
    let namespace = text(&metadata, "namespace", problems);
    Metadata {
        name: name.map(|(node, path)| fields::string(node, &path, problems)).unwrap_or_default(),
        namespace: namespace.unwrap_or_else(|| "default".to_owned()),
    }
}

fn read_release(node: &Node, path: &Path, problems: &mut Problems) -> Option<Release> {
    let spec = fields::fields(node, path, &RELEASE, problems)?;
    let host = required_text(&spec, "host", problems);
    let port = optional(&spec, "port", problems, |node, path, problems| {
        fields::number(node, path, "a port number", problems)
    });
    let stable = required_text(&spec, "stable", problems);
    let subsets = spec.require("subsets", problems);
    let subsets = subsets
        .map(|(node, path)| fields::list(node, &path, "a list of subsets", problems, subset::read));
    let attach = optional(&spec, "attach", problems, |node, path, problems| {
        fields::list(node, path, "a list of proxies to attach to", problems, attach::read)
    });
    let identity = optional(&spec, "identity", problems, |node, path, problems| {
        fields::list(node, path, "a list of cookies and headers", problems, identity::read)
    });
    let rules = optional(&spec, "rules", problems, |node, path, problems| {
        fields::list(node, path, "a list of rules", problems, rule::read)
    });
    let split = optional(&spec, "split", problems, rule::read_split);
    let words = [("stable", Anonymous::Stable), ("random", Anonymous::Random)];
    let anonymous = optional(&spec, "anonymous", problems, |node, path, problems| {
        fields::word(node, path, &words, problems)
    });
    let words = [("none", Fallback::None), ("stable", Fallback::Stable)];
    let fallback = optional(&spec, "fallback", problems, |node, path, problems| {
        fields::word(node, path, &words, problems)
    });
    Some(Release {
        host,
        port,
        stable,
        subsets: subsets.unwrap_or_default(),
        attach: attach.unwrap_or_default(),
        identity: identity.unwrap_or_default(),
        rules: rules.unwrap_or_default(),
        split: split.unwrap_or_default(),
        anonymous: anonymous.flatten().unwrap_or_default(),
        cohort: text(&spec, "cohort", problems),
        counters: optional(&spec, "counters", problems, fields::boolean).unwrap_or(true),
        sticky: optional(&spec, "sticky", problems, fields::boolean),
        fallback: fallback.flatten().unwrap_or_default(),
        mirror: optional(&spec, "mirror", problems, mirror::read),
        #[cfg(feature = "rollout")]
        rollout: optional(&spec, "rollout", problems, rollout::read),
    })
}
