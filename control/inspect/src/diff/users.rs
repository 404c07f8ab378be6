//! Whose requests a group counts: users by what becomes of their identity.

use policy::Policy;
use policy::policy::Subject;

use super::side::{Identity, Side};

/// Users of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Users {
    /// All: neither Release asks who they are.
    All,
    /// Those whom both Releases know by the same value.
    Known,
    /// Those whom the new Release knows by another value than the old one.
    Another,
    /// Those whom only the new Release knows.
    Gained,
    /// Those whom only the old Release knows.
    Lost,
    /// Requests in which neither Release finds an identity.
    Anonymous,
}

impl Users {
    /// Those that there can be among the requests of two splits.
    pub(super) fn between(old: &Side, new: &Side) -> Vec<Self> {
        match (old.asks_identity(), new.asks_identity()) {
            (false, false) => vec![Self::All],
            (true, true) => Self::of(old.policy.identity(), new.policy.identity()),
            _ => vec![Self::Known, Self::Anonymous],
        }
    }

    /// Those that there can be where both lists of identities are asked, the first one present of each.
    fn of(old: &[Subject], new: &[Subject]) -> Vec<Self> {
        // Whatever a request has besides the two that are found, it would be found without it.
        let sent = old.iter().chain(new).flat_map(|a| old.iter().chain(new).map(move |b| [a, b]));
        let first = |list: &[Subject], sent: &[&Subject; 2]| {
            list.iter().position(|subject| sent.contains(&subject)).map(|at| list[at].clone())
        };
        let mut users: Vec<Self> = sent
            .filter_map(|sent| match (first(old, &sent), first(new, &sent)) {
                (Some(a), Some(b)) if a == b => Some(Self::Known),
                (Some(_), Some(_)) => Some(Self::Another),
                (None, Some(_)) => Some(Self::Gained),
                (Some(_), None) => Some(Self::Lost),
                (None, None) => None,
            })
            .collect();
        users.push(Self::Anonymous);
        users.sort_unstable();
        users.dedup();
        users
    }

    /// Whether the old and the new Release know who they are.
    pub(super) fn identities(self) -> (Identity, Identity) {
        match self {
            Self::All | Self::Known | Self::Another => (Identity::Known, Identity::Known),
            Self::Gained => (Identity::Absent, Identity::Known),
            Self::Lost => (Identity::Known, Identity::Absent),
            Self::Anonymous => (Identity::Absent, Identity::Absent),
        }
    }

    /// The word for programs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Known => "known",
            Self::Another => "another-identity",
            Self::Gained => "identity-gained",
            Self::Lost => "identity-lost",
            Self::Anonymous => "anonymous",
        }
    }
}

/// The identities of a Release, as in: cookie `device-id`, then header `x-user-id`.
pub(super) fn list(policy: &Policy) -> String {
    let name = |subject: &Subject| match subject {
        Subject::Header(name) => format!("header `{}`", name.as_str()),
        Subject::Cookie(name) => format!("cookie `{name}`"),
        Subject::Query(name) => format!("query `{name}`"),
        Subject::Caller(label) => format!("caller `{label}`"),
        Subject::Path => "the path".to_owned(),
    };
    let names: Vec<String> = policy.identity().iter().map(name).collect();
    if names.is_empty() { "nothing".to_owned() } else { names.join(", then ") }
}
