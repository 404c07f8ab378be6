//! A closed loop: as many requests in flight as there are connections, and an exact number of them.

use std::net::SocketAddr;

use anyhow::{Context, ensure};

use crate::connection::{Answer, Connection};
use crate::request::Request;

/// Connections that take turns.
#[derive(Debug)]
pub(crate) struct Load {
    connections: Vec<Connection>,
}

impl Load {
    /// Opens so many connections.
    pub(crate) fn open(address: SocketAddr, connections: usize) -> anyhow::Result<Self> {
        let connections = (0..connections).map(|_| Connection::open(address));
        Ok(Self { connections: connections.collect::<Result<_, _>>()? })
    }

    /// Sends so many requests; each must be answered by the subset `expected`.
    pub(crate) fn run(
        &mut self,
        request: &Request,
        expected: &str,
        requests: usize,
    ) -> anyhow::Result<()> {
        let first = requests.min(self.connections.len());
        for connection in self.connections.iter_mut().take(first) {
            connection.send(&request.bytes)?;
        }
        let mut sent = first;
        let mut received = 0;
        while received < requests {
            for connection in self.connections.iter_mut().take(first) {
                if received == requests {
                    break;
                }
                check(&connection.receive()?, expected)
                    .with_context(|| format!("request `{}`, number {received}", request.name))?;
                received += 1;
                if sent < requests {
                    connection.send(&request.bytes)?;
                    sent += 1;
                }
            }
        }
        Ok(())
    }
}

/// Makes sure that the answer is the upstream's of this subset, whose body is its name.
fn check(answer: &Answer, expected: &str) -> anyhow::Result<()> {
    let body = String::from_utf8_lossy(&answer.body);
    ensure!(
        answer.status == 200 && body == expected,
        "expected 200 from `{expected}`, found {} from `{body}`",
        answer.status
    );
    Ok(())
}
