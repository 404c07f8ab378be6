//! A comparison for programs: one document.

use std::collections::BTreeMap;

use document::report::Portion;
use serde::Serialize;

use super::group::Group;
use super::movement::{Movement, Unit};
use super::witness::Witness;
use super::{Coverage, Diff};

/// A comparison as programs read it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Document<'d> {
    old: &'d str,
    new: &'d str,
    /// Whether any user moves, or any request is decided otherwise.
    moves: bool,
    coverage: &'static str,
    groups: Vec<Entry<'d>>,
    changes: Vec<Changed<'d>>,
}

/// One kind of users of a group.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'d> {
    old_rule: Option<&'d str>,
    new_rule: Option<&'d str>,
    users: &'static str,
    unit: &'static str,
    witness: Option<Request<'d>>,
    moved_percent: f64,
    least_percent: f64,
    shares: Vec<Share<'d>>,
    transitions: Vec<Moved<'d>>,
    reasons: Vec<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Share<'d> {
    subset: &'d str,
    old_percent: f64,
    new_percent: f64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Moved<'d> {
    from: &'d str,
    to: &'d str,
    percent: f64,
    percent_of_from: f64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Changed<'d> {
    change: &'static str,
    name: Option<&'d str>,
    message: &'d str,
    witness: Option<Request<'d>>,
    moves: bool,
}

#[derive(Serialize)]
struct Request<'d> {
    curl: String,
    caller: BTreeMap<&'d str, &'d str>,
}

impl<'d> From<&'d Witness> for Request<'d> {
    fn from(witness: &'d Witness) -> Self {
        Self { curl: witness.curl(), caller: witness.caller().collect() }
    }
}

/// The comparison.
#[must_use]
pub fn document(diff: &Diff) -> Document<'_> {
    let changes = diff.notes.iter().map(|note| Changed {
        change: note.topic.as_str(),
        name: note.name.as_deref(),
        message: &note.message,
        witness: note.witness.as_ref().map(Request::from),
        moves: note.is_move,
    });
    Document {
        old: &diff.old,
        new: &diff.new,
        moves: diff.moves(),
        coverage: match diff.coverage {
            Coverage::Proven => "proven",
            Coverage::Tried => "tried",
            Coverage::Cut => "cut",
        },
        groups: diff.movements().map(|(group, movement)| entry(group, movement)).collect(),
        changes: changes.collect(),
    }
}

fn entry<'d>(group: &'d Group, movement: &'d Movement) -> Entry<'d> {
    let shares = movement.shares.iter().map(|share| Share {
        subset: &share.subset,
        old_percent: Portion::of_one(share.before).rounded(),
        new_percent: Portion::of_one(share.after).rounded(),
    });
    let transitions = movement.transitions.iter().map(|transition| Moved {
        from: &transition.from,
        to: &transition.to,
        percent: Portion::of_one(transition.part).rounded(),
        percent_of_from: Portion::of_one(transition.part_of_from).rounded(),
    });
    Entry {
        old_rule: group.old.as_deref(),
        new_rule: group.new.as_deref(),
        users: movement.users.as_str(),
        unit: match movement.unit {
            Unit::Users => "users",
            Unit::Requests => "requests",
        },
        witness: group.witness.as_ref().map(Request::from),
        moved_percent: Portion::of_one(movement.moved).rounded(),
        least_percent: Portion::of_one(movement.least()).rounded(),
        shares: shares.collect(),
        transitions: transitions.collect(),
        reasons: movement.reasons.iter().map(|reason| reason.as_str()).collect(),
    }
}
