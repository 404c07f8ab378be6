//! Why users move.

use super::movement::{Movement, Transition};
use super::side::{Placing, Side};
use super::users::Users;

/// One cause; a movement may have several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The subsets' shares changed.
    Shares,
    /// Another rule, or none, takes them.
    Rule,
    /// Another subset is the stable one.
    Stable,
    /// The cohort changed: each user is drawn anew.
    Cohort,
    /// Users are known by another value: they are drawn anew.
    Identity,
    /// Whether users stay changed: there is no draw, or none before, that says where they are.
    Sticky,
    /// A subset is drawn by another key: for the draw it is another subset.
    Key,
    /// More than two subsets: more users move than the shares ask for.
    Churn,
    /// Some have an identity in one of the Releases only.
    Known,
    /// What requests without an identity get changed.
    Anonymous,
    /// Each request is drawn anew, before and after.
    Random,
}

impl Reason {
    /// The word for programs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Shares => "shares",
            Self::Rule => "rule",
            Self::Stable => "stable",
            Self::Cohort => "reshuffle-cohort",
            Self::Identity => "reshuffle-identity",
            Self::Sticky => "reshuffle-sticky",
            Self::Key => "reshuffle-key",
            Self::Churn => "churn",
            Self::Known => "identity",
            Self::Anonymous => "anonymous",
            Self::Random => "random",
        }
    }

    /// Why so many move, all but [`Reason::Rule`], which the group knows.
    pub(super) fn find(
        old: &Side,
        new: &Side,
        placings: (Placing, Placing),
        movement: &Movement,
    ) -> Vec<Self> {
        let name = |side: &Side| side.policy.subset_name(side.policy.stable()).to_owned();
        let is_stable_changed = name(old) != name(new);
        let mut reasons = Vec::new();
        let mut add = |is_so: bool, reason: Self| reasons.extend(is_so.then_some(reason));
        add(movement.changes_shares(), Self::Shares);
        add(is_stable_changed, Self::Stable);
        match movement.users {
            Users::Gained | Users::Lost => add(true, Self::Known),
            Users::Anonymous => {
                add(old.policy.anonymous() != new.policy.anonymous(), Self::Anonymous);
            }
            Users::All | Users::Known | Users::Another => {}
        }
        match placings {
            (Placing::Drawn, Placing::Drawn) => {
                let is_salted = old.policy.cohort() != new.policy.cohort();
                let is_another = movement.users == Users::Another;
                let is_keyed = !is_salted && !is_another;
                add(is_salted, Self::Cohort);
                add(is_another, Self::Identity);
                add(is_keyed && !is_stable_changed && keys_differ(old, new), Self::Key);
                let is_churn = is_keyed && !is_stable_changed && !keys_differ(old, new);
                add(is_churn && movement.is_beyond_least(), Self::Churn);
            }
            (Placing::Random, Placing::Random) => add(true, Self::Random),
            _ => add(old.is_sticky_unlike(new), Self::Sticky),
        }
        reasons
    }
}

/// Whether a subset that serves users before and after is drawn by another key.
fn keys_differ(old: &Side, new: &Side) -> bool {
    let after = new.candidates(Placing::Drawn);
    old.candidates(Placing::Drawn)
        .iter()
        .any(|a| after.iter().any(|b| a.subset == b.subset && a.key != b.key))
}

/// What moves although the shares do not ask for it: out of a subset that does not shrink, or into one that does
/// not grow.
pub(super) fn churn(movement: &Movement) -> impl Iterator<Item = &Transition> {
    let grows = |name: &str| {
        let share = movement.shares.iter().find(|share| share.subset == name);
        share.map_or(0.0, |share| share.after - share.before)
    };
    movement
        .transitions
        .iter()
        .filter(move |moving| grows(&moving.from) >= 0.0 || grows(&moving.to) <= 0.0)
}
