//! What changed about a Release besides its shares, and what that means for users.

use super::witness::Witness;

/// One change.
#[derive(Clone, Debug)]
pub struct Note {
    /// What changed.
    pub topic: Topic,
    /// The subset or rule that it is about.
    pub name: Option<String>,
    /// What it means, in one line.
    pub message: String,
    /// A request that shows it.
    pub witness: Option<Witness>,
    /// Whether it decides requests otherwise that no group counts: those of other callers, or to another service.
    pub is_move: bool,
}

/// What may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// The Release's own name.
    Release,
    /// The service.
    Host,
    /// The service's port.
    Port,
    /// The stable subset.
    Stable,
    /// A subset that is new.
    SubsetAdded,
    /// A subset that is gone.
    SubsetRemoved,
    /// The pods of a subset.
    Labels,
    /// What a split hashes for a subset.
    Key,
    /// Who is asked.
    Attach,
    /// The salt of the splits.
    Cohort,
    /// What tells users apart.
    Identity,
    /// What requests without identity get.
    Anonymous,
    /// Whether decisions are counted.
    Counters,
    /// Who serves users of an unavailable subset.
    Fallback,
    /// Which requests are copied, and to which subset.
    Mirror,
    /// A rule that is new.
    RuleAdded,
    /// A rule that is gone.
    RuleRemoved,
    /// A rule with another name.
    RuleRenamed,
    /// A rule with other conditions.
    RuleChanged,
    /// A rule that stands elsewhere.
    RuleMoved,
}

impl Topic {
    /// The word for programs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Host => "host",
            Self::Port => "port",
            Self::Stable => "stable",
            Self::SubsetAdded => "subset-added",
            Self::SubsetRemoved => "subset-removed",
            Self::Labels => "labels",
            Self::Key => "key",
            Self::Attach => "attach",
            Self::Cohort => "cohort",
            Self::Identity => "identity",
            Self::Anonymous => "anonymous",
            Self::Counters => "counters",
            Self::Fallback => "fallback",
            Self::Mirror => "mirror",
            Self::RuleAdded => "rule-added",
            Self::RuleRemoved => "rule-removed",
            Self::RuleRenamed => "rule-renamed",
            Self::RuleChanged => "rule-changed",
            Self::RuleMoved => "rule-moved",
        }
    }
}

impl Note {
    pub(super) fn new(topic: Topic, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { topic, name: None, message, witness: None, is_move: false }
    }

    pub(super) fn about(self, name: &str) -> Self {
        Self { name: Some(name.to_owned()), ..self }
    }

    pub(super) fn shown_by(self, witness: Option<&Witness>) -> Self {
        Self { witness: witness.cloned(), ..self }
    }

    pub(super) fn moving(self, is_move: bool) -> Self {
        Self { is_move, ..self }
    }
}
