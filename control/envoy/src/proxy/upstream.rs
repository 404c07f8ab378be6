//! A server that says who it is: what stands behind the proxy as one endpoint of a subset.
//!
//! Every request is answered with 200, the name as the header `x-served-by` and as a line of text. The last
//! request is kept, for tests of what the proxy let through.

use std::future::ready;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::http::{HeaderMap, HeaderValue, Method, Request, Response};
use tokio::net::TcpListener;

use super::server::Server;

/// The header that names the server.
pub const SERVED_BY: &str = "x-served-by";

/// A server; it ends, with its connections, when this is dropped.
#[derive(Debug)]
pub struct Upstream {
    address: SocketAddr,
    last: Last,
    server: Server,
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Received {
    /// The method.
    pub method: Method,
    /// The path with its query.
    pub path: String,
    /// The headers.
    pub headers: HeaderMap,
}

type Last = Arc<Mutex<Option<Received>>>;

impl Upstream {
    /// Starts the server `name`.
    ///
    /// # Errors
    /// When there is no port to be had, or the name cannot be the value of a header.
    pub async fn start(name: &str) -> io::Result<Self> {
        Self::serve(name, TcpListener::bind(("127.0.0.1", 0)).await?)
    }

    /// Starts the server `name` where `listener` listens.
    ///
    /// # Errors
    /// When the listener has no address, or the name cannot be the value of a header.
    pub fn serve(name: &str, listener: TcpListener) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let served_by = HeaderValue::from_str(name).map_err(io::Error::other)?;
        let last = Last::default();
        let line = Bytes::from(format!("{name}\n"));
        let always = Always { line, served_by, last: Arc::clone(&last) };
        let server = Server::start(listener, move |request| ready(always.answer(&request)));
        Ok(Self { address, last, server })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends it as if it had crashed, and waits until connections are refused.
    pub async fn stop(self) {
        self.server.stop().await;
    }

    /// The last request that arrived.
    #[must_use]
    pub fn last(&self) -> Option<Received> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What the server answers every request with.
#[derive(Clone)]
struct Always {
    line: Bytes,
    served_by: HeaderValue,
    last: Last,
}

impl Always {
    fn answer(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        let received = Received {
            method: request.method().clone(),
            path: request.uri().path_and_query().map(ToString::to_string).unwrap_or_default(),
            headers: request.headers().clone(),
        };
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(received);
        let mut answer = Response::new(Full::new(self.line.clone()));
        answer.headers_mut().insert(SERVED_BY, self.served_by.clone());
        answer
    }
}

#[cfg(test)]
mod tests {
    use hyper::http::StatusCode;

    use super::*;
    use crate::proxy::{Client, Failure};

    #[tokio::test]
    async fn a_server_says_who_it_is_and_ends_with_its_handle() {
        let server = Upstream::start("v2").await.unwrap();
        let mut client = Client::connect(server.address()).await.unwrap();
        let request = Request::builder().uri("/a?b=c").header("host", "a").header("cookie", "d=e");
        let request = request.body(()).unwrap();
        for _ in 0..2 {
            let answer = client.send(&request).await.unwrap();
            assert_eq!((answer.status, answer.served_by()), (StatusCode::OK, Some("v2")));
            assert_eq!(answer.body, "v2\n");
        }
        let last = server.last().unwrap();
        assert_eq!((last.method, last.path.as_str()), (Method::GET, "/a?b=c"));
        assert_eq!(last.headers["cookie"], "d=e");

        let address = server.address();
        drop(server);
        assert_eq!(client.send(&request).await.unwrap_err(), Failure::Reset);
        assert_eq!(Client::connect(address).await.unwrap_err(), Failure::Refused);
    }
}
