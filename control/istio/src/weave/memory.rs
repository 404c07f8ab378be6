//! What was added to an object, in an annotation of it: unlike comments, annotations outlive `kubectl`.
//!
//! It is a JSON map from Releases to their additions. What several Releases rely on, each of them lists; it goes
//! with the last one.

use std::collections::{BTreeMap, BTreeSet};

use document::load::reason;
use policy::{Code, Node, Policy, Problem, Problems};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::edit::{Action, Change};
use super::object::Object;

/// The annotation.
const KEY: &str = "serin.dev/woven";
const ANNOTATIONS: &str = "annotations";
/// The most Releases in one object: each of its rules is compared with all of them.
const MAX_RELEASES: usize = 256;

/// The additions of all Releases.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Memory {
    pub(super) releases: BTreeMap<String, Additions>,
}

/// What a Release has added to an object, or relies on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Additions {
    /// The subset that destinations are pinned to.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) stable: String,
    /// Names given to rules.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) names: BTreeSet<String>,
    /// Destinations pinned, by the name of their rule; for each rule of that name, in their order.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) pins: BTreeMap<String, Vec<BTreeSet<usize>>>,
    /// Subsets declared.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) subsets: BTreeSet<String>,
    /// Keys whose maps or lists were not there before.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) created: BTreeSet<String>,
}

/// The key of a Release.
pub(super) fn key(policy: &Policy) -> String {
    policy.full_name()
}

/// The name by which proxies know the Release of a key, as in [`crate::names::qualified`].
pub(super) fn qualified(key: &str) -> String {
    format!("serin.{}", key.replacen('/', ".", 1))
}

impl Additions {
    /// Whether a destination is pinned to `subset`: the one at `index` of the rule that so many of its name precede.
    pub(super) fn pin(&self, rule: &str, occurrence: usize, index: usize, subset: &str) -> bool {
        let pins = self.pins.get(rule).and_then(|pins| pins.get(occurrence));
        self.stable == subset && pins.is_some_and(|pins| pins.contains(&index))
    }
}

impl Memory {
    /// What an object's annotation says; nothing where there is none.
    pub(super) fn read(object: &Object<'_>, problems: &mut Problems) -> Self {
        let annotations = object.root.get("metadata").and_then(|found| found.get(ANNOTATIONS));
        let Some(found) = annotations.and_then(|annotations| annotations.get(KEY)) else {
            return Self::default();
        };
        let Some(text) = found.text(problems) else { return Self::default() };
        let read: Result<Self, String> = serde_json::from_str(text).map_err(|e| reason::json(&e));
        let read = read.and_then(|read| match read.releases.len() {
            ..=MAX_RELEASES => Ok(read),
            many => Err(format!("expected at most {MAX_RELEASES} Releases, found {many}")),
        });
        read.unwrap_or_else(|reason| {
            let message = format!("this is not what serin wrote: {reason}");
            let help = "restore the annotation: it lists what `--undo` removes";
            problems.unread(Problem::error(Code::Type, &found.path, message).help(help));
            Self::default()
        })
    }

    /// Whether another Release than `own` relies on something.
    pub(super) fn others_rely(&self, own: &str, on: impl Fn(&Additions) -> bool) -> bool {
        self.releases.iter().any(|(release, additions)| release != own && on(additions))
    }

    /// Adds what a Release has added to `object`, the annotation's own map included.
    pub(super) fn remember(
        &mut self,
        object: &Object<'_>,
        release: String,
        mut additions: Additions,
    ) {
        let metadata = object.root.get("metadata");
        let is_there = metadata.is_some_and(|metadata| metadata.node.get(ANNOTATIONS).is_some());
        if !is_there || self.others_rely(&release, |other| other.created.contains(ANNOTATIONS)) {
            additions.created.insert(ANNOTATIONS.to_owned());
        }
        self.releases.insert(release, additions);
    }

    /// Leaves out what says nothing.
    pub(super) fn tidy(&mut self) {
        for additions in self.releases.values_mut() {
            trim(&mut additions.pins);
        }
    }

    /// The changes that make an object's annotation say this; `before` is what it says.
    pub(super) fn write(
        &self,
        object: &Object<'_>,
        before: &Self,
        problems: &mut Problems,
    ) -> Vec<Change> {
        if self == before {
            return Vec::new();
        }
        let Some(metadata) = object.root.map("metadata", problems) else {
            let message = "missing field `metadata`: an object has a name";
            let at = object.root.path.key("metadata");
            problems.add(Problem::error(Code::MissingField, &at, message));
            return Vec::new();
        };
        metadata.map(ANNOTATIONS, problems);
        let annotations = metadata.node.get(ANNOTATIONS);
        let value = self.text();
        let is_last = matches!(annotations, Some(Node::Map(entries)) if entries.len() == 1);
        let created =
            before.releases.values().any(|additions| additions.created.contains(ANNOTATIONS));
        let at = metadata.path.key(ANNOTATIONS);
        let (at, action) = match annotations {
            _ if self.releases.is_empty() && is_last && created => {
                (metadata.path, Action::Remove { key: ANNOTATIONS.to_owned() })
            }
            _ if self.releases.is_empty() => (at, Action::Remove { key: KEY.to_owned() }),
            Some(found) if found.get(KEY).is_some() => {
                (at, Action::Set { key: KEY.to_owned(), value })
            }
            Some(_) => (at, Action::Add { after: None, key: KEY.to_owned(), value }),
            None => {
                let value = json!({ KEY: value });
                (metadata.path, Action::Add { after: None, key: ANNOTATIONS.to_owned(), value })
            }
        };
        vec![Change { document: object.document, at, action }]
    }

    fn text(&self) -> Value {
        // Maps of texts and numbers only: this cannot fail.
        serde_json::to_string(self).unwrap_or_default().into()
    }
}

/// Leaves pins out that say nothing.
pub(super) fn trim(pins: &mut BTreeMap<String, Vec<BTreeSet<usize>>>) {
    pins.retain(|_, rules| {
        while rules.last().is_some_and(BTreeSet::is_empty) {
            rules.pop();
        }
        !rules.is_empty()
    });
}
