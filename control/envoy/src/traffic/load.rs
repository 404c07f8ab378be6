//! Sends the users' requests, in turn, over several kept-alive connections: whichever is free takes the next one.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper::http::Request;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::fault::Fault;
use super::line::Line;
use super::pace::Pace;
use super::sign::{LOOKED_AT, Sign};

/// Answers that may wait to be looked at; then connections wait.
const BACKLOG: usize = 1024;

/// What is sent.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Where to.
    pub address: SocketAddr,
    /// What each user sends.
    pub requests: Vec<Request<()>>,
    /// By what answers tell who gave them.
    pub sign: Sign,
}

/// A request of a user, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The position of the user.
    pub user: usize,
    /// Who answered, where the answer says so; or how it failed.
    pub answered: Result<Option<String>, Fault>,
    /// From the sending to the whole answer.
    pub latency: Duration,
}

/// The load, which ends when this is dropped.
#[derive(Debug)]
pub struct Load {
    answers: mpsc::Receiver<Seen>,
    // Dropped with the load: that ends the connections.
    _lanes: JoinSet<()>,
}

impl Load {
    /// Begins to send, at this pace over so many connections.
    #[must_use]
    pub fn start(sent: Sent, pace: Pace, connections: usize) -> Self {
        let sent = Arc::new(sent);
        let pace = Arc::new(Mutex::new(pace));
        let (sender, answers) = mpsc::channel(BACKLOG);
        let mut lanes = JoinSet::new();
        for _ in 0..connections {
            lanes.spawn(drive(Arc::clone(&sent), Arc::clone(&pace), sender.clone()));
        }
        Self { answers, _lanes: lanes }
    }

    /// The next answer; none when there will be no more.
    pub async fn next(&mut self) -> Option<Seen> {
        self.answers.recv().await
    }
}

async fn drive(sent: Arc<Sent>, pace: Arc<Mutex<Pace>>, answers: mpsc::Sender<Seen>) {
    let mut line = Line::new(sent.address).keeping(LOOKED_AT);
    let next = || pace.lock().unwrap_or_else(PoisonError::into_inner).take(Instant::now());
    while let Some((number, due)) = next() {
        sleep_until(due).await;
        let user = turn(number, sent.requests.len());
        let Some(request) = sent.requests.get(user) else { return };
        let start = Instant::now();
        let answered = line.ask(request).await;
        let latency = start.elapsed();
        let answered = answered.map(|answer| sent.sign.read(&answer));
        if answers.send(Seen { user, answered, latency }).await.is_err() {
            return;
        }
    }
}

/// The user whose turn it is.
fn turn(number: u64, users: usize) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX).checked_rem(users).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use hyper::http::HeaderName;

    use super::*;
    use crate::proxy::{Failure, SERVED_BY, Upstream};

    fn sent(address: SocketAddr, users: usize) -> Sent {
        let request = || Request::builder().uri("/").header("host", "a").body(()).unwrap();
        let sign = Sign::Header(HeaderName::from_static(SERVED_BY));
        Sent { address, requests: (0..users).map(|_| request()).collect(), sign }
    }

    async fn all(load: &mut Load) -> Vec<Seen> {
        let mut all = Vec::new();
        while let Some(seen) = load.next().await {
            all.push(seen);
        }
        all
    }

    #[tokio::test]
    async fn users_take_turns_and_each_answer_is_seen() {
        let server = Upstream::start("v2").await.unwrap();
        let pace = Pace::new(Instant::now(), 1000.0, Duration::from_mins(1), 40);
        let seen = all(&mut Load::start(sent(server.address(), 4), pace, 3)).await;
        let mut turns = BTreeMap::new();
        for seen in &seen {
            assert_eq!(seen.answered, Ok(Some("v2".to_owned())));
            *turns.entry(seen.user).or_insert(0) += 1;
        }
        assert_eq!(turns, BTreeMap::from([(0, 10), (1, 10), (2, 10), (3, 10)]));
    }

    #[tokio::test]
    async fn what_fails_is_seen_and_the_rest_goes_on() {
        let server = Upstream::start("v2").await.unwrap();
        let address = server.address();
        server.stop().await;
        let pace = Pace::new(Instant::now(), 1000.0, Duration::from_mins(1), 5);
        let seen = all(&mut Load::start(sent(address, 1), pace, 2)).await;
        assert_eq!(seen.len(), 5);
        let refused = Err(Fault::Unanswered(Failure::Refused));
        assert!(seen.iter().all(|seen| seen.answered == refused), "{seen:?}");
    }
}
