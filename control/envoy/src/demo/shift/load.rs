//! Users who keep coming: every connection goes round all of them, for as long as the answers are looked at.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::demo::population::Population;
use crate::demo::traffic::{CONNECTIONS, Fate, Observation, turn};
use crate::traffic::line::Line;
use crate::traffic::progress::Counter;

/// Answers that may wait to be looked at; then connections wait.
const BACKLOG: usize = 1024;

/// A request of a user, and what became of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    /// The user, and what became of the request.
    pub(super) observation: Observation,
    /// The connection that it went over.
    pub(super) lane: usize,
    /// How often that was opened until then.
    pub(super) opened: u32,
    /// When the answer was there.
    pub(super) at: Instant,
}

/// The load, which ends when this is dropped.
#[derive(Debug)]
pub(super) struct Load {
    answers: mpsc::Receiver<Seen>,
    lanes: JoinSet<()>,
}

impl Load {
    pub(super) fn start(
        address: SocketAddr,
        population: Population,
        subsets: &[String],
        counter: &Counter,
    ) -> Self {
        let population = Arc::new(population);
        let subsets: Arc<[String]> = subsets.into();
        let (sender, answers) = mpsc::channel(BACKLOG);
        let mut lanes = JoinSet::new();
        for lane in 0..CONNECTIONS {
            let line = Line::new(address);
            lanes.spawn(drive(
                lane,
                line,
                Arc::clone(&population),
                Arc::clone(&subsets),
                sender.clone(),
                counter.clone(),
            ));
        }
        Self { answers, lanes }
    }

    /// The next answer; none when there will be no more.
    pub(super) async fn next(&mut self) -> Option<Seen> {
        self.answers.recv().await
    }

    /// Ends the load and waits for the requests that are on their way.
    pub(super) async fn stop(mut self) {
        self.answers.close();
        while self.lanes.join_next().await.is_some() {}
    }
}

async fn drive(
    lane: usize,
    mut line: Line,
    population: Arc<Population>,
    subsets: Arc<[String]>,
    answers: mpsc::Sender<Seen>,
    counter: Counter,
) {
    for round in 0.. {
        for user in turn(population.users.len(), lane, round) {
            let fate = Fate::of(line.ask(&population.users[user].request).await, &subsets);
            let observation = Observation { user, fate };
            let seen = Seen { observation, lane, opened: line.opened(), at: Instant::now() };
            if answers.send(seen).await.is_err() {
                return;
            }
            counter.step();
        }
    }
}
