//! The gate: a few conditions that routes can test by themselves, one of which every request meets that can leave
//! the stable subset. Where there is one, only requests that meet it are shown to the filter.
//!
//! In: a Policy. Out: conditions, joined by "or"; or none, where every request can leave, or too many conditions
//! would have to be asked. A condition is necessary, never sufficient: the filter decides what passes. It is about
//! headers, which Envoy compares with their lines joined by commas; the filter tests each line: so what stands in a
//! header that may repeat is only ever sought anywhere in it.

mod condition;
mod necessary;

use policy::Policy;
use policy::policy::{Rule, Split};

pub use condition::{Condition, Input, Relation, Test};

/// The conditions, joined by "or".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gate {
    conditions: Vec<Condition>,
}

impl Gate {
    /// The most conditions that a gate has: each costs a request that passes none of them a route.
    pub const MOST: usize = 8;

    /// The gate of a Release; none where it has none.
    #[must_use]
    pub fn of(policy: &Policy) -> Option<Self> {
        let stays = |split: &Split| split.only() == Some(policy.stable());
        if !stays(policy.split()) {
            return None;
        }
        // Rules that keep all users on stable let none out.
        let leaving = policy.rules().iter().filter(|rule| !stays(rule.split()));
        let mut conditions: Vec<Condition> = Vec::new();
        for block in leaving.flat_map(Rule::blocks) {
            for condition in necessary::conditions(block)? {
                if conditions.iter().any(|known| condition.implies(known)) {
                    continue;
                }
                conditions.retain(|known| !known.implies(&condition));
                conditions.push(condition);
            }
            if conditions.len() > Self::MOST {
                return None;
            }
        }
        // Where no user leaves there is nothing to gain, and the filter counts what it sees.
        (!conditions.is_empty()).then_some(Self { conditions })
    }

    /// One of them every request meets that can leave the stable subset.
    #[must_use]
    pub fn conditions(&self) -> &[Condition] {
        &self.conditions
    }
}

#[cfg(test)]
mod tests;
