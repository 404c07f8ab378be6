//! Sends a population's requests: over several kept-alive connections at once, each user over different ones.
//!
//! Which request goes over which connection is fixed; a connection that breaks is opened again and the request
//! that was on it counts as failed.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use hyper::http::{Request, StatusCode};
use tokio::task::JoinSet;

use super::population::Population;
use super::progress::{Counter, Progress};
use crate::proxy::{Client, Failure};

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

/// How a request failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// No whole answer came.
    Unanswered(Failure),
    /// The answer had another status than 200.
    Status(u16),
    /// The answer names no subset.
    Unknown,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unanswered(failure) => failure.fmt(f),
            Self::Status(status) => write!(f, "status {status}"),
            Self::Unknown => f.write_str("unknown server"),
        }
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
        let line = Line::new(address, Arc::clone(&subsets));
        lanes.spawn(drive(lane, line, Arc::clone(&population), progress.counter()));
    }
    lanes.join_all().await.into_iter().flatten().collect()
}

async fn drive(
    lane: usize,
    mut line: Line,
    population: Arc<Population>,
    counter: Counter,
) -> Vec<Observation> {
    let rounds = population.groups.iter().map(|group| group.requests).max().unwrap_or(0);
    let mut observations = Vec::new();
    for round in 0..rounds {
        for user in turn(population.users.len(), lane, round as usize) {
            let visitor = &population.users[user];
            if round < population.requests_of(visitor) {
                let fate = line.ask(&visitor.request).await;
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

/// A connection that is opened again when it broke.
#[derive(Debug)]
pub struct Line {
    address: SocketAddr,
    subsets: Arc<[String]>,
    client: Option<Client>,
    opened: u32,
}

impl Line {
    /// A connection to `address`, opened by the first request, behind which servers of `subsets` answer.
    #[must_use]
    pub fn new(address: SocketAddr, subsets: Arc<[String]>) -> Self {
        Self { address, subsets, client: None, opened: 0 }
    }

    /// How often it was opened.
    #[must_use]
    pub fn opened(&self) -> u32 {
        self.opened
    }

    /// Sends a request.
    pub async fn ask(&mut self, request: &Request<()>) -> Fate {
        match self.try_ask(request).await {
            Ok(subset) => Fate::Served(subset),
            Err(fault) => {
                if matches!(fault, Fault::Unanswered(_)) {
                    self.client = None;
                }
                Fate::Failed(fault)
            }
        }
    }

    async fn try_ask(&mut self, request: &Request<()>) -> Result<usize, Fault> {
        let client = if let Some(client) = &mut self.client {
            client
        } else {
            let client = Client::connect(self.address).await.map_err(Fault::Unanswered)?;
            self.opened += 1;
            self.client.insert(client)
        };
        let answer = client.send(request).await.map_err(Fault::Unanswered)?;
        if answer.status != StatusCode::OK {
            return Err(Fault::Status(answer.status.as_u16()));
        }
        let served_by = answer.served_by().ok_or(Fault::Unknown)?;
        self.subsets.iter().position(|subset| subset == served_by).ok_or(Fault::Unknown)
    }
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
