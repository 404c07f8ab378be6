//! Why users move, in words.

use document::report::Portion;

use super::super::movement::{Movement, Unit};
use super::super::reason::{self, Reason};
use super::super::users::Users;

/// Why they move, as far as the title does not say.
pub(super) fn lines(movement: &Movement) -> Vec<String> {
    let mut lines: Vec<String> =
        movement.reasons.iter().filter_map(|reason| sentence(*reason, movement)).collect();
    let mut into = movement.transitions.iter().map(|transition| &transition.to);
    if lines.is_empty()
        && movement.unit == Unit::Users
        && let Some(first) = into.next()
        && into.all(|other| other == first)
    {
        lines.push(format!("only into {first}: no users leave it"));
    }
    lines
}

fn sentence(reason: Reason, movement: &Movement) -> Option<String> {
    let text = match reason {
        Reason::Cohort => {
            "a reshuffle of all users: the cohort changed, so each user is drawn anew"
        }
        Reason::Identity => {
            "a reshuffle of all of these: they are identified by another value, so each is drawn anew"
        }
        Reason::Sticky if movement.users == Users::Anonymous => {
            "`sticky` changed: `anonymous` applies only to sticky splits"
        }
        Reason::Sticky => {
            "a reshuffle of all users: `sticky` changed, so users do not stay where their last requests went"
        }
        Reason::Key => {
            "a reshuffle around a changed key: the draw treats its subset as another one, which loses the users it had"
        }
        Reason::Stable => {
            "another subset is stable: the split hashes the stable subset as `stable`, and users follow that"
        }
        Reason::Anonymous => "`anonymous` changed",
        Reason::Churn => return Some(churn(movement)),
        Reason::Shares | Reason::Rule | Reason::Known | Reason::Random => return None,
    };
    Some(text.to_owned())
}

fn churn(movement: &Movement) -> String {
    let beyond: Vec<String> = reason::churn(movement)
        .map(|transition| format!("{} -> {}", transition.from, transition.to))
        .collect();
    format!(
        "{} move where {} would be enough ({}): with more than two subsets, users move to any subset whose weight \
         grew relative to their own",
        Portion::of_one(movement.moved),
        Portion::of_one(movement.least()),
        beyond.join(", ")
    )
}
