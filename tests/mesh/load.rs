//! Requests that flow, on connections that are kept alive, while something changes.

use std::net::SocketAddr;
use std::time::Duration;

use envoy::proxy::{Client, Failure};
use hyper::http::Request;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::caller::Counts;

/// The connections, each with one request at a time: more than the three retries at a time that Envoy's clusters allow by default.
pub(crate) const CONNECTIONS: usize = 8;
/// Between two requests of a connection: the machine has other work, too.
const PAUSE: Duration = Duration::from_millis(8);

pub(crate) struct Load {
    stop: watch::Sender<bool>,
    connections: JoinSet<Counts>,
}

impl Load {
    /// Starts to send requests, one after the other and again, to `address`.
    pub(crate) fn start(address: SocketAddr, requests: &[Request<()>]) -> Self {
        let (stop, stopped) = watch::channel(false);
        let mut connections = JoinSet::new();
        for _ in 0..CONNECTIONS {
            connections.spawn(send(address, requests.to_vec(), stopped.clone()));
        }
        Self { stop, connections }
    }

    /// Ends, and says who answered how often.
    pub(crate) async fn stop(self) -> Counts {
        let _ = self.stop.send(true);
        let mut all = Counts::default();
        for counts in self.connections.join_all().await {
            all.merge(counts);
        }
        all
    }
}

async fn send(
    address: SocketAddr,
    requests: Vec<Request<()>>,
    stopped: watch::Receiver<bool>,
) -> Counts {
    let mut counts = Counts::default();
    let mut connection = None;
    for request in requests.iter().cycle() {
        if *stopped.borrow() {
            break;
        }
        let mut client = match kept_or_new(connection.take(), address).await {
            Ok(client) => client,
            Err(failure) => {
                counts.add(failure.to_string());
                continue;
            }
        };
        match client.send(request).await {
            Ok(answer) if answer.status.is_success() => {
                counts.add(answer.served_by().unwrap_or("nobody").to_owned());
                connection = Some(client);
            }
            Ok(answer) => {
                counts.add(answer.status.as_u16().to_string());
                connection = Some(client);
            }
            Err(failure) => counts.add(failure.to_string()),
        }
        sleep(PAUSE).await;
    }
    counts
}

/// A connection: the other end may close one between two requests, which every client has to expect.
pub(crate) async fn kept_or_new(
    kept: Option<Client>,
    address: SocketAddr,
) -> Result<Client, Failure> {
    if let Some(mut client) = kept
        && client.is_open().await
    {
        return Ok(client);
    }
    Client::connect(address).await
}
