//! From what became of each request to a row for each group: how many users each subset has, who moved, what
//! failed, and whether all that is as promised.

use std::collections::BTreeMap;

use serde::Serialize;

use super::population::Population;
use super::traffic::{Fate, Observation};
use crate::traffic::binomial::ONE_IN_A_MILLION;
use crate::traffic::share::Share;

/// A group of users and where they were served.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// The group's name.
    pub group: String,
    /// Its users who were served.
    pub users: u64,
    /// What each subset was promised, and got.
    pub subsets: BTreeMap<String, Share>,
    /// The requests that were sent.
    pub requests: u64,
    /// Those that failed, by kind.
    pub errors: BTreeMap<String, u64>,
    /// The users who were served by more than one subset.
    pub moved: u64,
}

impl Row {
    /// Whether everything is as promised.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.users > 0
            && self.moved == 0
            && self.errors.is_empty()
            && self.subsets.values().all(Share::is_ok)
    }

    /// The requests that failed.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.errors.values().sum()
    }
}

/// What is known of a user.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    subset: Option<usize>,
    has_moved: bool,
}

/// A row for each group.
#[must_use]
pub fn rows(population: &Population, subsets: &[String], observations: &[Observation]) -> Vec<Row> {
    let mut seen = vec![Seen::default(); population.users.len()];
    let mut requests = vec![0; population.groups.len()];
    let mut errors = vec![BTreeMap::new(); population.groups.len()];
    for observation in observations {
        let group = population.users[observation.user].group;
        requests[group] += 1;
        let seen = &mut seen[observation.user];
        match observation.fate {
            Fate::Served(subset) => {
                let first = *seen.subset.get_or_insert(subset);
                seen.has_moved |= first != subset;
            }
            Fate::Failed(fault) => *errors[group].entry(fault.to_string()).or_insert(0) += 1,
        }
    }
    let groups = population.groups.iter().enumerate();
    let rows = groups.map(|(position, crowd)| {
        let members = population.users.iter().zip(&seen);
        let members: Vec<&Seen> =
            members.filter(|(user, _)| user.group == position).map(|(_, seen)| seen).collect();
        let served = |subset| count(members.iter().filter(|seen| seen.subset == subset).count());
        let users = count(members.len()) - served(None);
        let shares = subsets.iter().enumerate().map(|(subset, name)| {
            let nominal = crowd.expect.get(name).copied().unwrap_or(0.0);
            (name.clone(), Share::new(nominal, served(Some(subset)), users, ONE_IN_A_MILLION))
        });
        Row {
            group: crowd.name.clone(),
            users,
            subsets: shares.collect(),
            requests: requests[position],
            errors: errors[position].clone(),
            moved: count(members.iter().filter(|seen| seen.has_moved).count()),
        }
    });
    rows.collect()
}

fn count(number: usize) -> u64 {
    number as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::visitors::Visitors;
    use crate::traffic::fault::Fault;

    const VISITORS: &str = "
authority: a.example.com
groups:
- {name: one, users: 2, requests: 2, expect: {v1: 100}}
- {name: two, users: 2, requests: 1, expect: {v1: 50, v2: 50}}
";

    fn row(fates: [Fate; 6], position: usize) -> Row {
        let population = Population::new(&Visitors::read(VISITORS).unwrap(), None).unwrap();
        let users = [0, 0, 1, 1, 2, 3];
        let observations: Vec<Observation> =
            users.into_iter().zip(fates).map(|(user, fate)| Observation { user, fate }).collect();
        rows(&population, &["v1".to_owned(), "v2".to_owned()], &observations).remove(position)
    }

    #[test]
    fn users_are_counted_where_they_were_served() {
        let row = row([Fate::Served(0); 6], 0);
        assert!(row.is_ok());
        assert_eq!((row.users, row.requests, row.moved, row.failed()), (2, 4, 0, 0));
        assert_eq!(
            row.subsets["v1"],
            Share { nominal: 100.0, actual: 100.0, users: 2, least: 2, most: 2 }
        );
        assert_eq!(
            row.subsets["v2"],
            Share { nominal: 0.0, actual: 0.0, users: 0, least: 0, most: 0 }
        );
    }

    #[test]
    fn a_user_who_moves_is_an_error() {
        let mut fates = [Fate::Served(0); 6];
        fates[3] = Fate::Served(1);
        let row = row(fates, 0);
        assert_eq!(row.moved, 1);
        assert!(!row.is_ok());
    }

    #[test]
    fn failures_are_counted_by_kind() {
        let failed = Fate::Failed(Fault::Status(503));
        let row =
            row([failed, Fate::Served(0), failed, failed, Fate::Served(0), Fate::Served(0)], 0);
        assert_eq!(row.errors, BTreeMap::from([("status 503".to_owned(), 3)]));
        assert_eq!((row.users, row.failed()), (1, 3));
        assert!(!row.is_ok());
    }

    #[test]
    fn a_share_that_chance_does_not_explain_is_an_error() {
        let row = row([Fate::Served(1); 6], 0);
        assert!(!row.is_ok());
    }
}
