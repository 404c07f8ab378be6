//! What a rule, or none, means: a split, and which user goes where in it.

use super::index::SlotId;
use crate::policy::{Policy, Split, SubsetId};
use crate::spec::Anonymous;
use crate::split::{Cohort, Rendezvous};

/// The splits of a program.
#[derive(Debug)]
pub(super) struct Outcomes {
    rules: Vec<Outcome>,
    default: Outcome,
    cohort: Cohort,
    stable: SubsetId,
    anonymous: Anonymous,
    /// Slots of what tells users apart; the first one present wins.
    pub(super) identity: Vec<SlotId>,
}

/// How the subset of a request is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The split gives all users to this one.
    Only(SubsetId),
    /// By where the user stands in the draw.
    User(u64),
    /// The stable one: the request has no identity.
    Anonymous,
    /// By a random number, for each request anew.
    Random,
}

impl Choice {
    /// How a split chooses that gives all users to `only`, or to several; `known` says where the user stands in the
    /// draw, and is asked only where that counts.
    pub fn of(
        only: Option<SubsetId>,
        sticky: bool,
        anonymous: Anonymous,
        known: impl FnOnce() -> Option<u64>,
    ) -> Self {
        match only {
            Some(only) => Self::Only(only),
            None if !sticky => Self::Random,
            None => match (known(), anonymous) {
                (Some(position), _) => Self::User(position),
                (None, Anonymous::Stable) => Self::Anonymous,
                (None, Anonymous::Random) => Self::Random,
            },
        }
    }
}

#[derive(Debug)]
struct Outcome {
    split: Rendezvous<SubsetId>,
    sticky: bool,
}

impl Outcomes {
    pub(super) fn new(policy: &Policy, identity: Vec<SlotId>) -> Self {
        let outcome = |split: &Split, sticky| Outcome { split: policy.rendezvous(split), sticky };
        Self {
            rules: policy.rules().iter().map(|rule| outcome(rule.split(), rule.sticky())).collect(),
            default: outcome(policy.split(), policy.sticky()),
            cohort: Cohort::new(policy.cohort().as_bytes()),
            stable: policy.stable(),
            anonymous: policy.anonymous(),
            identity,
        }
    }

    /// The slot of the first identity, where requests that `rule` takes are split by it.
    pub(super) fn identity_of(&self, rule: Option<usize>) -> Option<SlotId> {
        let outcome = self.outcome(rule);
        let is_asked = outcome.sticky && outcome.split.only().is_none();
        self.identity.first().copied().filter(|_| is_asked)
    }

    pub(super) fn need_draws(&self) -> bool {
        let random = self.anonymous == Anonymous::Random;
        let mut all = self.rules.iter().chain([&self.default]);
        all.any(|outcome| outcome.split.only().is_none() && (random || !outcome.sticky))
    }

    /// The subset for a request that `rule` takes. `identity` gives the value of a slot, `draw` random bits;
    /// either is asked only where it counts.
    pub(super) fn subset<C>(
        &self,
        rule: Option<usize>,
        context: &mut C,
        identity: impl Fn(&mut C, SlotId) -> Option<u64>,
        draw: impl Fn(&mut C) -> u64,
    ) -> SubsetId {
        let known =
            |context: &mut C| self.identity.iter().find_map(|slot| identity(context, *slot));
        let picked = |draw| self.outcome(rule).split.pick(draw).unwrap_or(self.stable);
        match self.choice(rule, || known(context)) {
            Choice::Only(subset) => subset,
            Choice::User(position) => picked(position),
            Choice::Anonymous => self.stable,
            Choice::Random => picked(draw(context)),
        }
    }

    /// How the subset is chosen; `known` says where the user stands in the draw.
    pub(super) fn choice(
        &self,
        rule: Option<usize>,
        known: impl FnOnce() -> Option<u64>,
    ) -> Choice {
        let outcome = self.outcome(rule);
        Choice::of(outcome.split.only(), outcome.sticky, self.anonymous, known)
    }

    fn outcome(&self, rule: Option<usize>) -> &Outcome {
        rule.and_then(|rule| self.rules.get(rule)).unwrap_or(&self.default)
    }

    /// Where the user of this identity stands in the draw.
    pub(super) fn position(&self, identity: &[u8]) -> u64 {
        self.cohort.draw(identity)
    }
}
