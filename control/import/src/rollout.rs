//! The rollout of a Release in the making: what other systems say in an object of their own.

use super::draft::Draft;
use super::note::Note;

/// How a Release goes from its stable subset to another one.
#[derive(Clone, Debug)]
pub(super) struct Rollout {
    /// The position of the object that says it.
    pub(super) object: usize,
    pub(super) stable: Variant,
    pub(super) candidate: Variant,
    pub(super) steps: Draft,
    /// What is to be known about it, with paths in that object.
    pub(super) notes: Vec<Note>,
}

/// A subset whose pods are known.
#[derive(Clone, Debug)]
pub(super) struct Variant {
    pub(super) name: String,
    /// The position of the object that says so.
    pub(super) object: usize,
    /// Their labels, where no DestinationRule says which.
    pub(super) labels: Draft,
    /// Their Deployment.
    pub(super) deployment: Draft,
}

impl Variant {
    /// As the field of a subset.
    pub(super) fn workload(&self) -> Draft {
        Draft::map([("deployment", self.deployment.clone())]).of(self.object)
    }
}

impl Rollout {
    /// The subset of this name.
    pub(super) fn variant(&self, name: &str) -> Option<&Variant> {
        [&self.stable, &self.candidate].into_iter().find(|variant| variant.name == name)
    }

    /// As the field of a Release.
    pub(super) fn draft(&self) -> Draft {
        Draft::map([
            ("candidate", Draft::text(&self.candidate.name)),
            ("steps", self.steps.clone()),
        ])
        .of(self.object)
    }
}
