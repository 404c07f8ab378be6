//! A server that says who it is: what stands behind the proxy as one endpoint of a subset.
//!
//! Every request is answered with 200, the name as the header `x-served-by` and as a line of text. The last
//! request is kept, for tests of what the proxy let through.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::http::{HeaderMap, HeaderValue, Method, Request, Response};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// The header that names the server.
pub const SERVED_BY: &str = "x-served-by";

/// A server; it ends, with its connections, when this is dropped.
#[derive(Debug)]
pub struct Upstream {
    address: SocketAddr,
    last: Last,
    server: JoinHandle<()>,
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
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let served_by = HeaderValue::from_str(name).map_err(io::Error::other)?;
        let last = Last::default();
        let line = Bytes::from(format!("{name}\n"));
        let server = Server { line, served_by, last: Arc::clone(&last) };
        Ok(Self { address, last, server: tokio::spawn(server.run(listener)) })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The last request that arrived.
    #[must_use]
    pub fn last(&self) -> Option<Received> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.server.abort();
    }
}

#[derive(Clone)]
struct Server {
    line: Bytes,
    served_by: HeaderValue,
    last: Last,
}

impl Server {
    async fn run(self, listener: TcpListener) {
        // Dropped with this task, which ends the connections.
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                accepted = listener.accept() => {
                    // A connection that failed while it was accepted is its client's to notice.
                    if let Ok((stream, _)) = accepted {
                        connections.spawn(self.clone().serve(stream));
                    }
                }
                Some(_) = connections.join_next() => {}
            }
        }
    }

    async fn serve(self, stream: TcpStream) {
        // Small answers on a kept-alive connection would otherwise wait for acknowledgements.
        if stream.set_nodelay(true).is_err() {
            return;
        }
        let service = service_fn(|request| {
            let answer = self.answer(&request);
            async { Ok::<_, Infallible>(answer) }
        });
        // Proxies close connections as they like.
        let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
    }

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
