//! An HTTP/1.1 server whose answers are a function of the request.

use std::convert::Infallible;
use std::future::Future;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::http::{Request, Response};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// A server; it ends, with its connections, when this is dropped.
#[derive(Debug)]
pub struct Server(JoinHandle<()>);

impl Server {
    /// Answers what arrives where `listener` listens.
    pub fn start<F, A>(listener: TcpListener, answer: F) -> Self
    where
        F: Fn(Request<Incoming>) -> A + Clone + Send + 'static,
        A: Future<Output = Response<Full<Bytes>>> + Send + 'static,
    {
        Self(tokio::spawn(accept(listener, answer)))
    }

    /// Ends it as if it had crashed, and waits until connections are refused.
    pub async fn stop(mut self) {
        self.0.abort();
        // That it was cancelled is no news.
        let _ = (&mut self.0).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn accept<F, A>(listener: TcpListener, answer: F)
where
    F: Fn(Request<Incoming>) -> A + Clone + Send + 'static,
    A: Future<Output = Response<Full<Bytes>>> + Send + 'static,
{
    // Dropped with this task, which ends the connections.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                // A connection that failed while it was accepted is its client's to notice.
                if let Ok((stream, _)) = accepted {
                    connections.spawn(serve(stream, answer.clone()));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve<F, A>(stream: TcpStream, answer: F)
where
    F: Fn(Request<Incoming>) -> A + Send,
    A: Future<Output = Response<Full<Bytes>>> + Send,
{
    // Small answers on a kept-alive connection would otherwise wait for acknowledgements.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let service = service_fn(move |request| {
        let answer = answer(request);
        async { Ok::<_, Infallible>(answer.await) }
    });
    // Proxies close connections as they like.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}
