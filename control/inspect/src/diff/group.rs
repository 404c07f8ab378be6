//! Groups of requests: those that one rule of the old Release took and one of the new Release takes.

use std::collections::BTreeMap;

use policy::{Checked, Scratch};

use super::movement::Movement;
use super::pairing::Pairing;
use super::reason::Reason;
use super::side::Side;
use super::users::Users;
use super::witness::{self, Extent, Witness};

/// The place of the rule that takes a request in the old and in the new Release; `None`: no rule does.
pub(super) type Taken = (Option<usize>, Option<usize>);

/// Requests that are decided by the same rules.
#[derive(Clone, Debug)]
pub struct Group {
    /// The name of the old Release's rule; `None`: no rule took them.
    pub old: Option<String>,
    /// The name of the new Release's rule; `None`: no rule takes them.
    pub new: Option<String>,
    /// Whether it is the same rule in both.
    pub is_same_rule: bool,
    /// One of them, where one was found.
    pub witness: Option<Witness>,
    /// What becomes of their users; at least one.
    pub movements: Vec<Movement>,
}

/// What requests were found.
#[derive(Debug)]
pub(super) struct Witnesses {
    found: BTreeMap<Taken, Witness>,
    pub(super) extent: Extent,
}

impl Witnesses {
    /// Tries requests on both programs.
    pub(super) fn find(old: &Checked, new: &Checked, pairing: &Pairing) -> Self {
        let mut found: BTreeMap<Taken, Witness> = BTreeMap::new();
        let (mut before, mut after) = (Scratch::default(), Scratch::default());
        let mut see = |request: &Witness| {
            let mut sent = &request.sent();
            let taken = (
                old.program.decide(&mut sent, &mut before).rule,
                new.program.decide(&mut sent, &mut after).rule,
            );
            let is_better = |known: &Witness| request.len() < known.len();
            if found.get(&taken).is_none_or(is_better) {
                found.insert(taken, request.clone());
            }
        };
        let extent = witness::each(&old.policy, &new.policy, pairing, &mut see);
        Self { found, extent }
    }

    /// A request for which this holds.
    pub(super) fn first(&self, is_so: impl Fn(&Taken) -> bool) -> Option<&Witness> {
        self.found.iter().find(|(taken, _)| is_so(taken)).map(|(_, witness)| witness)
    }

    /// The groups, in the order of the new Release's rules, what no rule takes last.
    pub(super) fn groups(&self, old: &Checked, new: &Checked, pairing: &Pairing) -> Vec<Group> {
        let mut all: BTreeMap<Taken, Option<&Witness>> =
            self.found.iter().map(|(taken, witness)| (*taken, Some(witness))).collect();
        all.entry((None, None)).or_insert(None);
        // Rules that no request was found for may take some all the same.
        for kept in &pairing.kept {
            let taken = (Some(kept.old), Some(kept.new));
            let is_reached = |found: &Taken| found.0 == taken.0 || found.1 == taken.1;
            if pairing.is_same() || self.first(is_reached).is_none() {
                all.entry(taken).or_insert(None);
            }
        }
        let mut groups: Vec<(Taken, Group)> = all
            .into_iter()
            .map(|(taken, witness)| (taken, group(old, new, pairing, taken, witness.cloned())))
            .collect();
        let place = |rule: Option<usize>| rule.unwrap_or(usize::MAX);
        groups.sort_by_key(|((old, new), _)| (place(*new), place(*old)));
        groups.into_iter().map(|(_, group)| group).collect()
    }
}

fn group(
    old: &Checked,
    new: &Checked,
    pairing: &Pairing,
    taken: Taken,
    witness: Option<Witness>,
) -> Group {
    let is_same_rule = match taken {
        (None, None) => true,
        (Some(old), Some(new)) => pairing.of_new(new).is_some_and(|kept| kept.old == old),
        _ => false,
    };
    let sides = (Side::new(&old.policy, taken.0), Side::new(&new.policy, taken.1));
    let mut movements = Vec::new();
    for users in Users::between(&sides.0, &sides.1) {
        let mut movement = Movement::new(&sides.0, &sides.1, users);
        if movement.moved > 0.0 && !is_same_rule {
            movement.reasons.insert(0, Reason::Rule);
        }
        // Requests without identity are worth a word only where something changes for them.
        if users != Users::Anonymous || movement.moved > 0.0 {
            movements.push(movement);
        }
    }
    let name = |checked: &Checked, rule: Option<usize>| {
        Some(checked.policy.rules().get(rule?)?.name().to_owned())
    };
    Group { old: name(old, taken.0), new: name(new, taken.1), is_same_rule, witness, movements }
}
