//! Sends a population's requests: over several kept-alive connections at once, each user over different ones.
//!
//! Which request goes over which connection is fixed; a connection that breaks is opened again and the request
//! that was on it counts as failed.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::task::JoinSet;

use super::population::Population;
use crate::proxy::Answer;
use crate::traffic::fault::Fault;
use crate::traffic::line::Line;
use crate::traffic::progress::{Counter, Progress};

/// How many connections there are: more than workers of Envoy, so that each worker has some.
pub const CONNECTIONS: usize = 8;

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It was served by the subset at this position.
    Served(usize),
    /// It failed.
    Failed(Fault),
}

impl Fate {
    /// What an answer tells; the servers name their subset.
    #[must_use]
    pub fn of(asked: Result<Answer, Fault>, subsets: &[String]) -> Self {
        let served = asked.and_then(|answer| {
            let served_by = answer.served_by().ok_or(Fault::Unknown)?;
            subsets.iter().position(|subset| subset == served_by).ok_or(Fault::Unknown)
        });
        served.map_or_else(Self::Failed, Self::Served)
    }
}

/// One request of a user, and what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Observation {
    /// The position of the user.
    pub user: usize,
    /// What became of the request.
    pub fate: Fate,
}

/// Sends all requests of `population` to `address` and returns what became of each.
pub async fn send(
    address: SocketAddr,
    population: &Population,
    subsets: &[String],
    progress: &Progress,
) -> Vec<Observation> {
    let population = Arc::new(population.clone());
    let subsets: Arc<[String]> = subsets.into();
    let mut lanes = JoinSet::new();
    for lane in 0..CONNECTIONS {
        let line = Line::new(address);
        let (population, subsets) = (Arc::clone(&population), Arc::clone(&subsets));
        lanes.spawn(drive(lane, line, population, subsets, progress.counter()));
    }
    lanes.join_all().await.into_iter().flatten().collect()
}

async fn drive(
    lane: usize,
    mut line: Line,
    population: Arc<Population>,
    subsets: Arc<[String]>,
    counter: Counter,
) -> Vec<Observation> {
    let rounds = population.groups.iter().map(|group| group.requests).max().unwrap_or(0);
    let mut observations = Vec::new();
    for round in 0..rounds {
        for user in turn(population.users.len(), lane, round as usize) {
            let visitor = &population.users[user];
            if round < population.requests_of(visitor) {
                let fate = Fate::of(line.ask(&visitor.request).await, &subsets);
                observations.push(Observation { user, fate });
                counter.step();
            }
        }
    }
    observations
}

/// The users whose request goes over the connection `lane` in a round: all in all rounds together, each once in
/// every [`CONNECTIONS`] rounds.
pub fn turn(users: usize, lane: usize, round: usize) -> impl Iterator<Item = usize> {
    let first = (lane + CONNECTIONS - round % CONNECTIONS) % CONNECTIONS;
    (first..users).step_by(CONNECTIONS)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_user_has_one_turn_a_round_and_visits_all_connections() {
        let users = 21;
        let mut seen = BTreeSet::new();
        for round in 0..CONNECTIONS {
            let mut this_round: Vec<usize> = Vec::new();
            for lane in 0..CONNECTIONS {
                for user in turn(users, lane, round) {
                    seen.insert((user, lane));
                    this_round.push(user);
                }
            }
            this_round.sort_unstable();
            assert_eq!(this_round, (0..users).collect::<Vec<_>>());
        }
        assert_eq!(seen.len(), users * CONNECTIONS);
    }
}
