//! Users that send requests without a pause, and who served them.

use std::sync::{Arc, Mutex};

use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use super::world::Tally;
use crate::envoy::stage::{PATIENCE, POLL, Stage, served_by};

pub(super) struct Load {
    tally: Arc<Mutex<Tally>>,
    users: Vec<JoinHandle<()>>,
}

impl Load {
    /// As many users, each on a connection of their own, with requests of these headers.
    pub(super) async fn start(
        stage: &Stage,
        users: usize,
        headers: Vec<(String, Vec<u8>)>,
    ) -> Self {
        let tally = Arc::new(Mutex::new(Tally::new()));
        let mut tasks = Vec::new();
        for _ in 0..users {
            let mut client = stage.connect().await;
            let (tally, headers) = (Arc::clone(&tally), headers.clone());
            tasks.push(tokio::spawn(async move {
                loop {
                    let name = served_by(&mut client, &headers).await;
                    *tally.lock().unwrap().entry(name).or_default() += 1;
                }
            }));
        }
        Self { tally, users: tasks }
    }

    /// Waits until this subset has served `count` requests more.
    pub(super) async fn until_served_by(&self, name: &str, count: usize) {
        let served = || self.tally.lock().unwrap().get(name).copied().unwrap_or_default();
        let (before, deadline) = (served(), Instant::now() + PATIENCE);
        while served() < before + count {
            let tally = self.tally.lock().unwrap().clone();
            assert!(Instant::now() < deadline, "{name} does not serve: {tally:?}");
            sleep(POLL).await;
        }
    }

    /// Ends the users; who served them.
    pub(super) async fn stop(self) -> Tally {
        for user in self.users {
            user.abort();
            let _ = user.await;
        }
        self.tally.lock().unwrap().clone()
    }
}
