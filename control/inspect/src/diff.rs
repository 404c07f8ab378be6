//! What a change of a Release means for its users: who moves, from which subset to which, how many, and why.
//!
//! Splits are compared exactly ([`transition`] has the mathematics), rules by running both programs on requests that
//! are made of the conditions of both ([`witness`]): [`group::Group`]s are the requests that one rule took and one
//! takes, and each has the transitions of its two splits. Everything else that changed is a [`note::Note`].

pub mod group;
pub mod json;
pub mod movement;
pub mod note;
mod notes;
mod pairing;
pub mod reason;
mod rules;
mod side;
mod signature;
pub mod text;
pub mod transition;
pub mod users;
pub mod witness;

use policy::Checked;

use group::{Group, Witnesses};
use movement::Movement;
use note::Note;
use pairing::Pairing;
use witness::Extent;

/// Two Releases compared.
#[derive(Clone, Debug)]
pub struct Diff {
    /// The old Release, as `namespace/name`.
    pub old: String,
    /// The new one.
    pub new: String,
    /// What becomes of requests, by the rules that take them.
    pub groups: Vec<Group>,
    /// What else changed.
    pub notes: Vec<Note>,
    /// Whether these are all groups that there are.
    pub coverage: Coverage,
}

/// How it is known which rules take which requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// Both Releases have the same conditions in the same order.
    Proven,
    /// By requests that were made of the conditions.
    Tried,
    /// By some of those requests: there would have been too many.
    Cut,
}

impl Diff {
    /// Compares two Releases.
    #[must_use]
    pub fn new(old: &Checked, new: &Checked) -> Self {
        let pairing = Pairing::new(&old.policy, &new.policy);
        let witnesses = Witnesses::find(old, new, &pairing);
        let coverage = match (pairing.is_same(), witnesses.extent) {
            (true, _) => Coverage::Proven,
            (false, Extent::All) => Coverage::Tried,
            (false, Extent::Cut) => Coverage::Cut,
        };
        let mut notes = notes::notes(&old.policy, &new.policy);
        notes.extend(rules::notes(old, new, &pairing, &witnesses));
        Self {
            old: old.policy.full_name(),
            new: new.policy.full_name(),
            groups: witnesses.groups(old, new, &pairing),
            notes,
            coverage,
        }
    }

    /// Whether any user moves, or any request is decided otherwise.
    #[must_use]
    pub fn moves(&self) -> bool {
        self.notes.iter().any(|note| note.is_move)
            || self.movements().any(|(_, movement)| movement.moved > 0.0)
    }

    /// The largest part of the users of a group that moves; all, where requests are decided otherwise that no group
    /// counts.
    #[must_use]
    pub fn moved(&self) -> f64 {
        if self.notes.iter().any(|note| note.is_move) {
            return 1.0;
        }
        self.movements().map(|(_, movement)| movement.moved).fold(0.0, f64::max)
    }

    /// What becomes of whom.
    pub fn movements(&self) -> impl Iterator<Item = (&Group, &Movement)> {
        self.groups.iter().flat_map(|group| group.movements.iter().map(move |m| (group, m)))
    }
}

#[cfg(test)]
mod tests;
