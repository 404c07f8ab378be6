//! Users who ask again and again while a rollout goes on, each on one connection: who answers whom, from when on.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::ensure;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::load::kept_or_new;
use crate::scene::request;

/// The connections; each belongs to one of Envoy's workers, which all learn of a change at a moment of their own.
const CONNECTIONS: usize = 6;
/// The users of a connection.
const EACH: usize = 10;
/// Between two requests of a connection: the machine has other work, too.
const PAUSE: Duration = Duration::from_millis(8);

/// Users who ask.
pub(crate) struct Users {
    heard: Arc<Mutex<Heard>>,
    stop: watch::Sender<bool>,
    connections: JoinSet<()>,
}

/// Who answered them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heard {
    /// By user: who answered, without repetitions.
    users: BTreeMap<usize, Vec<String>>,
    pub(crate) requests: usize,
}

impl Users {
    /// They begin to ask `host` at `address`.
    pub(crate) fn start(address: SocketAddr, host: &'static str) -> Self {
        let (stop, stopped) = watch::channel(false);
        let heard = Arc::default();
        let mut connections = JoinSet::new();
        for connection in 0..CONNECTIONS {
            let users = (0..EACH).map(|user| connection * EACH + user).collect();
            connections.spawn(ask(address, host, users, stopped.clone(), Arc::clone(&heard)));
        }
        Self { heard, stop, connections }
    }

    /// Who answered them so far.
    pub(crate) fn heard(&self) -> Heard {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// They end.
    pub(crate) async fn stop(mut self) -> Heard {
        let _ = self.stop.send(true);
        while self.connections.join_next().await.is_some() {}
        self.heard()
    }
}

impl Heard {
    fn add(&mut self, user: usize, name: String) {
        self.requests += 1;
        let before = self.users.entry(user).or_default();
        if before.last() != Some(&name) {
            before.push(name);
        }
    }

    /// That nobody saw anything but these, each in this order and never one that is behind them: nobody who was moved
    /// on was moved back, and nothing failed.
    pub(crate) fn only_in_order(&self, order: &[&str]) -> anyhow::Result<()> {
        for (user, heard) in &self.users {
            let mut left = order.iter();
            let is_in_order = heard.iter().all(|name| left.any(|next| next == name));
            ensure!(is_in_order, "user {user} was answered by {heard:?}, one after the other");
        }
        Ok(())
    }

    /// That everybody was answered by one version all the time.
    pub(crate) fn each_on_one(&self) -> anyhow::Result<()> {
        for (user, heard) in &self.users {
            let is_one = matches!(heard.as_slice(), [name] if name == "v1" || name == "v2");
            ensure!(is_one, "user {user} was answered by {heard:?}, one after the other");
        }
        Ok(())
    }
}

async fn ask(
    address: SocketAddr,
    host: &'static str,
    users: Vec<usize>,
    stopped: watch::Receiver<bool>,
    heard: Arc<Mutex<Heard>>,
) {
    let mut connection = None;
    for user in users.into_iter().cycle() {
        if *stopped.borrow() {
            break;
        }
        let cookie = format!("user=u{user}");
        let request = request(host, "/", &[("cookie", &cookie)]);
        let answer = match kept_or_new(connection.take(), address).await {
            Ok(mut client) => match client.send(&request).await {
                Ok(answer) => {
                    connection = Some(client);
                    Ok(answer)
                }
                Err(failure) => Err(failure),
            },
            Err(failure) => Err(failure),
        };
        let name = match answer {
            Ok(answer) if answer.status.is_success() => {
                answer.served_by().unwrap_or("nobody").to_owned()
            }
            Ok(answer) => answer.status.as_u16().to_string(),
            Err(failure) => failure.to_string(),
        };
        heard.lock().unwrap_or_else(PoisonError::into_inner).add(user, name);
        sleep(PAUSE).await;
    }
}
