//! Users who ask again and again while a rollout goes on, each on one connection: who answers whom, from when on.

use std::collections::BTreeMap;
use std::net::SocketAddr;
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
    stop: watch::Sender<bool>,
    connections: JoinSet<Heard>,
}

/// Who answered them.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// By user: who answered, without repetitions.
    users: BTreeMap<usize, Vec<String>>,
    pub(crate) requests: usize,
}

impl Users {
    /// They begin to ask `host` at `address`.
    pub(crate) fn start(address: SocketAddr, host: &'static str) -> Self {
        let (stop, stopped) = watch::channel(false);
        let mut connections = JoinSet::new();
        for connection in 0..CONNECTIONS {
            let users = (0..EACH).map(|user| connection * EACH + user).collect();
            connections.spawn(ask(address, host, users, stopped.clone()));
        }
        Self { stop, connections }
    }

    /// They end.
    pub(crate) async fn stop(self) -> Heard {
        let _ = self.stop.send(true);
        let mut all = Heard::default();
        for heard in self.connections.join_all().await {
            all.requests += heard.requests;
            all.users.extend(heard.users);
        }
        all
    }
}

impl Heard {
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
) -> Heard {
    let mut heard = Heard::default();
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
        heard.requests += 1;
        let before = heard.users.entry(user).or_default();
        if before.last() != Some(&name) {
            before.push(name);
        }
        sleep(PAUSE).await;
    }
    heard
}
