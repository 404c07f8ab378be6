//! Who gets what.

use std::collections::BTreeMap;

use document::report::Percent;
use policy::policy::{Mirror, Share, Split};
use policy::rollout::Traffic;
use serde_json::Value;

use super::Wording;

impl Wording<'_> {
    /// `v2 10 %`, `all v1, 5 % mirrored to v2`: who gets what, for a column. Of a split what the rules give comes on
    /// top.
    #[must_use]
    pub fn split(&self, traffic: &Traffic) -> String {
        let words = match traffic {
            Traffic::Spec => self.shares(self.policy.split()),
            Traffic::Shifted(split) => self.shares(split),
            Traffic::Stable | Traffic::Mirrored(_) => format!("all {}", self.stable()),
            Traffic::Only(id) | Traffic::Pinned(id) | Traffic::Bare(id) => {
                format!("all {}", self.name(*id))
            }
        };
        self.with_copies(words, traffic)
    }

    /// `v2 10 %, the rest v1`: who gets what, as a sentence has it.
    #[must_use]
    pub fn traffic(&self, traffic: &Traffic) -> String {
        let words = self.split(traffic);
        match traffic {
            Traffic::Spec => self.with_copies(self.whole(self.policy.split()), traffic),
            Traffic::Shifted(split) => self.whole(split),
            Traffic::Stable | Traffic::Mirrored(_) | Traffic::Only(_) => words,
            Traffic::Pinned(_) => format!("{words}, by routes alone"),
            Traffic::Bare(_) => format!("{words}, without Serin"),
        }
    }

    /// What is copied, and to which subset.
    fn copies(&self, traffic: &Traffic) -> Option<Mirror> {
        match traffic {
            Traffic::Spec => self.policy.mirror(),
            Traffic::Mirrored(mirror) => Some(*mirror),
            _ => None,
        }
    }

    /// These words, and what is copied besides: those who get copies answer no user.
    fn with_copies(&self, words: String, traffic: &Traffic) -> String {
        match self.copies(traffic) {
            Some(Mirror { to, share }) => {
                format!("{words}, {} mirrored to {}", Percent::from(share), self.name(to))
            }
            None => words,
        }
    }

    /// How many requests each subset gets copies of, in percent.
    #[must_use]
    pub fn mirrored(&self, traffic: &Traffic) -> BTreeMap<String, Value> {
        let copies = self.copies(traffic).into_iter();
        copies
            .map(|Mirror { to, share }| (self.name(to).to_owned(), Percent::from(share).to_value()))
            .collect()
    }

    /// What each subset gets where no rule decides, in percent.
    #[must_use]
    pub fn percentages(&self, traffic: &Traffic) -> BTreeMap<String, Value> {
        let all =
            |id| BTreeMap::from([(self.name(id).to_owned(), Percent::from(Share::ALL).to_value())]);
        let split = match traffic {
            Traffic::Spec => self.policy.split(),
            Traffic::Shifted(split) => split,
            Traffic::Stable | Traffic::Mirrored(_) => return all(self.plan.stable),
            Traffic::Only(id) | Traffic::Pinned(id) | Traffic::Bare(id) => return all(*id),
        };
        let shares = split.shares();
        shares
            .map(|(id, share)| (self.name(id).to_owned(), Percent::from(share).to_value()))
            .collect()
    }

    /// A split with the rest of it, and where it gives all to one subset with the rules that do not.
    fn whole(&self, split: &Split) -> String {
        let words = self.shares(split);
        let ruled = |only| self.plan.ruled.iter().any(|id| *id != only);
        match split.only() {
            Some(only) if ruled(only) => format!("{words} apart from the rules"),
            None if split.shares().any(|(id, _)| id == self.plan.stable) => {
                format!("{words}, the rest {}", self.stable())
            }
            _ => words,
        }
    }

    /// The shares of all but stable; of one that gets all users that it does.
    fn shares(&self, split: &Split) -> String {
        if let Some(only) = split.only() {
            return format!("all {}", self.name(only));
        }
        let others = split.shares().filter(|(id, _)| *id != self.plan.stable);
        let others =
            others.map(|(id, share)| format!("{} {}", self.name(id), Percent::from(share)));
        others.collect::<Vec<_>>().join(", ")
    }

    /// What a shift does: `v2 10 %`, and of one that only lets the rules hold, that.
    pub(super) fn shift(&self, split: &Split) -> String {
        if split.only().is_some() { self.whole(split) } else { self.shares(split) }
    }
}
