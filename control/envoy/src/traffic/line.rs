//! A connection that is opened again when it broke, and when the other end closed it between two requests.

use std::net::SocketAddr;

use hyper::http::Request;

use super::fault::Fault;
use crate::proxy::{Answer, Client};

/// A connection to an address.
#[derive(Debug)]
pub struct Line {
    address: SocketAddr,
    /// The bytes of a body that are kept.
    kept: usize,
    client: Option<Client>,
    opened: u32,
}

impl Line {
    /// A connection to `address`, opened by the first request.
    #[must_use]
    pub fn new(address: SocketAddr) -> Self {
        Self { address, kept: usize::MAX, client: None, opened: 0 }
    }

    /// The same; of a body no more than so many bytes are kept.
    #[must_use]
    pub fn keeping(self, kept: usize) -> Self {
        Self { kept, ..self }
    }

    /// How often it was opened.
    #[must_use]
    pub fn opened(&self) -> u32 {
        self.opened
    }

    /// Sends a request, and reads the whole answer.
    ///
    /// # Errors
    /// When no whole answer came, or one whose status is not 2xx. Nothing is sent again.
    pub async fn ask(&mut self, request: &Request<()>) -> Result<Answer, Fault> {
        let asked = self.try_ask(request).await;
        if matches!(asked, Err(Fault::Unanswered(_))) {
            self.client = None;
        }
        asked
    }

    async fn try_ask(&mut self, request: &Request<()>) -> Result<Answer, Fault> {
        let answer = self.open().await?.send(request).await.map_err(Fault::Unanswered)?;
        if answer.status.is_success() {
            Ok(answer)
        } else {
            Err(Fault::Status(answer.status.as_u16()))
        }
    }

    /// The connection, open as far as is known.
    async fn open(&mut self) -> Result<&mut Client, Fault> {
        if let Some(mut client) = self.client.take()
            && client.is_open().await
        {
            return Ok(self.client.insert(client));
        }
        let client = Client::connect(self.address).await.map_err(Fault::Unanswered)?;
        self.opened += 1;
        Ok(self.client.insert(client.keeping(self.kept)))
    }
}
