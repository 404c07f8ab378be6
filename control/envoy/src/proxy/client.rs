//! An HTTP/1.1 client of one kept-alive connection, which counts on nothing: every way in which a request can
//! fail is a [`Failure`].

use std::fmt;
use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, anyhow};
use http_body_util::{BodyExt, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::http::{HeaderMap, Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpStream, lookup_host};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::upstream::SERVED_BY;

/// How long a connection or an answer may take; on loopback both take a millisecond.
const PATIENCE: Duration = Duration::from_secs(10);

/// One connection.
#[derive(Debug)]
pub struct Client {
    sender: SendRequest<Empty<Bytes>>,
    driver: JoinHandle<()>,
    /// The bytes of a body that are kept.
    kept: usize,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body: all of it, or as much as the client keeps.
    pub body: Bytes,
}

impl Answer {
    /// The name of the [`Upstream`](super::Upstream) that answered.
    #[must_use]
    pub fn served_by(&self) -> Option<&str> {
        self.headers.get(SERVED_BY)?.to_str().ok()
    }
}

/// Why nothing came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Failure {
    /// There was no connection to be had.
    Refused,
    /// The connection ended before the answer did.
    Reset,
    /// It took more than ten seconds.
    TimedOut,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refused => "connection refused",
            Self::Reset => "connection reset",
            Self::TimedOut => "timed out",
        })
    }
}

impl std::error::Error for Failure {}

impl Client {
    /// Opens a connection.
    ///
    /// # Errors
    /// When nothing listens there.
    pub async fn connect(address: SocketAddr) -> Result<Self, Failure> {
        let opening = async {
            let stream = TcpStream::connect(address).await.map_err(|_| Failure::Refused)?;
            stream.set_nodelay(true).map_err(|_| Failure::Refused)?;
            http1::handshake(TokioIo::new(stream)).await.map_err(|_| Failure::Refused)
        };
        let (sender, connection) = patiently(opening).await?;
        // What went wrong on the connection is what its requests answer.
        let driver = tokio::spawn(async { drop(connection.await) });
        Ok(Self { sender, driver, kept: usize::MAX })
    }

    /// The same; of a body no more than so many bytes are kept, though all of it is read.
    #[must_use]
    pub fn keeping(mut self, kept: usize) -> Self {
        self.kept = kept;
        self
    }

    /// Whether another request can be sent: the other end may have closed the connection.
    pub async fn is_open(&mut self) -> bool {
        patiently(async { self.sender.ready().await.map_err(|_| Failure::Reset) }).await.is_ok()
    }

    /// The address of a host, given by name or address, that takes connections.
    ///
    /// # Errors
    /// When the name is not known, or nothing listens there.
    pub async fn reach(host: &str, port: u16) -> anyhow::Result<SocketAddr> {
        let addresses = lookup_host((host, port)).await.context("no such host")?;
        let mut failure = None;
        for address in addresses {
            match Self::connect(address).await {
                Ok(_) => return Ok(address),
                Err(error) => failure = Some(error),
            }
        }
        Err(failure.map_or_else(|| anyhow!("no such host"), Into::into))
    }

    /// Sends a request without a body (its URI a path, its `host` a header) and reads the whole answer.
    ///
    /// # Errors
    /// When no whole answer came; the connection is of no more use then.
    pub async fn send(&mut self, request: &Request<()>) -> Result<Answer, Failure> {
        let request = request.clone().map(|()| Empty::new());
        patiently(async {
            self.sender.ready().await.map_err(|_| Failure::Reset)?;
            let answer = self.sender.send_request(request).await.map_err(|_| Failure::Reset)?;
            let (head, body) = answer.into_parts();
            let body = read(body, self.kept).await?;
            Ok(Answer { status: head.status, headers: head.headers, body })
        })
        .await
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

/// Reads all of a body, and keeps as much of it.
async fn read(mut body: Incoming, kept: usize) -> Result<Bytes, Failure> {
    let mut read = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Failure::Reset)?;
        if let Some(data) = frame.data_ref() {
            let room = kept.saturating_sub(read.len()).min(data.len());
            read.extend_from_slice(data.get(..room).unwrap_or_default());
        }
    }
    Ok(read.into())
}

async fn patiently<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    timeout(PATIENCE, work).await.unwrap_or(Err(Failure::TimedOut))
}
