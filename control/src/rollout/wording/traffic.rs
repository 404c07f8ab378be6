//! Who gets what.

use policy::policy::{Share, SubsetId};
use policy::rollout::Traffic;

use super::Wording;
use crate::explain::wording::percent;

impl Wording<'_> {
    /// `v2 10 %`, `all v1`: who gets what, for a column. Of a split what the rules give comes on top.
    #[must_use]
    pub fn split(&self, traffic: &Traffic) -> String {
        match traffic {
            Traffic::Spec => self.shares(self.policy.split().shares()),
            Traffic::Shifted(split) => self.shares(split.shares()),
            Traffic::Stable => format!("all {}", self.stable()),
            Traffic::Only(id) | Traffic::Pinned(id) | Traffic::Bare(id) => {
                format!("all {}", self.name(*id))
            }
        }
    }

    /// `v2 10 %, the rest v1`: who gets what, as a sentence has it.
    #[must_use]
    pub fn traffic(&self, traffic: &Traffic) -> String {
        let split = self.split(traffic);
        match traffic {
            Traffic::Spec => self.with_rules(split, self.policy.split().only()),
            Traffic::Shifted(shifted) => self.with_rules(split, shifted.only()),
            Traffic::Stable | Traffic::Only(_) => split,
            Traffic::Pinned(_) => format!("{split}, by routes alone"),
            Traffic::Bare(_) => format!("{split}, without Serin"),
        }
    }

    fn with_rules(&self, split: String, only: Option<SubsetId>) -> String {
        let stable = self.stable();
        let others = self.plan.ruled.iter().any(|id| only.is_some_and(|only| *id != only));
        match (only, others) {
            (Some(_), true) => format!("{split} but for the rules"),
            (Some(_), false) => split,
            (None, _) => format!("{split}, the rest {stable}"),
        }
    }

    /// The shares of all but stable; of one that gets everybody that it does.
    pub(super) fn shares(&self, shares: impl Iterator<Item = (SubsetId, Share)>) -> String {
        let shares: Vec<(SubsetId, Share)> = shares.collect();
        if let [(only, _)] = shares.as_slice() {
            return format!("all {}", self.name(*only));
        }
        let others = shares.iter().filter(|(id, _)| *id != self.plan.stable);
        let others = others.map(|(id, share)| format!("{} {}", self.name(*id), percent(*share)));
        others.collect::<Vec<_>>().join(", ")
    }
}
