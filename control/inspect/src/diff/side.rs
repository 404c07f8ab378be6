//! What one Release does with the requests of one rule, or of none.

use policy::Policy;
use policy::policy::{Split, SubsetId};
use policy::program::Choice;

use super::transition::Candidate;

/// One Release and one of its splits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Side<'p> {
    pub(super) policy: &'p Policy,
    split: &'p Split,
    sticky: bool,
}

/// Whether a request brings what tells its user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Identity {
    Known,
    Absent,
}

/// How a request gets its subset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Placing {
    /// All get the same.
    Fixed(SubsetId),
    /// By the user's place in the cohort's draw.
    Drawn,
    /// By chance, each request anew.
    Random,
}

impl<'p> Side<'p> {
    /// The split of a rule, or of what no rule takes.
    pub(super) fn new(policy: &'p Policy, rule: Option<usize>) -> Self {
        match rule.and_then(|rule| policy.rules().get(rule)) {
            Some(rule) => Self { policy, split: rule.split(), sticky: rule.sticky() },
            None => Self { policy, split: policy.split(), sticky: policy.sticky() },
        }
    }

    /// Whether it counts who the user is.
    pub(super) fn asks_identity(&self) -> bool {
        self.sticky && self.split.only().is_none()
    }

    /// Whether users stay in one of two splits that have something to draw.
    pub(super) fn is_sticky_unlike(&self, other: &Self) -> bool {
        let draws = |side: &Self| side.split.only().is_none();
        draws(self) && draws(other) && self.sticky != other.sticky
    }

    pub(super) fn placing(&self, identity: Identity) -> Placing {
        // Who is asked about are all users with an identity: where each stands in the draw is not known here.
        let known = || (identity == Identity::Known).then_some(0);
        match Choice::of(self.split.only(), self.sticky, self.policy.anonymous(), known) {
            Choice::Only(only) => Placing::Fixed(only),
            Choice::User(_) => Placing::Drawn,
            Choice::Anonymous => Placing::Fixed(self.policy.stable()),
            Choice::Random => Placing::Random,
        }
    }

    /// The subsets that such requests get, and their shares.
    pub(super) fn candidates(&self, placing: Placing) -> Vec<Candidate<'p>> {
        let candidate = |id: SubsetId, weight: f64| {
            let subset = self.policy.subsets().get(id.0)?;
            Some(Candidate { subset: &subset.name, key: &subset.key, weight })
        };
        match placing {
            Placing::Fixed(only) => candidate(only, 1.0).into_iter().collect(),
            Placing::Drawn | Placing::Random => {
                let shares = self.split.shares();
                shares.filter_map(|(id, share)| candidate(id, share.percent() / 100.0)).collect()
            }
        }
    }
}
