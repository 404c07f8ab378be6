//! From what became of each request to who answered how many, of how many users, and what failed.

use std::collections::BTreeMap;

use super::latency::Latencies;
use super::load::Seen;

/// The versions that are told apart; a sign that finds more finds something else.
pub const MOST_VERSIONS: usize = 32;

/// What was seen so far.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// The requests that were answered or failed.
    pub requests: u64,
    /// Those that failed, by kind.
    pub errors: BTreeMap<String, u64>,
    /// The answers that do not say who gave them.
    pub unsaid: u64,
    /// The answers of further versions, when there were [`MOST_VERSIONS`] already.
    pub further: u64,
    /// How long answers took.
    pub latencies: Latencies,
    versions: Vec<Version>,
    users: Vec<User>,
}

/// A version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Its name.
    pub name: String,
    /// The requests that it answered.
    pub requests: u64,
    /// The users whom it was the first to answer.
    pub users: u64,
}

/// What is known of a user.
#[derive(Clone, Copy, Debug, Default)]
struct User {
    /// The position of the first version that answered.
    first: Option<usize>,
    has_moved: bool,
}

impl Tally {
    /// Nothing was seen of so many users; none: every request is a user of its own.
    #[must_use]
    pub fn new(users: Option<usize>) -> Self {
        Self { users: vec![User::default(); users.unwrap_or_default()], ..Self::default() }
    }

    /// The versions that answered, in the order in which they were seen.
    #[must_use]
    pub fn versions(&self) -> &[Version] {
        &self.versions
    }

    /// The users who were answered by more than one version.
    #[must_use]
    pub fn moved(&self) -> u64 {
        self.users.iter().filter(|user| user.has_moved).count() as u64
    }

    /// Takes an answer into account.
    pub fn see(&mut self, seen: Seen) {
        self.requests += 1;
        match seen.answered {
            Err(fault) => *self.errors.entry(fault.to_string()).or_insert(0) += 1,
            Ok(name) => {
                self.latencies.add(seen.latency);
                match name {
                    None => self.unsaid += 1,
                    Some(name) => self.answered(seen.user, name),
                }
            }
        }
    }

    fn answered(&mut self, user: usize, name: String) {
        let known = self.versions.iter().position(|version| version.name == name);
        let position = known.unwrap_or(self.versions.len());
        if known.is_none() {
            if self.versions.len() == MOST_VERSIONS {
                self.further += 1;
                return;
            }
            self.versions.push(Version { name, requests: 0, users: 0 });
        }
        let Some(version) = self.versions.get_mut(position) else { return };
        version.requests += 1;
        let is_new = self.users.get_mut(user).is_none_or(|user| {
            let is_new = user.first.is_none();
            let first = *user.first.get_or_insert(position);
            user.has_moved |= first != position;
            is_new
        });
        version.users += u64::from(is_new);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::traffic::fault::Fault;

    fn see(tally: &mut Tally, user: usize, answered: Result<Option<&str>, Fault>) {
        let answered = answered.map(|name| name.map(str::to_owned));
        tally.see(Seen { user, answered, latency: Duration::from_millis(1) });
    }

    fn version(name: &str, requests: u64, users: u64) -> Version {
        Version { name: name.to_owned(), requests, users }
    }

    #[test]
    fn users_count_where_they_were_answered_first() {
        let mut tally = Tally::new(Some(3));
        for (user, name) in [(0, "v1"), (1, "v2"), (0, "v1"), (1, "v1"), (1, "v2"), (2, "v1")] {
            see(&mut tally, user, Ok(Some(name)));
        }
        assert_eq!(tally.versions(), [version("v1", 4, 2), version("v2", 2, 1)]);
        assert_eq!((tally.requests, tally.moved()), (6, 1));
    }

    #[test]
    fn without_an_identity_every_request_is_a_user() {
        let mut tally = Tally::new(None);
        for name in ["v1", "v2", "v1"] {
            see(&mut tally, 0, Ok(Some(name)));
        }
        assert_eq!(tally.versions(), [version("v1", 2, 2), version("v2", 1, 1)]);
        assert_eq!(tally.moved(), 0);
    }

    #[test]
    fn what_fails_and_what_does_not_say_who_answered_is_counted() {
        let mut tally = Tally::new(Some(1));
        see(&mut tally, 0, Err(Fault::Status(503)));
        see(&mut tally, 0, Err(Fault::Status(503)));
        see(&mut tally, 0, Ok(None));
        see(&mut tally, 0, Ok(Some("v1")));
        assert_eq!(tally.errors, BTreeMap::from([("status 503".to_owned(), 2)]));
        assert_eq!((tally.requests, tally.unsaid), (4, 1));
        assert_eq!(tally.versions(), [version("v1", 1, 1)]);
    }

    #[test]
    fn versions_without_end_do_not_fill_the_memory() {
        let mut tally = Tally::new(Some(1));
        for number in 0..1000 {
            see(&mut tally, 0, Ok(Some(&number.to_string())));
        }
        assert_eq!(tally.versions().len(), MOST_VERSIONS);
        assert_eq!(tally.further, 1000 - MOST_VERSIONS as u64);
    }
}
