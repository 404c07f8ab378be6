//! What becomes of one kind of users, or requests, of a group: who goes where, how many, and why.

use std::ops::Add as _;

use super::reason::Reason;
use super::side::{Placing, Side};
use super::transition::{self, Candidate, Matrix};
use super::users::Users;

/// Parts that differ by less are the same: doubles have rounded.
const ROUNDING: f64 = 1e-12;

/// What the parts are parts of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Users, each of whom stays with what the new Release gives them.
    Users,
    /// Requests: at least one of the Releases draws each anew.
    Requests,
}

/// Those who go from one subset to another.
#[derive(Clone, Debug, PartialEq)]
pub struct Transition {
    /// The name of the subset that served them.
    pub from: String,
    /// The name of the one that does now.
    pub to: String,
    /// Their part of all users of the group.
    pub part: f64,
    /// Their part of those in `from`.
    pub part_of_from: f64,
}

/// A subset's part before and after.
#[derive(Clone, Debug, PartialEq)]
pub struct ShareChange {
    /// The subset's name.
    pub subset: String,
    /// Its part under the old Release.
    pub before: f64,
    /// Its part under the new one.
    pub after: f64,
}

/// What becomes of some users of a group.
#[derive(Clone, Debug, PartialEq)]
pub struct Movement {
    /// Whose.
    pub users: Users,
    /// What is counted.
    pub unit: Unit,
    /// The subsets that either Release gives them, in the order of the old and then the new Release.
    pub shares: Vec<ShareChange>,
    /// Who changes the subset; none where every request is drawn anew before and after, so that no user was
    /// anywhere.
    pub transitions: Vec<Transition>,
    /// The part that gets another subset; of requests that are always drawn anew, the part that must.
    pub moved: f64,
    /// Why, where any do.
    pub reasons: Vec<Reason>,
}

impl Movement {
    /// What becomes of these users of a group.
    pub(super) fn new(old: &Side, new: &Side, users: Users) -> Self {
        let (before, after) = users.identities();
        let placings = (old.placing(before), new.placing(after));
        let (from, to) = (old.candidates(placings.0), new.candidates(placings.1));
        let shares = shares(&from, &to);
        let least = least(&shares);
        let unit = match placings {
            (Placing::Random, _) | (_, Placing::Random) => Unit::Requests,
            _ => Unit::Users,
        };
        let transitions = match placings {
            (Placing::Random, Placing::Random) => Vec::new(),
            _ => moving(&from, &to, &matrix(old, new, &from, &to, placings, users)),
        };
        let moved = match placings {
            (Placing::Random, Placing::Random) => least,
            // The empty sum of doubles is -0.
            _ => transitions.iter().map(|transition| transition.part).fold(0.0, f64::add),
        };
        let mut movement = Self { users, unit, shares, transitions, moved, reasons: Vec::new() };
        if movement.moved > 0.0 {
            movement.reasons = Reason::find(old, new, placings, &movement);
        }
        movement
    }

    /// The part that has to move so that every subset gets its new share.
    #[must_use]
    pub fn least(&self) -> f64 {
        least(&self.shares)
    }

    /// Whether more move than have to.
    #[must_use]
    pub fn is_beyond_least(&self) -> bool {
        self.moved > self.least() + ROUNDING
    }

    /// Whether any subset's share is another one.
    #[must_use]
    pub fn changes_shares(&self) -> bool {
        self.least() > ROUNDING
    }
}

/// Draws are shared where both Releases know a user by the same value and salt it alike.
fn is_shared(old: &Side, new: &Side, placings: (Placing, Placing), users: Users) -> bool {
    placings == (Placing::Drawn, Placing::Drawn)
        && users == Users::Known
        && old.policy.cohort() == new.policy.cohort()
}

fn matrix(
    old: &Side,
    new: &Side,
    from: &[Candidate],
    to: &[Candidate],
    placings: (Placing, Placing),
    users: Users,
) -> Matrix {
    if is_shared(old, new, placings, users) {
        transition::shared(from, to)
    } else {
        transition::independent(from, to)
    }
}

fn moving(old: &[Candidate], new: &[Candidate], matrix: &Matrix) -> Vec<Transition> {
    let mut moving = Vec::new();
    for (from, row) in old.iter().zip(matrix) {
        for (to, part) in new.iter().zip(row) {
            // Users see names, whatever key the draw knows the subset by.
            if from.subset != to.subset && *part > 0.0 {
                moving.push(Transition {
                    from: from.subset.to_owned(),
                    to: to.subset.to_owned(),
                    part: *part,
                    part_of_from: part / from.weight,
                });
            }
        }
    }
    moving
}

fn shares(old: &[Candidate], new: &[Candidate]) -> Vec<ShareChange> {
    let part = |split: &[Candidate], subset: &str| {
        split.iter().find(|candidate| candidate.subset == subset).map_or(0.0, |found| found.weight)
    };
    let mut shares: Vec<ShareChange> = Vec::new();
    for candidate in old.iter().chain(new) {
        if shares.iter().all(|share| share.subset != candidate.subset) {
            shares.push(ShareChange {
                subset: candidate.subset.to_owned(),
                before: part(old, candidate.subset),
                after: part(new, candidate.subset),
            });
        }
    }
    shares
}

fn least(shares: &[ShareChange]) -> f64 {
    shares.iter().map(|share| (share.after - share.before).max(0.0)).fold(0.0, f64::add)
}

#[cfg(test)]
mod tests;
